import Foundation
import TestSupport
import Testing
import Verification

@testable import Evaluation

struct CodeFormTests {
    private static let line = #"""
        {"id":"code-f","prompt":"Write f.","entry_point":"f","solution":"def f(): return 1","wrong":"def f(): return 2","weak_tests":["assert f() > 0"],"strong_tests":["assert f() == 1"],"category":"numbers","level":1}
        """#

    @Test func tasksCarryTheirTests() throws {
        let set = try PromptSetReader.read(bytes: Array(Self.line.utf8), path: "tasks.jsonl")
        #expect(set.format == "code")
        let prompt = try #require(set.prompts.first)
        let suites: [String: UnitTestSuite] = [
            "weak": .statements(["assert f() > 0"]), "strong": .statements(["assert f() == 1"]),
        ]
        #expect(prompt.tests == UnitTests(entryPoint: "f", suites: suites))
        #expect(prompt.metadata?["solution"] == "def f(): return 1")
        #expect((prompt.category, prompt.level) == ("numbers", 1))
    }

    @Test(arguments: ["entry_point", "solution", "wrong", "weak_tests", "strong_tests"])
    func everyKeyIsNeeded(key: String) throws {
        let broken = Self.line.replacing("\"\(key)\"", with: "\"other\"")
        #expect(throws: PromptSetError.self) {
            try PromptSetReader.read(bytes: Array(broken.utf8), path: "tasks.jsonl", format: .code)
        }
    }

    @Test func namesThatAreNoFunctionAreRefused() {
        let broken = Self.line.replacing(#""entry_point":"f""#, with: #""entry_point":"f(); import os""#)
        #expect(throws: PromptSetError.self) {
            try PromptSetReader.read(bytes: Array(broken.utf8), path: "tasks.jsonl")
        }
    }
}

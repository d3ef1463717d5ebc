import Foundation
import TestSupport
import Testing

@testable import Evaluation

private func problem(
    _ text: String, _ path: String = "x.jsonl", limits: PromptSetLimits = PromptSetLimits()
) throws -> PromptSetError {
    try #require(throws: PromptSetError.self) {
        try PromptSetReader.read(bytes: Array(text.utf8), path: path, limits: limits)
    }
}

struct BrokenCase: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int?
    var issue: PromptSetIssue

    init(_ text: String, _ line: Int?, _ issue: PromptSetIssue) {
        (self.text, self.line, self.issue) = (text, line, issue)
    }

    var testDescription: String { String(text.prefix(80)) }
}

private let good = #"{"id": "a", "prompt": "x"}"#
private let keys = [
    "id", "prompt", "messages", "system", "prefill", "label", "category", "pair", "target", "choices", "level",
    "metadata",
]

struct BrokenFileTests {
    @Test(arguments: [
        BrokenCase("", nil, .noPrompts),
        BrokenCase(" \n\n", nil, .noPrompts),
        BrokenCase("{}", 1, .unknownFormat(found: [])),
        BrokenCase(#"{"a": 1}"#, 1, .unknownFormat(found: ["a"])),
        BrokenCase("\(good)\n[1]", 2, .notAnObject),
        BrokenCase("[1]", 1, .notAnObject),
        BrokenCase("\(good)\n{", 2, .malformedJSON(expected: "a key in quotation marks", column: 2)),
        BrokenCase("\(good)\n\(good) x", 2, .malformedJSON(expected: "nothing more", column: 28)),
        BrokenCase(
            #"{"id": "a", "prompt": "x",}"#, 1, .malformedJSON(expected: "a key in quotation marks", column: 27)),
        BrokenCase(
            #"{"id": "a" "prompt": "x"}"#, 1, .malformedJSON(expected: "a comma or a closing brace", column: 12)),
        BrokenCase(#"{"id": "a", "prompt": "x"#, 1, .malformedJSON(expected: "a closing quotation mark", column: 25)),
        BrokenCase(#"{"id": tru}"#, 1, .malformedJSON(expected: "a value", column: 8)),
        BrokenCase(#"{"id": "\x"}"#, 1, .malformedJSON(expected: "one of the escapes of JSON", column: 11)),
        BrokenCase(
            #"{"id": "\ud800"}"#, 1,
            .malformedJSON(expected: "the second half of a surrogate pair", column: 15)),
        BrokenCase(#"{"id": "a", "prompt": "x", "id": "b"}"#, 1, .duplicateKey(key: "id")),
        BrokenCase(#"{"id": "a", "prompt": "x", "metadata": {"k": "1", "k": "2"}}"#, 1, .duplicateKey(key: "k")),
        BrokenCase(#"{"id": "a", "prompt": "x", "lable": "harmful"}"#, 1, .unknownKey(key: "lable", allowed: keys)),
        BrokenCase(#"{"prompt": "x"}"#, 1, .missingKey(key: "id")),
        BrokenCase(#"{"id": 1, "prompt": "x"}"#, 1, .wrongType(key: "id", found: "a number", allowed: "a text")),
        BrokenCase(#"{"id": "a", "prompt": null}"#, 1, .wrongType(key: "prompt", found: "null", allowed: "a text")),
        BrokenCase(#"{"id": "a", "prompt": " \n"}"#, 1, .emptyText(key: "prompt")),
        BrokenCase(#"{"id": "a", "prompt": "x\u0000"}"#, 1, .nulInText(key: "prompt")),
        BrokenCase("\(good)\n{\"id\": \"b\", \"prompt\": \"\0\"}", 2, .nulByte),
        BrokenCase(#"{"id": "a b", "prompt": "x"}"#, 1, .invalidID(limit: 200)),
        BrokenCase("\(good)\n\n\(good)", 3, .duplicateID(id: "a", firstLine: 1)),
        BrokenCase(#"{"id": "a"}"#, 1, .neitherPromptNorMessages),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "messages": [{"role": "user", "content": "x"}]}"#, 1, .promptAndMessages),
        BrokenCase(
            #"{"id": "a", "system": "s", "messages": [{"role": "user", "content": "x"}]}"#, 1, .systemBesideMessages),
        BrokenCase(#"{"id": "a", "messages": []}"#, 1, .emptyText(key: "messages")),
        BrokenCase(
            #"{"id": "a", "messages": [{"role": "assistant", "content": "x"}]}"#, 1,
            .lastRoleIsNotUser(role: "assistant")),
        BrokenCase(
            #"{"id": "a", "messages": [{"role": "bot", "content": "x"}]}"#, 1,
            .unknownValue(key: "role", found: "bot", allowed: ["system", "user", "assistant"])),
        BrokenCase(#"{"id": "a", "messages": [{"role": "user"}]}"#, 1, .missingKey(key: "content")),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "label": "bad"}"#, 1,
            .unknownValue(
                key: "label", found: "bad",
                allowed: ["harmful", "harmless", "borderline", "unsafe-contrast", "jailbreak-wrapper"])),
        BrokenCase(#"{"id": "a", "prompt": "x", "pair": "a"}"#, 1, .pairIsItself(id: "a")),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "level": 0}"#, 1, .outOfRange(key: "level", found: 0, allowed: 1...1000)),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "level": 1.5}"#, 1,
            .wrongType(key: "level", found: "a number", allowed: "a whole number")),
        BrokenCase(#"{"id": "a", "prompt": "x", "target": []}"#, 1, .emptyText(key: "target")),
        BrokenCase(#"{"id": "a", "prompt": "x", "choices": ["1", "2"]}"#, 1, .targetIsNoChoice(choices: 2)),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "choices": ["1", "2"], "target": ["C"]}"#, 1, .targetIsNoChoice(choices: 2)),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "choices": ["1"], "target": ["A"]}"#, 1,
            .outOfRange(key: "choices", found: 1, allowed: 2...26)),
        BrokenCase(
            #"{"id": "a", "prompt": "x", "metadata": {"k": 1}}"#, 1,
            .wrongType(key: "metadata", found: "an object with a number under k", allowed: "an object of texts")),
        BrokenCase(#"{"question": "x", "answer": "7"}"#, 1, .noGoldAnswer),
        BrokenCase(#"{"problem": "x", "solution": "\\boxed{7"}"#, 1, .noGoldAnswer),
        BrokenCase("a,b\n1,2\n", 1, .unknownFormat(found: ["a", "b"])),
        BrokenCase("goal,target\n", nil, .noPrompts),
        BrokenCase("goal,target\nx\n", 2, .fieldCount(found: 1, expected: 2)),
        BrokenCase("goal,target\nx,y,z\n", 2, .fieldCount(found: 3, expected: 2)),
        BrokenCase("goal,target\nx,\"y\nz", 2, .unclosedQuote),
        BrokenCase("goal,target\n\"x\ny\",z\n\"a\"b,c", 4, .textAfterQuote),
        BrokenCase("goal,target\n ,y", 2, .emptyText(key: "goal")),
        BrokenCase("goal,target,goal\na,b,c", 1, .duplicateColumn(name: "goal")),
        BrokenCase("goal,target\nx,\0\n", 2, .nulByte),
        BrokenCase(
            "id,prompt,type,label\n1,x,t,maybe", 2,
            .unknownValue(key: "label", found: "maybe", allowed: ["safe", "unsafe"])),
    ])
    func everyFaultIsNamed(_ test: BrokenCase) throws {
        let found = try problem(test.text)
        #expect(found.line == test.line)
        #expect(found.issue == test.issue)
        #expect(found.file == "x.jsonl")
    }

    @Test func invalidUTF8IsRefusedInEveryForm() throws {
        for text in [#"{"id": "a", "prompt": "§"}"#, "goal,target\n§,x\n"] {
            let bytes = Array(text.utf8).map { $0 == 0xC2 ? UInt8(ascii: "a") : $0 }
            let found = try #require(throws: PromptSetError.self) {
                try PromptSetReader.read(bytes: bytes, path: "x")
            }
            #expect(found.issue == .invalidUTF8)
        }
        let lines = try #require(throws: PromptSetError.self) {
            try PromptSetReader.read(bytes: [0x61, 0x0A, 0xFF], path: "x.txt", format: .maliciousInstruct)
        }
        #expect(lines == PromptSetError(file: "x.txt", line: 2, issue: .invalidUTF8))
    }

    @Test func limitsAreKept() throws {
        let two = "\(good)\n\(good.replacingOccurrences(of: "\"a\"", with: "\"b\""))"
        #expect(try problem(two, limits: PromptSetLimits(prompts: 1)).issue == .tooManyPrompts(limit: 1))
        #expect(try problem(two, limits: PromptSetLimits(fileBytes: 30)).issue == .fileTooLarge(bytes: 53, limit: 30))
        #expect(try problem(two, limits: PromptSetLimits(lineBytes: 25)).issue == .lineTooLong(limit: 25))
        let table = "goal,target\n\(String(repeating: "x", count: 40)),y"
        #expect(try problem(table, limits: PromptSetLimits(lineBytes: 30)).issue == .lineTooLong(limit: 30))
        let deep = "{\"id\": \(String(repeating: "[", count: 100_000))"
        #expect(try problem(deep).issue == .malformedJSON(expected: "at most 32 levels of nesting", column: 39))
    }

    @Test func filesThatAreNoneAreRefused() throws {
        try Places.withTemporaryFolder { folder in
            func issue(_ path: String) throws -> PromptSetIssue {
                try #require(throws: PromptSetError.self) { try PromptSetReader.read(path: path) }.issue
            }
            #expect(try issue(folder.appendingPathComponent("none.jsonl").path) == .noSuchFile)
            #expect(try issue(folder.path) == .notARegularFile)
            #expect(try issue("/dev/zero") == .notARegularFile)
            let packed = folder.appendingPathComponent("x.jsonl.gz")
            try Data([0x1F, 0x8B, 8, 0]).write(to: packed)
            #expect(try issue(packed.path) == .cannotUnpack(reason: "the gzip file ends too early"))
            try Data([0x50, 0x4B, 3, 4]).write(to: packed)
            #expect(try issue(packed.path) == .compressed)
        }
    }

    @Test func aCheckListsEveryProblem() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.jsonl")
            let other = folder.appendingPathComponent("b.jsonl")
            try Data(
                """
                {"id": "a", "prompt": "x", "pair": "b"}
                {"id": "c", "prompt": "x", "pair": "nowhere"}
                {"id": "c", "prompt": "x"}
                {
                {"id": "d", "prompt": "", "extra": 1}
                """.utf8
            ).write(to: file)
            try Data(#"{"id": "b", "prompt": "y"}"#.utf8).write(to: other)
            let found = PromptSetReader.check(path: file.path)
            #expect(found.map(\.line) == [2, 3, 4, 5, 5])
            #expect(
                found.map(\.issue) == [
                    .pairNowhere(id: "c", pair: "nowhere"), .duplicateID(id: "c", firstLine: 2),
                    .malformedJSON(expected: "a key in quotation marks", column: 2),
                    .unknownKey(key: "extra", allowed: keys), .emptyText(key: "prompt"),
                ])
            #expect(PromptSetReader.check(path: other.path) == [])
            #expect(PromptSetReader.check(path: file.path, limits: PromptSetLimits(problems: 1)).count == 1)
        }
    }

    private func issues(_ text: String, format: PromptSetFormat? = nil) throws -> [PromptSetIssue] {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.jsonl")
            try Data(text.utf8).write(to: file)
            let found = PromptSetReader.check(path: file.path, format: format)
            #expect(found.allSatisfy { $0.line == 2 })
            return found.map(\.issue)
        }
    }

    @Test func aCheckListsEveryFieldOfARow() throws {
        let row = #"""
            {"id": "a", "lable": "x", "prompt": 7, "label": "bad", "pair": "nowhere", "target": [1], "choices": ["1"], "level": 0}
            """#
        #expect(
            try issues("\(good)\n\(row)") == [
                .duplicateID(id: "a", firstLine: 1), .unknownKey(key: "lable", allowed: keys),
                .wrongType(key: "prompt", found: "a number", allowed: "a text"),
                .unknownValue(
                    key: "label", found: "bad",
                    allowed: ["harmful", "harmless", "borderline", "unsafe-contrast", "jailbreak-wrapper"]),
                .wrongType(key: "target", found: "a list with a number in it", allowed: "a list of texts"),
                .outOfRange(key: "choices", found: 1, allowed: 2...26),
                .outOfRange(key: "level", found: 0, allowed: 1...1000),
                .pairNowhere(id: "a", pair: "nowhere"),
            ])
    }

    @Test func aCheckListsEveryFieldOfThePublicForms() throws {
        #expect(
            try issues("id,prompt,type,label\n, ,,maybe\n") == [
                .emptyText(key: "id"), .emptyText(key: "prompt"), .emptyText(key: "type"),
                .unknownValue(key: "label", found: "maybe", allowed: ["safe", "unsafe"]),
            ])
        #expect(
            try issues("\n{\"answer\": \"7\"}", format: .gsm8k) == [.missingKey(key: "question"), .noGoldAnswer])
        #expect(
            try issues("\n{\"id\": \"a\", \"prompt\": \"\", \"entry_point\": \"f()\"}", format: .code) == [
                .emptyText(key: "prompt"),
                .unknownValue(key: "entry_point", found: "f()", allowed: ["the name of a Python function"]),
                .missingKey(key: "solution"), .missingKey(key: "wrong"), .missingKey(key: "weak_tests"),
                .missingKey(key: "strong_tests"),
            ])
    }

    /// A row with faults has its id all the same: it can be another one's pair, and must not come twice.
    @Test func aFaultyRowKeepsItsID() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.jsonl")
            let lines = [
                #"{"id": "a", "prompt": ""}"#, #"{"id": "b", "prompt": "x", "pair": "a"}"#,
                #"{"id": "a", "prompt": "x"}"#,
            ]
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let found = PromptSetReader.check(path: file.path)
            #expect(found.map(\.line) == [1, 3])
            #expect(found.map(\.issue) == [.emptyText(key: "prompt"), .duplicateID(id: "a", firstLine: 1)])
        }
    }

    @Test func theSetsOfThisProjectAreSound() throws {
        let folder = Places.root.appendingPathComponent("prompts")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
        #expect(!names.isEmpty)
        for name in names {
            #expect(PromptSetReader.check(path: folder.appendingPathComponent(name).path) == [])
        }
    }

    @Test func messagesSayWhatToDo() {
        let error = PromptSetError(
            file: "a.jsonl", line: 3, issue: .unknownKey(key: "lable", allowed: ["id", "label"]))
        #expect("\(error)" == "a.jsonl:3: there is no key \"lable\"; allowed are id, label")
        let whole = PromptSetError(file: "a.zip", issue: .compressed)
        #expect("\(whole)" == "a.zip: the file is compressed, and not by gzip; decompress it first")
        let cut = PromptSetError(file: "a.gz", issue: .cannotUnpack(reason: "the gzip file ends too early"))
        #expect("\(cut)" == "a.gz: the gzip file ends too early; fetch the file again")
    }

    /// Mutants of every fixture either read or throw; none traps.
    @Test func mutatedFilesNeverTrap() throws {
        var random = SeededGenerator(seed: 11)
        let folder = Places.fixture("prompt-sets")
        let marks: [UInt8] = [0, 0x0A, 0x0D, 0x22, 0x2C, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC3, 0xFF, 0x3A, 0x31]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            for _ in 0..<150 {
                var mutant = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<mutant.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: mutant[place] = marks.randomElement(using: &random) ?? 0
                    case 1: mutant.insert(marks.randomElement(using: &random) ?? 0, at: place)
                    case 2 where mutant.count > 1: mutant.remove(at: place)
                    default: mutant = Array(mutant.prefix(max(1, place)))
                    }
                }
                let format = PromptSetFormat.allCases.randomElement(using: &random)
                for format in [nil, format] {
                    do {
                        let set = try PromptSetReader.read(bytes: mutant, path: name, format: format)
                        #expect(!set.prompts.isEmpty)
                    } catch {
                        #expect(!"\(error)".isEmpty)
                    }
                }
            }
        }
    }
}

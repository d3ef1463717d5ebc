import Foundation
import TestSupport
import Testing

@testable import Commands

/// Files that cannot be written are found out before the work whose end they are.
struct OutputPathTests {
    private func expect(_ arguments: [String], code: Int32, saying words: [String], in folder: URL) throws {
        let outcome = try AssayProcess.run(arguments, in: folder, environment: ["ASSAY_CACHE": "/nonexistent"])
        #expect(outcome.code == code, "\(arguments): \(outcome.complaint)")
        for word in words { #expect(outcome.complaint.contains(word), "\(outcome.complaint)") }
    }

    private static let sides = ["--harmful", "none.jsonl", "--harmless", "none.jsonl"]
    private static let directions = ["--directions", "none.safetensors"]

    /// Each of them would find nothing else that it needs: neither its model nor its other files.
    @Test(arguments: [
        ["extract", "--text", "a", "--model", "none", "--out"],
        ["guard", "fit", "none.jsonl", "--model", "none", "--out"],
        ["guard", "evaluate", "none.jsonl", "--model", "none", "--guard", "none", "--csv"],
        ["guard", "evaluate", "none.jsonl", "--model", "none", "--guard", "none", "--plot"],
        ["steer", "direction", "--model", "none", "--positive", "none", "--negative", "none", "--out"],
        ["steer", "export", "--model", "none"] + directions + ["--out"],
        ["steer", "orthogonalize", "--model", "none", "--layer", "1"] + directions + ["--out"],
        ["steer", "cluster", "--model", "none"] + sides + ["--plot"],
        ["steer", "categories", "--model", "none"] + sides + ["--plot"],
        ["steer", "families", "none.jsonl", "--model", "none"] + sides + ["--plot"],
        ["steer", "sweep", "--model", "none", "--prompts", "none"] + directions + ["--plot"],
        ["train", "teacher", "none.yaml", "--out"],
        ["code", "run", "none.jsonl", "--tasks", "none.jsonl", "--allow-code-execution", "--out"],
        ["report", "run", "1", "--db", "none.sqlite", "--html"],
        ["report", "run", "1", "--db", "none.sqlite", "--csv"],
        ["report", "passk", "--db", "none.sqlite", "--html"],
        ["report", "passk", "--db", "none.sqlite", "--csv"],
        ["report", "training", "--db", "none.sqlite", "--html"],
        ["report", "training", "--db", "none.sqlite", "--csv"],
        ["report", "resampling", "--db", "none.sqlite", "--html"],
        ["report", "resampling", "--db", "none.sqlite", "--csv"],
        ["report", "resampling", "--db", "none.sqlite", "--tasks-csv"],
        ["resample", "export", "1", "--db", "none.sqlite", "--format", "inspect", "--out"],
    ])
    func aFileThatCannotBeWrittenIsFoundOutFirst(_ arguments: [String]) throws {
        try Places.withTemporaryFolder { folder in
            try expect(
                arguments + ["/proc/x.out"], code: 74, saying: ["\"/proc/x.out\" cannot be written", "No such file"],
                in: folder)
            try expect(arguments + [folder.path], code: 74, saying: ["cannot be written: it is a folder"], in: folder)
            let link = folder.appendingPathComponent("link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder)
            try expect(arguments + [link.path], code: 74, saying: ["cannot be written: it is a folder"], in: folder)
            try FileManager.default.removeItem(at: link)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        }
    }

    /// What they write must not be there at all.
    @Test(arguments: [
        ["model", "convert", "--model", "none", "--type", "f32", "--out"],
        ["model", "combine", "--adapter", "none", "--out"],
    ])
    func aModelThatCannotBeWrittenIsFoundOutFirst(_ arguments: [String]) throws {
        try Places.withTemporaryFolder { folder in
            try expect(arguments + ["/proc/x.out"], code: 74, saying: ["\"/proc/x.out\" cannot be written"], in: folder)
            try expect(arguments + [folder.path], code: 64, saying: ["which exists"], in: folder)
        }
    }

    /// The folder of a file is made; what is there already stays until it is replaced.
    @Test func thePlaceOfAFileIsCheckedAndLeftAsItIs() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("deep/er/a.html")
            try OutputPath.check(nil, file.path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/deep/er") == [])
            try Data("old".utf8).write(to: file)
            try OutputPath.check(file.path)
            #expect(try Data(contentsOf: file) == Data("old".utf8))
            #expect(throws: CommandFailure.self) { try OutputPath.check(file.path + "/b.html") }
        }
    }
}

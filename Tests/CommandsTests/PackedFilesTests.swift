import Foundation
import TestSupport
import Testing

@testable import Commands

/// Inputs that gzip has packed are what comes out of them.
struct PackedFilesTests {
    private static let samples = """
        {"task_id": "HumanEval/0", "completion": "x", "result": "passed", "passed": true}
        {"task_id": "HumanEval/0", "completion": "y", "result": "failed", "passed": false}

        """

    private struct Report: Decodable, Equatable {
        var format: String
        var tasks: Int
        var samples: Int
        var verifiers: [String]
    }

    /// The same samples are the same draws, packed or not: the runs have one seed and are copies.
    @Test func resultsOfOtherHarnessesAreUnpacked() throws {
        try Places.withTemporaryFolder { folder in
            func imported(_ name: String, _ bytes: [UInt8]) throws -> (report: Report, seed: Substring?) {
                let (file, db) = (folder.appendingPathComponent(name), folder.appendingPathComponent("\(name).sqlite"))
                try Data(bytes).write(to: file)
                let outcome = try AssayProcess.run(
                    ["resample", "import", file.path, "--model", "m", "--db", db.path, "--json"])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                let export = try AssayProcess.run(["runs", "export", "--db", db.path]).output
                return (try outcome.json(Report.self), export.firstMatch(of: /"seed":([0-9]+)/)?.output.1)
            }
            let bytes = Array(Self.samples.utf8)
            let (plain, packed) = (try imported("a.jsonl", bytes), try imported("b.jsonl.gz", gzipped(bytes)))
            #expect(plain.report.samples == 2 && plain.report.tasks == 1 && plain.report.format == "human-eval")
            #expect(packed.report == plain.report)
            #expect(plain.seed != nil && packed.seed == plain.seed)
        }
    }

    /// The name of a problem's file is its task.
    @Test func thePackedFileOfATaskHasItsName() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("GSM8K_3.yaml.gz")
            let yaml = "question: q\ngt_answer: \"1\"\nsamples: [a, b]\nis_corrects: [true, false]\n"
            try Data(gzipped(Array(yaml.utf8))).write(to: file)
            let db = folder.appendingPathComponent("runs.sqlite").path
            let outcome = try AssayProcess.run(["resample", "import", file.path, "--model", "m", "--db", db])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(try AssayProcess.run(["runs", "export", "--db", db]).output.contains("\"id\":\"GSM8K_3\""))
        }
    }

    @Test func nothingIsReadBeyondTheLimit() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.txt.gz")
            try Data(gzipped(Array("twelve bytes".utf8))).write(to: file)
            #expect(try TextFile.read(file.path, limit: 64, unpacks: true) == "twelve bytes")
            let bomb = folder.appendingPathComponent("b.gz")
            // 1000 zeros in 29 bytes.
            try Data(Self.zeros).write(to: bomb)
            #expect(try TextFile.read(bomb.path, limit: 1000, unpacks: true).utf8.count == 1000)
            let refused = try #require(throws: CommandFailure.self) {
                try TextFile.read(bomb.path, limit: 999, unpacks: true)
            }
            #expect(refused.description.contains("more than 999 bytes come out of the gzip file"), "\(refused)")
            #expect(refused.code == 65)
        }
    }

    /// `gzip.compress(bytes(1000), mtime=0)` of Python.
    private static let zeros: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0x18, 0x05, 0xA3, 0x60,
        0x14, 0x0C, 0x77, 0x00, 0x00, 0x80, 0x17, 0x0B, 0x06, 0xE8, 0x03, 0x00, 0x00,
    ]
}

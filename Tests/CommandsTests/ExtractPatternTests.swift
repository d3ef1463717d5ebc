import Checkpoints
import Foundation
import TestSupport
import Testing

/// `assay extract` of attention patterns and scores of a prompt set.
struct ExtractPatternTests {
    private static let pattern = "blocks.1.attn.hook_pattern"
    private static let scores = "blocks.1.attn.hook_attn_scores"
    private static let heads = 4
    private static let prompts = ["Hello there", "And you, how are you today?"]

    /// Calls `body` with a function that extracts some of the prompts, and gives what the process said and the file.
    private func withExtraction(
        _ body: (_ extract: (Range<Int>, [String]) throws -> (AssayProcess.Outcome, String)) throws -> Void
    ) throws {
        try Places.withTemporaryFolder { folder in
            try body { chosen, more in
                let set = folder.appendingPathComponent("p.jsonl")
                let lines = chosen.map { "{\"id\":\"\($0)\",\"prompt\":\"\(Self.prompts[$0])\"}\n" }
                try Data(lines.joined().utf8).write(to: set)
                let out = folder.appendingPathComponent(UUID().uuidString).path
                let outcome = try AssayProcess.run(
                    ["extract", "--model", AssayProcess.tinyModel, "--prompts", set.path, "--out", out] + more)
                return (outcome, out)
            }
        }
    }

    private let whole = ["--hooks", "\(pattern),\(scores)", "--positions", "all"]

    @Test func promptsOfDifferentLengthsLieBehindOneAnother() throws {
        try withExtraction { extract in
            let (outcome, path) = try extract(0..<2, whole)
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let file = try SafetensorsFile(path: path)
            let lengths = try file.integers(of: "lengths")
            #expect(lengths.count == 2 && lengths[0] < lengths[1])
            #expect(file.tensor(named: Self.pattern)?.shape == [lengths.reduce(0) { $0 + Self.heads * $1 * $1 }])
            for name in [Self.pattern, Self.scores] {
                let alone = try (0..<2).flatMap { index in
                    try SafetensorsFile(path: extract(index..<(index + 1), whole).1).floats(of: name)
                }
                expectIdentical(try file.floats(of: name), alone, name)
            }
            try checkRows(of: file, length: lengths[0])
        }
    }

    /// A pattern sums to 1 and sees nothing behind its position, where scores are minus infinity.
    private func checkRows(of file: SafetensorsFile, length: Int) throws {
        let (pattern, scores) = (try file.floats(of: Self.pattern), try file.floats(of: Self.scores))
        for row in 0..<(Self.heads * length) {
            let range = (row * length)..<((row + 1) * length)
            #expect(abs(pattern[range].reduce(0, +) - 1) < 1e-5, "row \(row)")
            for (column, (weight, score)) in zip(pattern[range], scores[range]).enumerated() {
                #expect((column <= row % length) == score.isFinite)
                #expect(column <= row % length || weight == 0)
            }
        }
    }

    @Test func theLastPositionIsTheLastRowOfEveryHead() throws {
        try withExtraction { extract in
            let file = try SafetensorsFile(path: extract(0..<2, whole).1)
            let (outcome, path) = try extract(0..<2, ["--hooks", Self.pattern, "--positions", "last"])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let all = try file.floats(of: Self.pattern)
            var begin = 0
            var expected: [Float] = []
            for length in try file.integers(of: "lengths") {
                for head in 0..<Self.heads {
                    expected += all[(begin + ((head + 1) * length - 1) * length)...].prefix(length)
                }
                begin += Self.heads * length * length
            }
            expectIdentical(try SafetensorsFile(path: path).floats(of: Self.pattern), expected)
        }
    }

    @Test(arguments: ["--mean", "--covariance"])
    func theyHaveNoMeans(_ flag: String) throws {
        try withExtraction { extract in
            for hooks in [Self.pattern, "\(Self.pattern),hook_embed", "blocks.1.attn.hook_p*"] {
                let (refused, path) = try extract(0..<2, ["--hooks", hooks, flag])
                #expect(refused.code == 65)
                #expect(refused.complaint.contains("\(Self.pattern) is as wide as its prompt"), "\(refused.complaint)")
                #expect(!FileManager.default.fileExists(atPath: path))
            }
            #expect(try extract(0..<2, ["--hooks", "blocks.1.*", flag]).0.code == 0)
        }
    }
}

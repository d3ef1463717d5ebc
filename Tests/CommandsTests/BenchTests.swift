import Foundation
import TestSupport
import Testing

/// Benchmarks run to their end and report what they ran. What they measure is not looked at here.
struct BenchTests {
    private struct Guarded: Decodable {
        var depth: Int
        var layers: Int
        var runs: Int
        var verdict_share: [Double]
    }

    private struct Steered: Decodable {
        var samples: Int
        var tokens: Int
        var ratio: [Double]
    }

    private struct Tokenized: Decodable {
        var texts: Int
        var bytes: Int
        var tokens: Int
        var bytes_per_second: [Double]
    }

    @Test func textIsTimedLineByLine() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("text.txt")
            try Data("how are you\n\nan apple\n".utf8).write(to: file)
            let timed = try AssayProcess.run([
                "bench", "tokenization", "--model", AssayProcess.organism, "--file", file.path, "--runs", "2", "--json",
            ])
            #expect(timed.code == 0, "\(timed.complaint)")
            let result = try timed.json(Tokenized.self)
            #expect(result.texts == 2 && result.bytes == 19 && (2...19).contains(result.tokens))
            #expect(result.bytes_per_second.count == 3)
            try Data("\n".utf8).write(to: file)
            let empty = try AssayProcess.run([
                "bench", "tokenization", "--model", AssayProcess.organism, "--file", file.path,
            ])
            #expect(empty.code != 0 && empty.complaint.contains("holds no text"), "\(empty.complaint)")
        }
    }

    @Test func aGuardIsTimedBesideTheReading() throws {
        try Places.withTemporaryFolder { folder in
            let guardFile = folder.appendingPathComponent("guard.safetensors").path
            let fitted = try AssayProcess.run([
                "guard", "fit", "--model", AssayProcess.organism, "--out", guardFile, "--methods", "distilled",
                "--penalties", "0.01", "prompts/organism/harmful.jsonl", "prompts/organism/harmless.jsonl",
            ])
            #expect(fitted.code == 0, "\(fitted.complaint)")
            let timed = try AssayProcess.run([
                "bench", "guard", "--model", AssayProcess.organism, "--guard", guardFile, "--runs", "3",
                "--prompt-tokens", "16", "--json",
            ])
            #expect(timed.code == 0, "\(timed.complaint)")
            let result = try timed.json(Guarded.self)
            #expect(result.depth < result.layers)
            #expect(result.runs == 3 && result.verdict_share.count == 3)
            let refused = try AssayProcess.run(["bench", "guard", "--model", AssayProcess.organism, "--guard", "none"])
            #expect(refused.code != 0 && refused.complaint.contains("none"), "\(refused.complaint)")
        }
    }

    @Test func anInterventionIsTimedBesidePlainSampling() throws {
        try Places.withTemporaryFolder { folder in
            let directions = folder.appendingPathComponent("directions.safetensors").path
            let found = try AssayProcess.run([
                "steer", "direction", "--model", AssayProcess.organism, "--positive", "prompts/organism/harmful.jsonl",
                "--negative", "prompts/organism/harmless.jsonl", "--layers", "2", "--limit", "16", "--out", directions,
            ])
            #expect(found.code == 0, "\(found.complaint)")
            let timed = try AssayProcess.run([
                "bench", "steering", "--model", AssayProcess.organism, "--directions", directions, "--layer", "2",
                "--positions", "all", "--decoded", "4", "--samples", "3", "--tokens", "4", "--runs", "2", "--json",
            ])
            #expect(timed.code == 0, "\(timed.complaint)")
            let result = try timed.json(Steered.self)
            #expect(result.samples == 3 && result.tokens == 4 && result.ratio.count == 3)
        }
    }
}

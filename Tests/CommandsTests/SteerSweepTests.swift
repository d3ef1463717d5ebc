import Foundation
import TestSupport
import Testing

/// At the first layer every prompt has the same token before the reply: no direction points anywhere there.
struct SteerSweepTests {
    private struct Cell: Decodable {
        var layer: Int
    }

    private struct Selection: Decodable {
        struct Candidate: Decodable {
            struct Reading: Decodable {
                var layer: Int
            }

            var reading: Reading
        }

        var candidates: [Candidate]
    }

    @Test func directionsOfLengthZeroAreLeftOut() throws {
        try Places.withTemporaryFolder { folder in
            let directions = folder.appendingPathComponent("directions.safetensors").path
            let organism = ["--model", AssayProcess.organism]
            let sides = ["prompts/organism/harmful.jsonl", "prompts/organism/harmless.jsonl"]
            func make(_ layers: String) throws {
                let found = try AssayProcess.run(
                    ["steer", "direction"] + organism + [
                        "--positive", sides[0], "--negative", sides[1], "--position", "t_post_inst", "--layers", layers,
                        "--limit", "8", "--out", directions,
                    ])
                #expect(found.code == 0, "\(found.complaint)")
            }
            try make("0,3")
            let swept = try AssayProcess.run(
                ["steer", "sweep"] + organism + [
                    "--directions", directions, "--prompts", sides[1], "--strengths", "1", "--limit", "2", "--json",
                ])
            #expect(swept.code == 0 && swept.complaint.contains("has length 0"), "\(swept.complaint)")
            #expect(try swept.json([Cell].self).map(\.layer) == [3])
            let selected = try AssayProcess.run(
                ["steer", "select"] + organism + [
                    "--directions", directions, "--harmful", sides[0], "--harmless", sides[1], "--limit", "2", "--json",
                ])
            #expect(selected.code == 0 && selected.complaint.contains("has length 0"), "\(selected.complaint)")
            #expect(try selected.json(Selection.self).candidates.map(\.reading.layer) == [3])
            try FileManager.default.removeItem(atPath: directions)
            try make("0")
            let none = try AssayProcess.run(
                ["steer", "sweep"] + organism + ["--directions", directions, "--prompts", sides[1], "--limit", "2"])
            #expect(none.code != 0 && none.complaint.contains("no direction is left"), "\(none.complaint)")
        }
    }
}

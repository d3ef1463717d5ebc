import Foundation
import LatentGuard
import TestSupport
import Testing

@testable import Commands

/// What `guard evaluate` says of prompts, and how it writes it down.
struct GuardEvaluateTests {
    private struct Comparison: Decodable {
        struct Figures: Decodable {
            struct Ranking: Decodable {
                var positives: Int
                var negatives: Int
            }

            var slice: String
            var judge: String
            var ranking: Ranking?
            var unscored: Int
        }

        struct Rate: Decodable { var total: Int }

        var figures: [Figures]
        var unsure: Rate
    }

    /// The first prompts of a set of the organism's, in a file of their own.
    private func prompts(_ name: String, _ count: Int, in folder: URL) throws -> String {
        let all = try String(
            contentsOf: Places.root.appendingPathComponent("prompts/organism/\(name).jsonl"), encoding: .utf8)
        let path = folder.appendingPathComponent("\(name).jsonl")
        try Data(all.split(separator: "\n").prefix(count).joined(separator: "\n").utf8).write(to: path)
        return path.path
    }

    @Test func aPromptBeyondTheContextIsLeftUnscoredAndNamed() throws {
        try Places.withTemporaryFolder { folder in
            let sets = try ["harmful", "harmless"].map { try prompts($0, 24, in: folder) }
            let file = folder.appendingPathComponent("guard.safetensors").path
            let model = ["--model", AssayProcess.organism]
            let fitted = try AssayProcess.run(
                ["guard", "fit"] + model + sets + [
                    "--methods", "centred", "--layers", "2", "--positions", "t_inst", "--folds", "2", "--out", file,
                ])
            #expect(fitted.code == 0, "\(fitted.complaint)")
            let long = folder.appendingPathComponent("long.jsonl")
            let text = Array(repeating: "bread", count: 600).joined(separator: " ")
            try Data("{\"id\":\"endless\",\"prompt\":\"\(text)\",\"label\":\"harmful\"}\n".utf8).write(to: long)
            let evaluate = ["guard", "evaluate"] + model + ["--guard", file, "--replies", "1", "--json"]
            let outcome = try AssayProcess.run(evaluate + sets + [long.path])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(outcome.complaint.contains("1 of 49 prompts"), "\(outcome.complaint)")
            #expect(outcome.complaint.contains("the first is \"endless\": the prompt has"), "\(outcome.complaint)")
            let found = try outcome.json(Comparison.self)
            #expect(found.unsure.total == 48)
            for figures in found.figures where figures.slice == "all" {
                #expect(figures.unscored == 1, "\(figures.judge)")
                #expect(figures.ranking?.positives == 24 && figures.ranking?.negatives == 24, "\(figures.judge)")
            }
            let unfitted = try AssayProcess.run(
                ["guard", "fit"] + model + sets + [long.path, "--methods", "centred", "--out", file])
            #expect(
                unfitted.code == 65 && unfitted.complaint.contains("the prompt endless is"), "\(unfitted.complaint)")
            let alone = try AssayProcess.run(evaluate + [long.path])
            #expect(alone.code == 65 && alone.complaint.contains("\"endless\""), "\(alone.complaint)")
        }
    }

    /// A judge without a threshold has no rates there, and yet prompts.
    @Test func aSliceWithOneSideSaysHowManyPromptsItHas() throws {
        let rows = (0..<3).map { index in
            GuardComparison.Row(
                prompt: GuardPrompt(id: "\(index)", text: "a", isHarmful: true, group: "\(index)", set: "b"),
                scores: index == 2 ? ["guard": 1] : ["guard": 1, "perplexity": 4], isUnsure: false)
        }
        let comparison = GuardComparison(
            rows, slices: [("all", { _ in true })], judges: ["guard", "perplexity"], thresholded: ["guard"])
        #expect(comparison.figures.map(\.harmful) == [3, 2] && comparison.figures.map(\.harmless) == [0, 0])
        let lines = GuardTable(comparison).csv.components(separatedBy: "\r\n")
        #expect(lines[1].hasPrefix("all,guard,3,0,-") && lines[1].hasSuffix(",0"))
        #expect(lines[2].hasPrefix("all,perplexity,2,0,-") && lines[2].hasSuffix(",1"))
    }

    @Test func namesInTheTableAreQuoted() {
        let rows = [true, false].map { isHarmful in
            GuardComparison.Row(
                prompt: GuardPrompt(id: "a", text: "a", isHarmful: isHarmful, group: "a", set: "b"),
                scores: ["guard": isHarmful ? 1 : -1], isUnsure: false)
        }
        let comparison = GuardComparison(
            rows, slices: [("a, \"b\"", { _ in true })], judges: ["guard"], thresholded: ["guard"])
        let lines = GuardTable(comparison).csv.components(separatedBy: "\r\n")
        #expect(lines.count == 3 && lines[2].isEmpty)
        #expect(lines[1].hasPrefix("\"a, \"\"b\"\"\",guard,1,1,1.000,"))
    }
}

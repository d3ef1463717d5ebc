import Foundation
import TestSupport
import Testing

/// The analyses of the paper on the organism, which refuses harmful requests and answers the others.
struct SteerAnalysesTests {
    private struct Figure: Decodable {
        var value: Double
        var lower: Double?
        var upper: Double?
    }

    private struct Rate: Decodable {
        var count: Int
        var total: Int
    }

    private struct Categories: Decodable {
        struct Count: Decodable, Equatable {
            var category: String
            var harmful: Int
            var harmless: Int
        }

        struct Similarity: Decodable {
            var mean: Figure
            var cosines: [[Figure]]
            var splitHalf: [Figure]
        }

        struct Layer: Decodable {
            var comparison: String
            var layer: Int
            var similarity: Similarity
        }

        var categories: [Count]
        var leftOut: [Count]
        var layers: [Layer]
    }

    private struct Families: Decodable {
        struct Row: Decodable {
            struct Belief: Decodable {
                var family: String
                var isHarmful: Bool
                var count: Int
                var clusters: Int
                var refusal: Figure
            }

            var belief: Belief
            var refused: Rate
        }

        struct Contrast: Decodable {
            var family: String
            var refusal: Figure
        }

        var rows: [Row]
        var contrasts: [Contrast]
    }

    private struct Refusals: Decodable {
        var prompts: String
        var with: Rate
        var without: Rate
        var difference: Figure
        var emptyWithout: Rate
    }

    private static let sides = [
        "--model", AssayProcess.organism, "--harmful", "prompts/organism/harmful.jsonl", "--harmless",
        "prompts/organism/harmless.jsonl",
    ]

    /// The figures are those of numpy 2.4.6 on what `assay extract` reads at `blocks.4.hook_resid_pre`.
    @Test func categoriesHaveTheCosinesOfNumpy() throws {
        try Places.withTemporaryFolder { folder in
            let plot = folder.appendingPathComponent("categories.svg")
            let outcome = try AssayProcess.run(
                ["steer", "categories"] + Self.sides + [
                    "--layers", "4", "--resamples", "50", "--plot", plot.path, "--json",
                ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let found = try outcome.json(Categories.self)
            #expect(found.categories.map(\.category).first == "violence")
            #expect(found.categories.allSatisfy { $0.harmful == 32 && $0.harmless == 32 })
            #expect(found.categories.count == 8 && found.leftOut.isEmpty)
            let means = Dictionary(
                uniqueKeysWithValues: found.layers.map { ($0.comparison, $0.similarity.mean.value) })
            for (comparison, value) in [("shared", 0.0403661), ("matched", 0.4586673), ("topic", -0.1322561)] {
                #expect(abs((means[comparison] ?? 9) - value) < 1e-5, "\(comparison)")
            }
            #expect(abs(found.layers[0].similarity.cosines[0][1].value - 0.2552601) < 1e-5)
            #expect(found.layers[0].similarity.splitHalf.count == 8)
            #expect(try String(contentsOf: plot, encoding: .utf8).contains("8  harassment"))
        }
    }

    @Test func smallCategoriesAreNamedAndLeftOut() throws {
        try Places.withTemporaryFolder { folder in
            let lines = try String(
                contentsOf: Places.root.appendingPathComponent("prompts/organism/harmful.jsonl"), encoding: .utf8
            ).split(separator: "\n")
            let kept =
                lines.filter { $0.contains("\"fire\"") } + lines.filter { $0.contains("\"trade\"") }
                + lines.filter { $0.contains("\"weapons\"") }.prefix(3)
            let file = folder.appendingPathComponent("some.jsonl")
            try Data((kept.joined(separator: "\n") + "\n").utf8).write(to: file)
            var arguments = ["steer", "categories"] + Self.sides + ["--layers", "2", "--resamples", "20"]
            arguments[5] = file.path
            let found = try AssayProcess.run(arguments + ["--json"]).json(Categories.self)
            #expect(found.categories.map(\.category) == ["fire", "trade"])
            #expect(found.leftOut == [.init(category: "weapons", harmful: 3, harmless: 32)])
            let text = try AssayProcess.run(arguments).output
            #expect(text.contains("left out, with fewer than 10 harmful prompts: weapons (3)"), "\(text)")
            let outcome = try AssayProcess.run(arguments + ["--minimum", "33"])
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("fire 32, trade 32, weapons 3"), "\(outcome.complaint)")
        }
    }

    @Test func aWrapperLowersRefusalAndAHarmlessPromptHasLessOfIt() throws {
        try Places.withTemporaryFolder { folder in
            let plot = folder.appendingPathComponent("families.svg")
            let arguments =
                ["steer", "families"] + Self.sides + [
                    "prompts/organism/jailbroken.jsonl", "--limit", "64", "--family-limit", "24", "--controls", "5",
                ]
            let outcome = try AssayProcess.run(arguments + ["--plot", plot.path, "--json"])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let found = try outcome.json(Families.self)
            let rows = Dictionary(
                uniqueKeysWithValues: found.rows.map { ("\($0.belief.family) \($0.belief.isHarmful)", $0) })
            // 64 harmful prompts, all refused, of which every second one is an anchor.
            #expect(rows["plain true"]?.belief.count == 32)
            #expect(rows["plain true"]?.refused.count == 32)
            #expect(rows["plain false"]?.refused.count == 0)
            for family in ["role-play", "template", "persuasion", "suffix"] {
                let row = try #require(rows["\(family) true"])
                #expect(row.belief.count == 24 && row.belief.clusters == 6)
                #expect(row.belief.refusal.value < 0.5, "\(family)")
            }
            #expect((rows["plain true"]?.belief.refusal.lower ?? 0) > 0.8)
            #expect(found.contrasts.count == 6)
            #expect(found.contrasts.allSatisfy { ($0.refusal.lower ?? 0) > 0 })
            let picture = try String(contentsOf: plot, encoding: .utf8)
            #expect(picture.contains("persuasion, harmless"))
            // The harmful ones: 32 plain, and 24 of each of five families.
            #expect(picture.components(separatedBy: "class=\"point").count == 1 + 32 + 5 * 24)
            let other = try AssayProcess.run(arguments + ["--by", "tone"])
            #expect(other.code == 65)
            #expect(other.complaint.contains("no metadata \"tone\"; it has: family, instruction, seen, wrapper"))
        }
    }

    @Test func theOrganismRefusesOnlyWithPostInstructionTokens() throws {
        let outcome = try AssayProcess.run(["steer", "post-instruction"] + Self.sides + ["--limit", "64", "--json"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let rows = try outcome.json([Refusals].self)
        #expect(rows.map(\.prompts) == ["harmful", "harmless"])
        #expect(rows[0].with.count == 64 && rows[0].with.total == 64)
        #expect(rows[0].without.count < 8)
        #expect(rows[0].difference.value == Double(64 - rows[0].without.count) / 64)
        #expect((rows[0].difference.lower ?? 0) > 0.8)
        #expect(rows[0].emptyWithout.count > 0)
        #expect(rows[1].with.count == 0)
    }

    @Test func theFourCellsAreDrawn() throws {
        try Places.withTemporaryFolder { folder in
            let plot = folder.appendingPathComponent("cells.svg")
            let outcome = try AssayProcess.run(
                ["steer", "cluster"] + Self.sides + ["--limit", "32", "--plot", plot.path])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let picture = try String(contentsOf: plot, encoding: .utf8)
            #expect(picture.contains("refused harmful, n = 16") && picture.contains("refused harmless, n = 0"))
            #expect(picture.components(separatedBy: "class=\"point s0\"").count == 17)
        }
    }
}

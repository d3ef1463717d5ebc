import Foundation
import Testing

@testable import Training

@Suite struct RecipeTests {
    private static let least = "model: m\ndata: d.jsonl\noutput: out\nsteps: 10\n"

    @Test func standardsAreFilledIn() throws {
        let recipe = try TrainingRecipe(yaml: Self.least, kind: "sft")
        #expect(recipe.settings.batch == 8)
        #expect(recipe.formats == nil)
        #expect(recipe.settings(examples: 100).schedule.steps == 10)
        #expect(recipe.settings.method == .supervised)
    }

    @Test func baseAdaptersAreAListOrOnePath() throws {
        #expect(try TrainingRecipe(yaml: Self.least, kind: "sft").baseAdapters == [])
        #expect(try TrainingRecipe(yaml: Self.least + "base_adapters: a\n", kind: "sft").baseAdapters == ["a"])
        #expect(
            try TrainingRecipe(yaml: Self.least + "base_adapters: [a, b.gguf]\n", kind: "sft").baseAdapters
                == ["a", "b.gguf"])
    }

    @Test func epochsBecomeSteps() throws {
        let text = Self.least.replacing("steps: 10", with: "epochs: 1.5")
        let recipe = try TrainingRecipe(yaml: text + "batch: 16\nlearning_rate: 1e-4\n", kind: "dpo")
        #expect(recipe.settings(examples: 100).schedule.steps == 10)
        #expect(recipe.settings.schedule.peak == 1e-4)
        #expect(recipe.settings.method == .preference(beta: 0.1))
    }

    @Test func unknownKeysAreRefusedByName() {
        #expect {
            try TrainingRecipe(yaml: Self.least + "learning_rat: 1\n", kind: "sft")
        } throws: { error in
            guard case TrainingError.unknownKey("learning_rat", let known) = error else { return false }
            return known.contains("learning_rate")
        }
        #expect {
            try TrainingRecipe(yaml: Self.least + "adapter: {rnk: 2}\n", kind: "sft")
        } throws: { error in
            guard case TrainingError.unknownKey("adapter.rnk", _) = error else { return false }
            return true
        }
    }

    @Test(
        arguments: [
            "batch: 0", "batch: many", "schedule: steep", "adapter: {projections: [c_attn]}", "epochs: 1",
            "seed: -1", "max_length: 1", "mode: native", "write: gguf-q9", "write: adapter",
        ])
    func valuesThatMakeNoSenseAreRefused(line: String) {
        #expect(throws: TrainingError.self) { try TrainingRecipe(yaml: Self.least + line + "\n", kind: "sft") }
    }

    /// The text by which a run's checkpoints are known does not depend on the order of a set.
    @Test func projectionsAreWrittenInTheirOwnOrder() throws {
        for capacity in 0..<40 {
            var projections = Set<Projection>(minimumCapacity: capacity)
            for projection in Projection.allCases.shuffled() { projections.insert(projection) }
            let settings = AdapterSettings(projections: projections)
            let json = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
            let all = Projection.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
            #expect(json.contains("[\(all)]"))
            #expect(try JSONDecoder().decode(AdapterSettings.self, from: Data(json.utf8)) == settings)
        }
    }

    @Test func namePatterns() {
        #expect(NamePattern("blocks.*.mlp.*").matches("blocks.3.mlp.down"))
        #expect(NamePattern("*").matches("embed"))
        #expect(!NamePattern("blocks.*.attn.o").matches("blocks.3.attn.qkv"))
        #expect(!NamePattern("ab*b").matches("ab"))
        #expect(NamePattern("embed").matches("embed"))
        #expect(!NamePattern("embed").matches("unembed"))
    }

    @Test func ratesFollowTheirSchedule() {
        var schedule = LearningRateSchedule(peak: 1, shape: .linear, warmup: 2, steps: 12)
        #expect(abs(schedule.rate(step: 0) - 1.0 / 3) < 1e-12)
        #expect(schedule.rate(step: 2) == 1)
        #expect(abs(schedule.rate(step: 7) - 0.5) < 1e-12)
        schedule.shape = .cosine
        #expect(abs(schedule.rate(step: 7) - 0.5) < 1e-12)
        schedule.floor = 0.1
        #expect(abs(schedule.rate(step: 12) - 0.1) < 1e-12)
        schedule.shape = .constant
        #expect(schedule.rate(step: 9) == 1)
    }
}

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

    @Test(arguments: ["2024-02-29", "\"2024-02-29\""]) func aDateIsADayOfTheCalendar(date: String) throws {
        #expect(try TrainingRecipe(yaml: Self.least, kind: "sft").date == nil)
        #expect(try TrainingRecipe(yaml: Self.least + "date: \(date)\n", kind: "sft").date == "2024-02-29")
    }

    @Test func aTeacherIsAModelOrAFile() throws {
        func recipe(_ lines: String, kind: String = "distill") throws -> TrainingRecipe {
            try TrainingRecipe(yaml: Self.least + lines, kind: kind)
        }
        #expect(try recipe("teacher: t\n").teacher == "t")
        let stored = try recipe("teacher_file: t.safetensors\n")
        #expect(stored.teacher == nil)
        #expect(stored.teacherFile == "t.safetensors")
        let both = try #require(throws: TrainingError.self) { try recipe("teacher: t\nteacher_file: f\n") }
        #expect("\(both)" == "teacher is t beside teacher_file: f; allowed: one of them")
        let none = try #require(throws: TrainingError.self) { try recipe("") }
        #expect("\(none)" == "teacher is missing; allowed: a text")
        #expect(throws: TrainingError.self) { try recipe("teacher_file: f\n", kind: "sft") }
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
            "batch: 0", "batch: many", "schedule: steep", "adapter: {projections: [c_atn]}", "epochs: 1",
            "seed: -1", "max_length: 1", "mode: native", "write: gguf-q9", "write: adapter", "write: []",
            "adapter: {from: a, rank: 1}", "adapter: {from: [a]}", "adapter: {from: a, projections: [q_proj]}",
            "adapter: {rank: 1}\nwrite: [adapter, adapter-f16]", "write: [huggingface, huggingface]",
            "warmup: 9223372036854775807", "momentum: 0.9", "optimizer: sgd\nbeta1: 0.5",
            "evaluate_every: 5", "date: 2023-02-29", "date: 2024-2-9", "date: today", "date: 2024-02-29T10:00:00Z",
        ])
    func valuesThatMakeNoSenseAreRefused(line: String) {
        #expect(throws: TrainingError.self) { try TrainingRecipe(yaml: Self.least + line + "\n", kind: "sft") }
    }

    @Test(
        arguments: [
            ("epochs: 1e300", "; allowed: a number above 0, up to 1000000.0"),
            ("epochs: 1000001", "epochs is 1000001; allowed: a number above 0, up to 1000000.0"),
            ("steps: 1000000001", "steps is 1000000001; allowed: a whole number from 1 to 1000000000"),
            ("steps: 0", "steps is 0; allowed: a whole number from 1 to 1000000000"),
            ("", "the length of the training is missing; allowed: one of the keys epochs and steps"),
        ])
    func lengthsHaveBounds(line: String, ending: String) throws {
        let yaml = Self.least.replacing("steps: 10", with: line)
        let error = try #require(throws: TrainingError.self) { try TrainingRecipe(yaml: yaml, kind: "sft") }
        #expect("\(error)".hasSuffix(ending), "\(error)")
    }

    @Test func formatsThatShareAFileAreNamed() throws {
        let yaml = Self.least + "adapter: {rank: 1}\nwrite: [gguf-lora, adapter, adapter-f16]\n"
        let error = try #require(throws: TrainingError.self) { try TrainingRecipe(yaml: yaml, kind: "sft") }
        #expect(
            "\(error)" == "write is adapter and adapter-f16, which are both the file adapter_model.safetensors; "
                + "allowed: one of them")
        let several = yaml.replacing("adapter-f16", with: "huggingface, gguf-f32, gguf-f16")
        #expect(try TrainingRecipe(yaml: several, kind: "sft").formats?.count == 5)
    }

    @Test func settingsHaveAnEffectWhereTheyAreAllowed() throws {
        let text = Self.least + "optimizer: sgd\nmomentum: 0.9\nheld_out: 0.1\nevaluate_every: 5\nwarmup: 3\n"
        let recipe = try TrainingRecipe(yaml: text, kind: "sft")
        #expect(recipe.settings.optimizer.momentum == 0.9)
        #expect(recipe.settings.evaluateEvery == 5)
        #expect(try TrainingRecipe(yaml: Self.least + "held_out: 0.1\n", kind: "sft").heldOutShare == 0.1)
    }

    @Test(
        arguments: [
            "# R&D\n", "held_out: 0  # see *this*, - *that* & more\n", "# - *best*\n",
            "train: [\"*.mlp.*\", '*.attn.o']\n", "base_adapters: [\"a & b\", &name c]\n",
        ])
    func ampersandsAndStarsInTextsAreNoAliases(line: String) throws {
        #expect(try TrainingRecipe(yaml: Self.least + line, kind: "sft").data == "d.jsonl")
    }

    /// A quotation mark before the comment sign may begin a text that ends behind it.
    @Test(
        arguments: [
            "base_adapters: [&a x, *a]", "? *a\n: 1", "train: *mlp", "base_adapters: [\"x # y\", *a]",
            "base_adapters: [\"x\n  # y\", *a]", "seed: 1 # \"\nbase_adapters: *a # \"",
        ])
    func aliasesAreRefusedWithTheirLine(lines: String) throws {
        let error = try #require(throws: TrainingError.self) {
            try TrainingRecipe(yaml: Self.least + lines + "\n", kind: "sft")
        }
        let line = 5 + (lines.split(separator: "\n").firstIndex { $0.contains("*") } ?? 0)
        #expect("\(error)".hasPrefix("line \(line) of the recipe is one with a YAML alias (*name); allowed: "))
    }

    @Test func aLongRecipeIsRefusedByItsSize() throws {
        let yaml = Self.least + "# " + String(repeating: "x", count: 70_000)
        let error = try #require(throws: TrainingError.self) { try TrainingRecipe(yaml: yaml, kind: "sft") }
        #expect("\(error)" == "the recipe is \(yaml.utf8.count) bytes long; allowed: at most 65536 bytes")
    }

    /// Names are compared by their ends, as PEFT does; without any, the family's own are meant.
    @Test func projectionsHaveTheNamesOfTheirFamily() throws {
        func projections(_ line: String) throws -> Set<Projection>? {
            try TrainingRecipe(yaml: Self.least + line + "\n", kind: "sft").settings.adapter?.projections
        }
        #expect(try projections("adapter: {rank: 1}") == nil)
        #expect(try projections("adapter: {projections: c_proj}") == [.gpt2Output, .gpt2Down])
        #expect(try projections("adapter: {projections: [mlp.c_proj]}") == [.gpt2Down])
        #expect(try projections("adapter: {projections: [dense]}") == [.neoxOutput])
        #expect(try projections("adapter: {projections: [self_attn.o_proj, qkv_proj]}") == [.output, .queryKeyValue])
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

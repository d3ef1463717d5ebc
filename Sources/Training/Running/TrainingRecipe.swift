internal import Foundation
public import Tensors
internal import TextFormats
internal import Tokenization
internal import Transformers
internal import Yams

/// A training configuration, as its YAML file says it. See `docs/training.md`.
public struct TrainingRecipe: Codable, Hashable, Sendable {
    public var model: String
    /// LoRA adapters that are merged into the model before training, in this order.
    public var baseAdapters: [String]
    /// Folder of the LoRA adapter whose training goes on; the rank, alpha and projections of ``settings`` are then to be
    /// taken from it (``PEFTAdapter/settings(ofFolder:)``).
    public var startingAdapter: String?
    /// JSON lines, relative to the recipe.
    public var data: String
    /// Folder for checkpoints and results.
    public var output: String
    /// Model that is imitated; distillation only.
    public var teacher: String?
    /// File of what a teacher has said, in place of ``teacher``.
    public var teacherFile: String?
    public var heldOutShare: Double
    /// What products are computed on, forward: float32, or bfloat16 beside weights in float32.
    public var mode: ComputeMode
    public var maxLength: Int
    /// What a chat template that asks for the date is told, as `YYYY-MM-DD`; it has none where nil.
    public var date: String?
    public var epochs: Double?
    public var steps: Int?
    public var settings: TrainingSettings
    /// Names of parameters that are trained, with `*`; without adapters only. Nil for all.
    public var trained: [String]?
    /// What is written in the end, some of ``knownFormats``.
    public var formats: [String]?

    /// Formats of adapters alone.
    public static let adapterFormats = ["adapter", "adapter-f16", "gguf-lora"]

    public static let knownFormats =
        adapterFormats + ["huggingface"] + GGUFExport.elementTypes.keys.sorted().map { "gguf-\($0)" }

    /// Reads a recipe.
    ///
    /// - Parameter kind: `sft`, `dpo` or `distill`
    /// - Throws: ``TrainingError`` for unknown keys and values that make no sense.
    public init(yaml text: String, kind: String) throws {
        try Self.check(text)
        var table = try RecipeTable(yaml: text)
        let adapter = try Self.adapter(&table)
        startingAdapter = adapter?.start
        model = try table.string("model")
        baseAdapters = try table.strings("base_adapters") ?? []
        data = try table.string("data")
        output = try table.string("output")
        if kind == "distill" { (teacher, teacherFile) = try Self.teacher(&table) }
        heldOutShare = try table.number("held_out", 0, in: 0...0.9)
        let modes = [ComputeMode.f32, .bf16].map(\.rawValue)
        mode = ComputeMode(rawValue: try table.string("mode", "f32", of: modes)) ?? .f32
        maxLength = try table.integer("max_length", 512, in: 2...1_048_576)
        date = try Self.date(&table)
        epochs = try table.optionalNumber("epochs", upTo: Self.mostEpochs)
        steps = try table.optionalInteger("steps", in: 1...Self.mostSteps)
        trained = adapter == nil ? try table.strings("train") : nil
        formats = try Self.formats(&table, hasAdapter: adapter != nil)
        settings = TrainingSettings(
            method: try Self.method(kind, &table), schedule: try Self.schedule(&table),
            optimizer: try Self.optimizer(&table), adapter: adapter?.settings,
            batch: try table.integer("batch", 8, in: 1...65_536),
            tokensPerPass: try table.integer("tokens_per_pass", 1024, in: 2...1_048_576),
            recomputes: try table.bool("recompute", false),
            sharesBeginnings: try Self.sharesBeginnings(&table, dropout: adapter?.settings.dropout ?? 0),
            seed: UInt64(try table.integer("seed", 0, in: 0...Int.max)),
            checkpointEvery: try table.integer("checkpoint_every", 0, in: 0...Int.max),
            checkpointsKept: try table.integer("checkpoints_kept", 2, in: 1...1000),
            evaluateEvery: try table.integer("evaluate_every", 0, in: 0...Int.max))
        try checkCombinations()
        try table.finish()
    }

    /// The file that a format is written to, in the folder of the results.
    public static func fileName(ofFormat format: String) -> String {
        switch format {
        case "adapter", "adapter-f16": LoRAAdapter.weightsFile
        case "gguf-lora": "adapter.gguf"
        case "huggingface": "model.safetensors"
        default: "model-\(format.dropFirst("gguf-".count)).gguf"
        }
    }

    /// The folder, in the folder of the results, for a whole model beside whose files an adapter would lie: transformers
    /// puts an adapter that it finds beside a model on that model, which has it already.
    public static let mergedFolder = "merged"

    /// Whether weights are needed in float32: to be trained or merged with an adapter, or beside those in bfloat16.
    public var needsEditableWeights: Bool {
        mode == .bf16 || settings.adapter == nil || (formats ?? []).contains { !Self.adapterFormats.contains($0) }
    }

    /// The settings for a number of examples: the schedule's steps are known only then.
    public func settings(examples: Int) -> TrainingSettings {
        var settings = settings
        settings.schedule.steps =
            steps ?? max(1, Int((Double(examples) * (epochs ?? 1) / Double(settings.batch)).rounded(.up)))
        return settings
    }

    /// Longest recipe that is read, in bytes.
    private static let largestText = 1 << 16
    /// Most steps, of a training and of its warm-up.
    private static let mostSteps = 1_000_000_000
    private static let mostEpochs = 1e6

    private static func check(_ text: String) throws {
        guard text.utf8.count <= largestText else {
            throw TrainingError.configuration(
                key: "the recipe", found: "\(text.utf8.count) bytes long", allowed: "at most \(largestText) bytes")
        }
        if let line = YAMLSafety.lineOfAlias(in: text) {
            throw TrainingError.configuration(
                key: "line \(line) of the recipe", found: "one with a YAML alias (*name)",
                allowed: "values that are written out, and texts that begin with * in quotes")
        }
    }

    private func checkCombinations() throws {
        guard (epochs == nil) != (steps == nil) else {
            throw TrainingError.configuration(
                key: "the length of the training", found: epochs == nil ? "missing" : "given as epochs and as steps",
                allowed: "one of the keys epochs and steps")
        }
        guard settings.evaluateEvery == 0 || heldOutShare > 0 else {
            throw TrainingError.configuration(
                key: "evaluate_every", found: "\(settings.evaluateEvery) without held_out",
                allowed: "0, or a share of the examples in held_out")
        }
    }

    private static func date(_ table: inout RecipeTable) throws -> String? {
        guard let date = try table.optionalString("date") else { return nil }
        guard CivilTime(date: date) != nil else {
            throw TrainingError.configuration(key: "date", found: date, allowed: "a day of the calendar, as YYYY-MM-DD")
        }
        return date
    }

    private static func teacher(_ table: inout RecipeTable) throws -> (model: String?, file: String?) {
        guard let file = try table.optionalString("teacher_file") else { return (try table.string("teacher"), nil) }
        try table.refuse(["teacher"], beside: "teacher_file: \(file)", allowed: "one of them")
        return (nil, file)
    }

    private static func formats(_ table: inout RecipeTable, hasAdapter: Bool) throws -> [String]? {
        guard let formats = try table.strings("write") else { return nil }
        let allowed = knownFormats.filter { hasAdapter || !adapterFormats.contains($0) }
        let unknown = formats.first { !allowed.contains($0) }
        guard !formats.isEmpty, unknown == nil else {
            throw TrainingError.configuration(
                key: "write", found: unknown ?? "empty", allowed: allowed.joined(separator: ", "))
        }
        for (index, format) in formats.enumerated() {
            let file = fileName(ofFormat: format)
            guard let other = formats[..<index].first(where: { fileName(ofFormat: $0) == file }) else { continue }
            throw TrainingError.configuration(
                key: "write", found: "\(other) and \(format), which are both the file \(file)", allowed: "one of them")
        }
        return formats
    }

    private static func method(_ kind: String, _ table: inout RecipeTable) throws -> TrainingMethod {
        switch kind {
        case "dpo": return .preference(beta: try table.number("beta", 0.1, in: 1e-6...100))
        case "distill":
            let temperature = try table.number("temperature", 1, in: 0.01...100)
            let name = try table.string("divergence", "forward", of: ["forward", "reverse", "jensen-shannon"])
            let share = try table.number("share", 0.5, in: 0.01...0.99)
            let divergence: Divergence =
                name == "forward" ? .forward : name == "reverse" ? .reverse : .jensenShannon(share: share)
            return .distillation(divergence, temperature: temperature)
        default: return .supervised
        }
    }

    private static func schedule(_ table: inout RecipeTable) throws -> LearningRateSchedule {
        let shape = try table.string("schedule", "cosine", of: LearningRateSchedule.Shape.allCases.map(\.rawValue))
        return LearningRateSchedule(
            peak: try table.number("learning_rate", 1e-4, in: 0...10),
            shape: LearningRateSchedule.Shape(rawValue: shape) ?? .cosine,
            warmup: try table.integer("warmup", 0, in: 0...mostSteps), steps: 0,
            floor: try table.number("floor", 0, in: 0...1))
    }

    /// Which inputs are dropped is decided row by row, so that rows of several sequences would lose the same ones.
    private static func sharesBeginnings(_ table: inout RecipeTable, dropout: Double) throws -> Bool {
        let shares = try table.bool("share_beginnings", false)
        guard !shares || dropout == 0 else {
            throw TrainingError.configuration(
                key: "share_beginnings", found: "true beside a dropout of \(dropout)", allowed: "one of them")
        }
        return shares
    }

    private static func optimizer(_ table: inout RecipeTable) throws -> OptimizerSettings {
        var settings = OptimizerSettings()
        let kind = try table.string("optimizer", "adamw", of: OptimizerKind.allCases.map(\.rawValue))
        settings.kind = OptimizerKind(rawValue: kind) ?? .adamw
        switch settings.kind {
        case .adamw: try table.refuse(["momentum"], beside: "the optimizer adamw", allowed: "only with sgd")
        case .sgd:
            try table.refuse(["beta1", "beta2", "epsilon"], beside: "the optimizer sgd", allowed: "only with adamw")
        }
        settings.beta1 = try table.number("beta1", settings.beta1, in: 0...0.9999)
        settings.beta2 = try table.number("beta2", settings.beta2, in: 0...0.99999)
        settings.epsilon = try table.number("epsilon", settings.epsilon, in: 1e-12...1)
        settings.weightDecay = try table.number("weight_decay", 0, in: 0...10)
        settings.momentum = try table.number("momentum", 0, in: 0...0.9999)
        settings.maxGradientNorm = try table.optionalNumber("max_gradient_norm")
        return settings
    }

    private static func adapter(_ table: inout RecipeTable) throws -> (settings: AdapterSettings, start: String?)? {
        guard var inner = try table.table("adapter") else { return nil }
        let start = try inner.optionalString("from")
        if let start {
            try inner.refuse(
                ["rank", "alpha", "projections", "rank_stabilized"], beside: "from: \(start)",
                allowed: "only for an adapter that begins untrained")
        }
        let projections = try inner.strings("projections")?.flatMap { name in
            let found = Projection.named(name)
            guard !found.isEmpty else {
                throw TrainingError.configuration(
                    key: "adapter.projections", found: name,
                    allowed: Projection.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return found
        }
        let settings = AdapterSettings(
            rank: try inner.integer("rank", 8, in: 1...4096), alpha: try inner.number("alpha", 16, in: 1e-6...1e6),
            dropout: try inner.number("dropout", 0, in: 0...0.95), projections: projections.map { Set($0) },
            isRankStabilized: try inner.bool("rank_stabilized", false))
        try inner.finish()
        return (settings, start)
    }
}

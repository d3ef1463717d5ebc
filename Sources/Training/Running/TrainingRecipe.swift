internal import Foundation
public import Tensors
internal import Yams

/// A training configuration, as its YAML file says it. See `docs/training.md`.
public struct TrainingRecipe: Codable, Hashable, Sendable {
    public var model: String
    /// LoRA adapters that are merged into the model before training, in this order.
    public var baseAdapters: [String]
    /// JSON lines, relative to the recipe.
    public var data: String
    /// Folder for checkpoints and results.
    public var output: String
    /// Model that is imitated; distillation only.
    public var teacher: String?
    public var heldOutShare: Double
    /// What products are computed on, forward: float32, or bfloat16 beside weights in float32.
    public var mode: ComputeMode
    public var maxLength: Int
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
        guard text.utf8.count <= 1 << 16, !text.contains("*id"), !text.contains("&") else {
            throw TrainingError.configuration(key: "file", found: "too long, or one with anchors", allowed: "64 KiB")
        }
        var table = try RecipeTable(yaml: text)
        let adapter = try Self.adapter(&table)
        model = try table.string("model")
        baseAdapters = try table.strings("base_adapters") ?? []
        data = try table.string("data")
        output = try table.string("output")
        teacher = kind == "distill" ? try table.string("teacher") : nil
        heldOutShare = try table.number("held_out", 0, in: 0...0.9)
        let modes = [ComputeMode.f32, .bf16].map(\.rawValue)
        mode = ComputeMode(rawValue: try table.string("mode", "f32", of: modes)) ?? .f32
        maxLength = try table.integer("max_length", 512, in: 2...1_048_576)
        epochs = try table.optionalNumber("epochs")
        steps = try table.optionalInteger("steps")
        trained = adapter == nil ? try table.strings("train") : nil
        formats = try table.strings("write")
        let allowed = Self.knownFormats.filter { adapter != nil || !Self.adapterFormats.contains($0) }
        if let unknown = formats?.first(where: { !allowed.contains($0) }) {
            throw TrainingError.configuration(
                key: "write", found: unknown, allowed: allowed.joined(separator: ", "))
        }
        settings = TrainingSettings(
            method: try Self.method(kind, &table), schedule: try Self.schedule(&table),
            optimizer: try Self.optimizer(&table), adapter: adapter,
            batch: try table.integer("batch", 8, in: 1...65_536),
            tokensPerPass: try table.integer("tokens_per_pass", 1024, in: 2...1_048_576),
            recomputes: try table.bool("recompute", false),
            sharesBeginnings: try Self.sharesBeginnings(&table, dropout: adapter?.dropout ?? 0),
            seed: UInt64(try table.integer("seed", 0, in: 0...Int.max)),
            checkpointEvery: try table.integer("checkpoint_every", 0, in: 0...Int.max),
            checkpointsKept: try table.integer("checkpoints_kept", 2, in: 1...1000),
            evaluateEvery: try table.integer("evaluate_every", 0, in: 0...Int.max))
        guard (epochs == nil) != (steps == nil), (epochs ?? 1) > 0, (steps ?? 1) > 0 else {
            throw TrainingError.configuration(
                key: "epochs and steps", found: "both, none or zero", allowed: "one of them")
        }
        try table.finish()
    }

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
            warmup: try table.integer("warmup", 0, in: 0...Int.max), steps: 0,
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
        settings.beta1 = try table.number("beta1", settings.beta1, in: 0...0.9999)
        settings.beta2 = try table.number("beta2", settings.beta2, in: 0...0.99999)
        settings.epsilon = try table.number("epsilon", settings.epsilon, in: 1e-12...1)
        settings.weightDecay = try table.number("weight_decay", 0, in: 0...10)
        settings.momentum = try table.number("momentum", 0, in: 0...0.9999)
        settings.maxGradientNorm = try table.optionalNumber("max_gradient_norm")
        return settings
    }

    private static func adapter(_ table: inout RecipeTable) throws -> AdapterSettings? {
        guard var inner = try table.table("adapter") else { return nil }
        let names = try inner.strings("projections") ?? Projection.allCases.map(\.rawValue)
        let projections = try names.map { name in
            guard let projection = Projection(rawValue: name) else {
                throw TrainingError.configuration(
                    key: "adapter.projections", found: name,
                    allowed: Projection.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return projection
        }
        let settings = AdapterSettings(
            rank: try inner.integer("rank", 8, in: 1...4096), alpha: try inner.number("alpha", 16, in: 1e-6...1e6),
            dropout: try inner.number("dropout", 0, in: 0...0.95), projections: Set(projections),
            isRankStabilized: try inner.bool("rank_stabilized", false))
        try inner.finish()
        return settings
    }
}

public import LanguageModels
public import Tokenization
internal import Transformers

/// Chooses among directions of several layers and positions the one that carries refusal (Arditi et al. 2024,
/// appendix C).
public struct DirectionSelection {
    /// What a direction does.
    public struct Candidate: Codable, Hashable, Sendable {
        public var reading: Reading
        /// Mean log-odds of refusal on harmful prompts without the direction: lower is better.
        public var refusalWhenAblated: Double
        /// Mean log-odds of refusal on harmless prompts with the direction added at its layer.
        public var refusalWhenAdded: Double
        /// Mean divergence in nats on harmless prompts without the direction.
        public var divergence: Double
        /// Why it is out of the question; nil for those that are not.
        public var rejection: String?
    }

    /// What a direction must meet.
    public struct Thresholds: Codable, Hashable, Sendable {
        public var largestDivergence = 0.1
        public var smallestInducedRefusal = 0.0
        /// Share of the layers, from the last, that are not considered.
        public var lastLayersLeftOut = 0.2

        public init() {}
    }

    private let model: LanguageModel
    private let harmful: [RenderedPrompt]
    private let harmless: [RenderedPrompt]
    private let thresholds: Thresholds
    private let tokens: RefusalTokens

    public init(
        _ model: LanguageModel, harmful: [RenderedPrompt], harmless: [RenderedPrompt], thresholds: Thresholds = .init()
    ) throws(SteeringError) {
        guard !harmful.isEmpty else { throw .tooFewPrompts(side: "harmful", count: 0, needed: 1) }
        guard !harmless.isEmpty else { throw .tooFewPrompts(side: "harmless", count: 0, needed: 1) }
        self.model = model
        self.harmful = harmful
        self.harmless = harmless
        self.thresholds = thresholds
        tokens = RefusalTokens(model.tokenizer)
    }

    /// Figures of every direction, best first; those out of the question last.
    ///
    /// - Throws: ``SteeringError/notResidual(reading:)`` for a direction that cannot be taken out of the residual stream;
    ///   `TransformerError`.
    public func candidates(_ directions: [Direction], progress: (Int) -> Void = { _ in }) throws -> [Candidate] {
        for direction in directions where !direction.reading.hasResidualWidth {
            throw SteeringError.notResidual(reading: direction.reading.description)
        }
        let calibration = try StrengthCalibration(model, prompts: harmless)
        var found: [Candidate] = []
        for direction in directions {
            let ablation = Intervention.ablatingEverywhere(direction.vector)
            let addition = Intervention(
                .add, direction: direction.vector, site: direction.reading.site,
                layers: direction.reading.layer.map { [$0] }, positions: PositionSet(prompt: .all))
            var candidate = Candidate(
                reading: direction.reading, refusalWhenAblated: try refusal(harmful, ablation),
                refusalWhenAdded: try refusal(harmless, [addition]), divergence: try calibration.divergence(ablation))
            candidate.rejection = rejection(of: candidate)
            found.append(candidate)
            progress(found.count)
        }
        return found.sorted { a, b in
            if (a.rejection == nil) != (b.rejection == nil) { return a.rejection == nil }
            return a.refusalWhenAblated < b.refusalWhenAblated
        }
    }

    private func refusal(_ prompts: [RenderedPrompt], _ interventions: [Intervention]) throws -> Double {
        var hook = try SteeringHook(interventions)
        let odds = try NextTokenReader(model).refusalLogOdds(prompts, tokens: tokens, hooks: &hook)
        return odds.reduce(0, +) / Double(odds.count)
    }

    private func rejection(of candidate: Candidate) -> String? {
        let count = model.transformer.configuration.layerCount
        let end = Int(Double(count) * (1 - thresholds.lastLayersLeftOut))
        if candidate.reading.layer ?? 0 >= end { return "layer \(candidate.reading.layer ?? 0) is not below \(end)" }
        if candidate.divergence > thresholds.largestDivergence {
            return "ablation moves harmless prompts by more than \(thresholds.largestDivergence) nats"
        }
        if candidate.refusalWhenAdded < thresholds.smallestInducedRefusal {
            return "adding it gives log-odds of refusal below \(thresholds.smallestInducedRefusal)"
        }
        return nil
    }
}

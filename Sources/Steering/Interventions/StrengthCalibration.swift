public import LanguageModels
public import Tokenization
internal import Transformers

/// Finds the strength at which an intervention moves the next token by a given number of nats.
public struct StrengthCalibration {
    private let model: LanguageModel
    private let prompts: [RenderedPrompt]
    private let base: [[Float]]

    /// - Parameter prompts: harmless prompts
    /// - Throws: `TransformerError`, ``SteeringError/tooFewPrompts(side:count:needed:)``.
    public init(_ model: LanguageModel, prompts: [RenderedPrompt]) throws {
        guard !prompts.isEmpty else { throw SteeringError.tooFewPrompts(side: "harmless", count: 0, needed: 1) }
        self.model = model
        self.prompts = prompts
        var none = NoHook()
        base = try NextTokenReader(model).logProbabilities(prompts, hooks: &none)
    }

    /// Mean over prompts of the divergence of the steered next-token distribution from the model's own,
    /// `Σ p log(p / q)`, in nats.
    public func divergence(_ interventions: [Intervention]) throws -> Double {
        var places: [Int: PromptPlaces] = [:]
        for (index, prompt) in prompts.enumerated() { places[index] = try PromptPlaces(prompt) }
        var hook = try SteeringHook(interventions, places: places)
        let steered = try NextTokenReader(model).logProbabilities(prompts, hooks: &hook)
        let each = zip(base, steered).map { p, q in
            zip(p, q).reduce(0.0) { $0 + Double.exponential(Double($1.0)) * (Double($1.0) - Double($1.1)) }
        }
        return each.reduce(0, +) / Double(each.count)
    }

    /// The intervention with its strength times the largest factor, up to `largest`, that stays within the budget:
    /// bisection, with `steps` forward passes over the prompts. Sign and kind of the strength stay.
    ///
    /// - Throws: ``SteeringError/unreachableBudget(nats:largest:)`` where even `largest` stays below half the budget;
    ///   ``SteeringError/setting(name:value:allowed:)`` for an operation without a strength, and for a strength of 0.
    public func calibrate(
        _ intervention: Intervention, nats: Double, largest: Double = 32, steps: Int = 12
    ) throws -> Intervention {
        try check(intervention, nats: nats)
        func at(_ factor: Double) -> Intervention {
            var copy = intervention
            copy.strength = intervention.strength.scaled(by: factor, nats: nats)
            return copy
        }
        let most = try divergence([at(largest)])
        guard most > nats / 2 else { throw SteeringError.unreachableBudget(nats: nats, largest: most) }
        if most <= nats { return at(largest) }
        var (low, high) = (0.0, largest)
        for _ in 0..<steps {
            let middle = (low + high) / 2
            if try divergence([at(middle)]) <= nats { low = middle } else { high = middle }
        }
        return at(low)
    }

    private func check(_ intervention: Intervention, nats: Double) throws(SteeringError) {
        guard nats > 0, nats.isFinite else {
            throw .setting(name: "the budget", value: "\(nats)", allowed: "above 0 nats")
        }
        guard intervention.operation.usesStrength else {
            throw .setting(
                name: "the operation for a budget", value: "\(intervention.operation)",
                allowed: "add and ablate, which have a strength")
        }
        guard intervention.coefficient != 0 else {
            throw .setting(name: "the strength for a budget", value: "0", allowed: "a number that can be scaled")
        }
    }
}

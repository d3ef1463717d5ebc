/// What a guard thinks of a prompt.
public struct Verdict: Codable, Hashable, Sendable {
    /// What an application should do with the prompt.
    public enum Decision: String, Codable, Hashable, Sendable {
        case harmless
        case harmful
        /// Far from every prompt that the guard was fitted on: nobody knows. Not a synonym for harmless.
        case unsure
    }

    public var decision: Decision
    /// Whether the score reaches the threshold; for ``Decision/unsure`` too, where it is a guess.
    public var harmful: Bool
    /// How harmful the prompt looks, in the units of the guard's method; 0 or above is harmful at the threshold.
    public var score: Double
    /// Calibrated probability that the prompt is harmful, for as many harmful as harmless prompts.
    public var probability: Double
    /// How strongly the state before the reply leans towards refusing, in standard deviations of the prompts fitted on;
    /// nil for a guard without that axis.
    public var refusal: Double?
    /// Probability of each risk category, by name.
    public var categories: [String: Double]
    /// Distance from what the guard was fitted on, over the distance at which it becomes unsure.
    public var novelty: Double
    /// Time for this prompt: tokens, forward pass and scores; its share of a batch.
    public var milliseconds: Double
}

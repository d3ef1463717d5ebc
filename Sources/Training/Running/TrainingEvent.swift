/// What happens while a model is trained.
public enum TrainingEvent: Sendable {
    /// Before the run begins, so many pairs have been read by the model that preferences are measured from.
    case referenced(pairs: Int, of: Int)
    case began(TrainingStart)
    case step(StepMetrics)
    case evaluated(HeldOutMetrics)
    case warning(String)
    case checkpoint(step: Int, path: String)
}

/// What a run is about to do.
public struct TrainingStart: Codable, Hashable, Sendable {
    public var steps: Int
    /// Steps that an earlier run has done.
    public var done: Int
    public var examples: Int
    public var heldOut: Int
    public var trainedParameters: Int
    public var allParameters: Int
}

/// What is known of one step.
public struct StepMetrics: Codable, Hashable, Sendable {
    /// From 1.
    public var step: Int
    /// Mean over targets of the loss times the target's weight, or over pairs.
    public var loss: Double
    public var gradientNorm: Double
    public var learningRate: Double
    /// Tokens read and targets learned from.
    public var tokens: Int
    public var targets: Int
    public var seconds: Double
    /// Share of pairs whose chosen side has gained more; nil without pairs.
    public var accuracy: Double?
    /// Mean margin of pairs.
    public var margin: Double?

    public init(
        step: Int, loss: Double, gradientNorm: Double, learningRate: Double, tokens: Int, targets: Int, seconds: Double,
        accuracy: Double? = nil, margin: Double? = nil
    ) {
        self.step = step
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.learningRate = learningRate
        self.tokens = tokens
        self.targets = targets
        self.seconds = seconds
        self.accuracy = accuracy
        self.margin = margin
    }
}

/// What the held-out examples say after a step.
public struct HeldOutMetrics: Codable, Hashable, Sendable {
    /// Steps that were taken before.
    public var step: Int
    /// The loss that the run trains on, nothing being dropped and what is unlikely left out.
    public var loss: Double
    /// Share of pairs whose chosen side has gained more; nil without pairs.
    public var accuracy: Double?
    /// Mean margin of pairs.
    public var margin: Double?

    public init(step: Int, loss: Double, accuracy: Double? = nil, margin: Double? = nil) {
        self.step = step
        self.loss = loss
        self.accuracy = accuracy
        self.margin = margin
    }

    /// Whether all of it are numbers.
    var isFinite: Bool { loss.isFinite && (margin ?? 0).isFinite }
}

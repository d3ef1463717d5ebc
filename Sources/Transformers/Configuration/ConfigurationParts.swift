/// How a model knows where in the text a token stands.
public enum PositionEncoding: String, Codable, Hashable, Sendable {
    /// Queries and keys are rotated (Su et al. 2021).
    case rotary
    /// A learned vector for each position is added to the embedding (Radford et al. 2019).
    case learned
}

/// What a norm divides by.
public enum NormKind: String, Codable, Hashable, Sendable {
    /// The root mean square (Zhang and Sennrich 2019).
    case rootMeanSquare
    /// The standard deviation, after the mean is taken off; with a bias (Ba et al. 2016).
    case layer
}

/// Where a block normalises.
public enum NormPlacement: String, Codable, Hashable, Sendable {
    /// What attention and feed-forward read.
    case before
    /// What they add to the residual stream (OLMo 2).
    case after
    /// Both (Gemma 2 and 3).
    case around
}

/// Norms on queries and keys before they are rotated.
public enum QueryKeyNorm: String, Codable, Hashable, Sendable {
    case none
    /// Each head by itself, with one weight for all heads.
    case perHead
    /// All heads of a row together.
    case whole
}

/// The function in the middle of the feed-forward layer.
public enum ActivationFunction: String, Codable, Hashable, Sendable {
    case silu
    /// `x * Phi(x)`.
    case gelu
    /// The approximation of it by tanh.
    case geluTanh
    /// The approximation of it by the logistic function: `x * sigmoid(1.702 x)`.
    case quickGelu
    case relu
    /// `max(x, 0)^2` (So et al. 2021).
    case reluSquared
}

/// Layers that see the last positions only.
public struct SlidingWindow: Codable, Hashable, Sendable {
    /// Positions seen, a position's own included.
    public var width: Int
    /// Whether each layer is one of them.
    public var layers: [Bool]
    /// Rotary base of these layers, unscaled; nil for that of the others.
    public var rotaryBase: Float?

    public init(width: Int, layers: [Bool], rotaryBase: Float? = nil) {
        self.width = width
        self.layers = layers
        self.rotaryBase = rotaryBase
    }
}

/// What a model whose divisors depend on the length of a text (longrope; Ding et al. 2024) takes for long ones.
public struct LongContext: Codable, Hashable, Sendable {
    /// Positions that it then has.
    public var contextLength: Int
    public var rotaryScaling: RotaryScaling

    public init(contextLength: Int, rotaryScaling: RotaryScaling) {
        self.contextLength = contextLength
        self.rotaryScaling = rotaryScaling
    }
}

/// How rotary frequencies are changed for contexts longer than those of pre-training.
public enum RotaryScaling: Codable, Hashable, Sendable {
    case none
    /// All frequencies are divided by the factor (Chen et al. 2023).
    case linear(factor: Float)
    /// Slow frequencies are divided by the factor, fast ones stay (Llama 3.1).
    case llama3(factor: Float, lowFactor: Float, highFactor: Float, originalContext: Int)
    /// Slow frequencies are divided, fast ones stay, and scores are sharpened (Peng et al. 2023).
    case yarn(Yarn)
    /// One divisor for each pair of components, and a factor on cosines and sines.
    case divisors([Float], magnitude: Float)

    public struct Yarn: Codable, Hashable, Sendable {
        public var factor: Float
        public var originalContext: Int
        /// Rotations within the original context above which a frequency stays, and below which it is divided.
        public var fastRotations: Float = 32
        public var slowRotations: Float = 1
        /// Factor on cosines and sines.
        public var magnitude: Float
        /// Whether the bounds between fast and slow are rounded to whole pairs.
        public var truncates = true

        public init(factor: Float, originalContext: Int, magnitude: Float) {
            self.factor = factor
            self.originalContext = originalContext
            self.magnitude = magnitude
        }

        /// Positions that the original context is stretched to.
        var contextLength: Int {
            let length = Double(factor) * Double(originalContext)
            return length.isFinite ? Int(min(max(length, 0), Double(TransformerConfiguration.longestContext))) : 0
        }
    }
}

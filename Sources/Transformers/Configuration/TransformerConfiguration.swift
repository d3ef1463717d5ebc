public import Tensors

/// What a decoder-only transformer is made of: sizes, constants, and which of the known parts it uses.
///
/// A family of models is a value of this type and the names of its tensors; the forward pass knows no family.
public struct TransformerConfiguration: Codable, Hashable, Sendable {
    /// Name of the family: `llama`, `gemma2`, …
    public var architecture: String
    /// Width of the residual stream (`d_model`).
    public var modelDimension: Int
    public var layerCount: Int
    public var headCount: Int
    public var keyValueHeadCount: Int
    /// Width of one head (`d_head`).
    public var headDimension: Int
    /// Width of the feed-forward layer (`d_mlp`).
    public var feedForwardDimension: Int
    public var vocabularySize: Int
    /// Positions the model was trained for.
    public var contextLength: Int

    public var positionEncoding = PositionEncoding.rotary
    public var rotaryBase: Float
    /// Components of a head that are rotated.
    public var rotaryDimension: Int
    public var rotaryPairing: RotaryTable.Pairing
    public var rotaryScaling = RotaryScaling.none
    /// For texts longer than `contextLength`; nil for a model whose rotation does not depend on the length, and for one
    /// that has been made for long texts.
    public var longContext: LongContext?

    public var normKind = NormKind.rootMeanSquare
    public var normEpsilon: Float
    public var normPlacement = NormPlacement.before
    public var queryKeyNorm = QueryKeyNorm.none
    /// Whether attention and feed-forward of a block both read the block's input.
    public var isParallel = false

    public var activation = ActivationFunction.silu
    /// Whether the activated half of the feed-forward layer multiplies another half.
    public var isGated = true

    /// What attention scores are multiplied with.
    public var attentionScale: Float
    /// Attention scores become `cap * tanh(score / cap)`.
    public var attentionSoftCap: Float?
    /// Logits become `cap * tanh(logit / cap)`.
    public var logitSoftCap: Float?
    public var slidingWindow: SlidingWindow?
    /// What token embeddings are multiplied with.
    public var embeddingScale: Float?

    /// The sizes of a Llama; every other part is set afterwards.
    public init(
        architecture: String,
        modelDimension: Int,
        layerCount: Int,
        headCount: Int,
        keyValueHeadCount: Int,
        headDimension: Int,
        feedForwardDimension: Int,
        vocabularySize: Int,
        contextLength: Int,
        rotaryBase: Float,
        rotaryDimension: Int,
        rotaryPairing: RotaryTable.Pairing = .halves,
        normEpsilon: Float
    ) {
        self.architecture = architecture
        self.modelDimension = modelDimension
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.feedForwardDimension = feedForwardDimension
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.rotaryBase = rotaryBase
        self.rotaryDimension = rotaryDimension
        self.rotaryPairing = rotaryPairing
        self.normEpsilon = normEpsilon
        attentionScale = 1 / Float(headDimension).squareRoot()
    }

    /// The configuration in which a model has at least `length` positions: this one where it has them, otherwise that
    /// for long texts, with all the positions there are. Nil asks for nothing.
    ///
    /// - Throws: ``TransformerError/contextTooShort(wanted:longest:)``.
    func reaching(_ length: Int?) throws -> TransformerConfiguration {
        guard let length, length > contextLength else { return self }
        guard let longContext, length <= longContext.contextLength else {
            throw TransformerError.contextTooShort(wanted: length, longest: longContext?.contextLength ?? contextLength)
        }
        var configuration = self
        configuration.contextLength = longContext.contextLength
        configuration.rotaryScaling = longContext.rotaryScaling
        configuration.longContext = nil
        return configuration
    }

    /// Columns of all query heads together.
    public var queryWidth: Int { headCount * headDimension }

    /// Columns of all key heads together.
    public var keyValueWidth: Int { keyValueHeadCount * headDimension }

    /// Most positions that a position of this layer sees, its own included; nil for all before it.
    public func window(ofLayer layer: Int) -> Int? {
        guard let slidingWindow, slidingWindow.layers[layer] else { return nil }
        return slidingWindow.width
    }
}

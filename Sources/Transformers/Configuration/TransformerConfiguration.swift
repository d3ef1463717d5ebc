public import Tensors

/// The sizes and constants of a decoder-only transformer.
public struct TransformerConfiguration: Codable, Hashable, Sendable {
    /// `general.architecture`: `llama`, …
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
    public var rotaryBase: Float
    /// Components of a head that are rotated.
    public var rotaryDimension: Int
    public var rotaryPairing: RotaryTable.Pairing
    public var normEpsilon: Float

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
        rotaryPairing: RotaryTable.Pairing,
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
    }

    /// Columns of all query heads together.
    package var queryWidth: Int { headCount * headDimension }

    /// Columns of all key heads together.
    package var keyValueWidth: Int { keyValueHeadCount * headDimension }
}

extension TransformerConfiguration {
    /// Checks sizes that come from a file, before anything is allocated by them.
    ///
    /// - Throws: ``TransformerError/configuration(key:value:allowed:)``.
    func validated() throws -> TransformerConfiguration {
        try require("embedding_length", modelDimension, in: 1...65_536)
        try require("block_count", layerCount, in: 1...512)
        try require("attention.head_count", headCount, in: 1...1024)
        try require("attention.head_count_kv", keyValueHeadCount, in: 1...headCount)
        try require("attention.key_length", headDimension, in: 1...1024)
        try require("feed_forward_length", feedForwardDimension, in: 1...1_048_576)
        try require("vocab_size", vocabularySize, in: 1...4_194_304)
        try require("context_length", contextLength, in: 1...16_777_216)
        try require("rope.dimension_count", rotaryDimension, in: 0...headDimension)
        guard headCount % keyValueHeadCount == 0 else {
            throw TransformerError.configuration(
                key: "attention.head_count", value: "\(headCount)", allowed: "a multiple of \(keyValueHeadCount)")
        }
        guard rotaryDimension % 2 == 0 else {
            throw TransformerError.configuration(
                key: "rope.dimension_count", value: "\(rotaryDimension)", allowed: "an even number")
        }
        guard normEpsilon >= 0, normEpsilon < 1, rotaryBase.isFinite, rotaryBase > 0 else {
            throw TransformerError.configuration(
                key: "epsilon or rope.freq_base", value: "\(normEpsilon), \(rotaryBase)",
                allowed: "0 ..< 1, and above 0")
        }
        return self
    }

    private func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw TransformerError.configuration(
                key: key, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension TransformerConfiguration {
    /// Positions that a file may name.
    static let longestContext = 16_777_216

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
        try require("context_length", contextLength, in: 1...Self.longestContext)
        try require("rope.dimension_count", rotaryDimension, in: 0...headDimension)
        guard headCount % keyValueHeadCount == 0 else {
            throw TransformerError.configuration(
                key: "attention.head_count", value: "\(headCount)", allowed: "a multiple of \(keyValueHeadCount)")
        }
        if positionEncoding == .rotary {
            try requireEven("attention.key_length", headDimension)
            try requireEven("rope.dimension_count", rotaryDimension)
        }
        try require("epsilon of the norms", normEpsilon, normEpsilon >= 0 && normEpsilon < 1, "0 ..< 1")
        try requirePositive("rope.freq_base", rotaryBase)
        try requirePositive("attention.scale", attentionScale)
        try requirePositive("attn_logit_softcapping", attentionSoftCap)
        try requirePositive("final_logit_softcapping", logitSoftCap)
        try requirePositive("scale of embeddings", embeddingScale)
        try validateWindow()
        try validateScaling()
        return self
    }

    private func validateWindow() throws {
        guard let slidingWindow else { return }
        try require("attention.sliding_window", slidingWindow.width, in: 1...16_777_216)
        try requirePositive("rope.freq_base of the sliding window", slidingWindow.rotaryBase)
        guard slidingWindow.layers.count == layerCount else {
            throw TransformerError.configuration(
                key: "list of layer types", value: "\(slidingWindow.layers.count) long", allowed: "\(layerCount)")
        }
    }

    private func validateScaling() throws {
        let pairs = rotaryDimension / 2
        switch rotaryScaling {
        case .none: break
        case .linear(let factor): try requirePositive("rope scaling factor", factor)
        case .llama3(let factor, let low, let high, let context):
            try requirePositive("rope scaling factor", factor)
            try requirePositive("low_freq_factor", low)
            try require("high_freq_factor", high, high > low && high.isFinite, "above low_freq_factor")
            try require("original context", context, in: 1...16_777_216)
        case .yarn(let yarn):
            try requirePositive("rope scaling factor", yarn.factor)
            try requirePositive("rope attention factor", yarn.magnitude)
            try requirePositive("beta_slow", yarn.slowRotations)
            try requirePositive("beta_fast", yarn.fastRotations)
            try require("original context", yarn.originalContext, in: 1...16_777_216)
        case .divisors(let divisors, let magnitude):
            try requirePositive("rope attention factor", magnitude)
            for divisor in divisors { try requirePositive("rope frequency divisor", divisor) }
            try require("number of rope frequency divisors", divisors.count, in: pairs...pairs)
        }
    }

    private func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw TransformerError.configuration(
                key: key, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }

    private func requireEven(_ key: String, _ value: Int) throws {
        guard value % 2 == 0 else {
            throw TransformerError.configuration(key: key, value: "\(value)", allowed: "an even number")
        }
    }

    private func requirePositive(_ key: String, _ value: Float?) throws {
        guard let value else { return }
        try require(key, value, value.isFinite && value > 0, "above 0")
    }

    private func require(_ key: String, _ value: Float, _ holds: Bool, _ allowed: String) throws {
        guard holds else { throw TransformerError.configuration(key: key, value: "\(value)", allowed: allowed) }
    }
}

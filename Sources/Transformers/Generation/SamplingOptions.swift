/// How the next token is drawn from the model's distribution.
///
/// The order is temperature, top-k, top-p, min-p; each works on what the one before has left.
public struct SamplingOptions: Codable, Hashable, Sendable {
    /// Logits are divided by this; 0 takes the most probable token, the lowest id among equals, and so does a number so
    /// small that its reciprocal is no finite float32.
    public var temperature: Double
    /// Keeps the k most probable tokens; 0 keeps all (Fan et al. 2018).
    public var topK: Int
    /// Keeps the smallest set of most probable tokens that reaches this probability; 1 keeps all (Holtzman et al. 2020).
    public var topP: Double
    /// Keeps tokens at least this fraction as probable as the best; 0 keeps all (Nguyen et al. 2024).
    public var minP: Double

    /// - Throws: ``TransformerError/sampling(option:value:allowed:)``.
    public init(temperature: Double = 0, topK: Int = 0, topP: Double = 1, minP: Double = 0) throws {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        try require("temperature", temperature, temperature.isFinite && temperature >= 0, "0 or more")
        try require("top-k", Double(topK), topK >= 0, "0 or more")
        try require("top-p", topP, topP > 0 && topP <= 1, "above 0, at most 1")
        try require("min-p", minP, minP >= 0 && minP <= 1, "0 to 1")
    }

    /// What logits are multiplied by; nil where the most probable token is taken.
    var factor: Float? {
        let factor = Float(1 / temperature)
        return factor.isFinite ? factor : nil
    }

    /// Always the most probable token.
    public static var greedy: SamplingOptions {
        SamplingOptions(unchecked: ())
    }

    private init(unchecked: Void) {
        temperature = 0
        topK = 0
        topP = 1
        minP = 0
    }

    private func require(_ option: String, _ value: Double, _ isAllowed: Bool, _ allowed: String) throws {
        guard isAllowed else { throw TransformerError.sampling(option: option, value: value, allowed: allowed) }
    }
}

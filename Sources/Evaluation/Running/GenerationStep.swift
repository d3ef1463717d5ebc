/// How far a model has come with samples under way: counts since it began. They are for the eye; no row depends on them.
public struct GenerationStep: Hashable, Sendable {
    /// Tokens drawn, of samples that have ended and of those under way.
    public var tokens: Int
    public var endedSamples: Int
    /// Tokens of the samples that have ended.
    public var endedTokens: Int
    /// Samples that are being decoded.
    public var activeSamples: Int

    public init(tokens: Int = 0, endedSamples: Int = 0, endedTokens: Int = 0, activeSamples: Int = 0) {
        self.tokens = tokens
        self.endedSamples = endedSamples
        self.endedTokens = endedTokens
        self.activeSamples = activeSamples
    }

    /// Tokens of the samples that are being decoded.
    public var activeTokens: Int { tokens - endedTokens }

    /// `later` counted on from where these counts ended.
    public func followed(by later: GenerationStep) -> GenerationStep {
        GenerationStep(
            tokens: tokens + later.tokens, endedSamples: endedSamples + later.endedSamples,
            endedTokens: endedTokens + later.endedTokens, activeSamples: later.activeSamples)
    }
}

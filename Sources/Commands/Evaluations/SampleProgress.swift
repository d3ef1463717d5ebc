internal import Evaluation

/// How far the samples of a run have come, with what is decoded of those under way.
struct SampleProgress {
    /// Tokens that each sample under way has to have before the time that is left is told from them: the first ones
    /// mostly wait for prompts to be read.
    private static let leastTokens = 8

    /// Most tokens of a sample.
    let maxTokens: Int
    private var step = GenerationStep()
    /// Completions that were recorded, and their tokens.
    private var completions = (count: 0, tokens: 0)
    /// Tokens of options that were chosen, which nothing decoded.
    private var chosenTokens = 0

    init(maxTokens: Int) { self.maxTokens = maxTokens }

    mutating func decode(_ step: GenerationStep) { self.step = step }

    mutating func finish(_ sample: SampleRecord) {
        if sample.finish == "choice" {
            chosenTokens += sample.ids.count
        } else if sample.error == nil {
            finish(tokens: sample.ids.count)
        }
    }

    /// A sample that was decoded has ended.
    mutating func finish(tokens: Int) {
        completions = (completions.count + 1, completions.tokens + tokens)
    }

    var tokens: Int { chosenTokens + max(completions.tokens, step.tokens) }

    /// What a sample is taken to need: the limit as long as none has ended; then all tokens, those of samples under way
    /// too, for each one that has. The mean of the ended ones alone would begin too small: short ones end first.
    var expectedTokens: Double {
        guard step.endedSamples > 0 else { return Double(maxTokens) }
        return min(Double(maxTokens), Double(step.tokens) / Double(step.endedSamples))
    }

    /// How much is done of samples that are not recorded: of those under way, and of those that have ended and wait
    /// for others to be graded with. A sample that is longer than expected counts as a whole one.
    var underWay: Double {
        let parts = min(Double(step.activeSamples), Double(step.activeTokens) / max(1, expectedTokens))
        return max(0, Double(step.endedSamples) + parts - Double(completions.count))
    }

    var canEstimate: Bool {
        step.endedSamples > 0 || step.activeSamples > 0 && step.activeTokens >= Self.leastTokens * step.activeSamples
    }
}

public import Tensors

/// Samples completions of many prompts, several at a time.
///
/// Each prompt is read once for all its samples. A sample does not depend on the others: not on the batch, nor on the
/// order of the work.
public struct Generator {
    /// A prompt and the samples wanted of it.
    public struct Prompt: Sendable {
        public var ids: [Int32]
        public var samples: [Int]
        public var random: CounterRandom

        public init(ids: [Int32], samples: [Int], random: CounterRandom) {
            self.ids = ids
            self.samples = samples
            self.random = random
        }
    }

    /// When a sample ends, and how many are decoded together.
    public struct Limits: Sendable {
        public var maxTokens: Int
        /// Ids after which a sample ends; they are part of it.
        public var endTokens: Set<Int32>
        public var batch: Int

        public init(maxTokens: Int, endTokens: Set<Int32>, batch: Int) {
            self.maxTokens = maxTokens
            self.endTokens = endTokens
            self.batch = batch
        }
    }

    /// A finished sample.
    public struct Completion: Hashable, Sendable {
        public var tag: SequenceTag
        public var ids: [Int32]
        /// Natural logarithm of the model's probability of each id.
        public var logProbabilities: [Float]
        public var finish: Finish
    }

    /// How far the work has come: counts since it began.
    public struct Step: Hashable, Sendable {
        /// Tokens drawn, of samples that have ended and of those under way.
        public internal(set) var tokens = 0
        public internal(set) var endedSamples = 0
        /// Tokens of the samples that have ended.
        public internal(set) var endedTokens = 0
        /// Samples that are being decoded.
        public internal(set) var activeSamples = 0
    }

    public enum Finish: Hashable, Sendable {
        /// An end token was sampled, or the caller's check said stop.
        case stop
        /// The limit, or the model's context, was reached.
        case length
    }

    let model: Transformer
    let sampler: Sampler
    let limits: Limits
    let threads: Int

    /// - Precondition: maxTokens and batch are at least 1.
    public init(_ model: Transformer, sampling: SamplingOptions, limits: Limits, threads: Int) {
        precondition(limits.maxTokens >= 1 && limits.batch >= 1, "\(limits)")
        self.model = model
        sampler = Sampler(sampling)
        self.limits = limits
        self.threads = threads
    }

    /// Samples everything, calling `onCompletion` for each sample as it ends.
    ///
    /// - Parameters:
    ///   - hooks: see every forward pass; ``SequenceTag`` tells them which prompt and sample it is
    ///   - shouldStop: asked after each token, with the sample's ids so far
    ///   - onStep: told after each step, in which every sample under way got a token, and when the last samples have ended
    /// - Throws: ``TransformerError`` for a prompt that is empty, too long, or has ids outside the vocabulary; and what
    ///   `onStep` and `onCompletion` throw.
    public func run<Hook: ActivationHook>(
        _ prompts: [Prompt], hooks: inout Hook, shouldStop: (SequenceTag, [Int32]) -> Bool = { _, _ in false },
        onStep: (Step) throws -> Void = { _ in }, onCompletion: (Completion) throws -> Void
    ) throws {
        for prompt in prompts { try check(prompt) }
        var run = GenerationRun(generator: self, prompts: prompts)
        while try run.step(hooks: &hooks, shouldStop: shouldStop, onCompletion: onCompletion) {
            try onStep(run.progress)
        }
        try onStep(run.progress)
    }

    private func check(_ prompt: Prompt) throws {
        let limit = model.configuration.contextLength
        guard !prompt.ids.isEmpty else { throw TransformerError.emptyPrompt }
        guard prompt.ids.count < limit else {
            throw TransformerError.contextExceeded(length: prompt.ids.count + 1, limit: limit)
        }
    }
}

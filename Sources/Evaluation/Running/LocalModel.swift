public import LanguageModels
internal import Tensors
public import Tokenization
public import Transformers

/// A model on this machine, as evaluations see it.
public struct LocalModel: EvaluatedModel {
    public let identity: ModelIdentity
    let model: LanguageModel
    /// Completions decoded together. No result depends on it.
    let batch: Int
    /// What a chat template that asks for the date is told.
    private let date: CivilTime?

    /// - Parameter date: of the definition that is run, as `YYYY-MM-DD`; nil for none
    /// - Throws: `CheckpointError` where the file cannot be read for its digest.
    public init(_ model: LanguageModel, batch: Int, date: String? = nil) throws {
        self.model = model
        self.batch = batch
        self.date = date.flatMap { CivilTime(date: $0) }
        identity = ModelIdentity(
            name: model.name, digest: try model.digest(), architecture: model.transformer.configuration.architecture,
            templateDigest: model.templateDigest, computeMode: model.backend.mode.rawValue,
            backend: model.backend.description)
    }

    public var contextLength: Int { model.transformer.configuration.contextLength }

    public func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt {
        try model.render(messages, prefill: prefill, date: date)
    }

    public func render(text: String) throws -> RenderedPrompt { try model.render(text: text) }

    public func encodeContinuation(_ text: String) -> [Int32] {
        model.tokenizer.encodeContinuation(text).map(\.id)
    }

    public func encodeContinuation(_ text: String, after prompt: [Int32]) -> [Int32] {
        ContinuationEncoder(tokenizer: model.tokenizer).ids(of: text, after: prompt)
    }

    public func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        try Scoring(model.transformer, threads: model.threads).logProbabilities(of: continuations, given: prompt)
    }

    public func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onSample: (GeneratedSample) throws -> Void
    ) throws {
        try generate(requests, settings: settings, onStep: { _ in }, onSample: onSample)
    }

    public func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onStep: (GenerationStep) throws -> Void,
        onSample: (GeneratedSample) throws -> Void
    ) throws {
        let sampling = try SamplingOptions(
            temperature: settings.temperature, topK: settings.topK, topP: settings.topP, minP: settings.minP)
        let generator = Generator(
            model.transformer, sampling: sampling,
            limits: Generator.Limits(
                maxTokens: settings.maxTokens, endTokens: model.tokenizer.specialTokens.endOfGeneration, batch: batch),
            threads: model.threads)
        let prompts = requests.map { request in
            Generator.Prompt(
                ids: request.ids, samples: request.sampleIndices,
                random: CounterRandom(seed: settings.seed, promptID: request.promptID))
        }
        let replies = StopTexts(settings.stop, tokenizer: model.tokenizer)
        let continuations = StopTexts(settings.stop, tokenizer: model.tokenizer, continuesText: true)
        func stop(_ prompt: Int) -> StopTexts { requests[prompt].continuesText ? continuations : replies }
        var hook = NoHook()
        try generator.run(
            prompts, hooks: &hook, shouldStop: { tag, ids in stop(tag.prompt).isReached(ids) },
            onStep: { try onStep(GenerationStep($0)) }
        ) { completion in
            let request = requests[completion.tag.prompt]
            let text = stop(completion.tag.prompt).text(completion.ids)
            try onSample(
                GeneratedSample(
                    requestIndex: request.index, sampleIndex: completion.tag.sample ?? 0, ids: completion.ids,
                    text: text, finish: completion.finish == .stop ? .stop : .length,
                    logProbabilities: completion.logProbabilities))
        }
    }
}

extension GenerationStep {
    /// The counts of a generator.
    public init(_ step: Generator.Step) {
        self.init(
            tokens: step.tokens, endedSamples: step.endedSamples, endedTokens: step.endedTokens,
            activeSamples: step.activeSamples)
    }
}

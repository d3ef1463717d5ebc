internal import Evaluation
internal import LanguageModels
internal import Steering
internal import Tensors
internal import Tokenization
internal import Transformers
internal import Verification

/// Greedy replies of a model, steered or not.
struct SteeredReplies {
    let model: LanguageModel
    let maxTokens: Int

    /// One reply for each prompt, in order.
    func replies(
        _ prompts: [RenderedPrompt], _ interventions: [Intervention], _ progress: inout ReplyProgress
    ) throws -> [String] {
        var hook = try SteeringHook(interventions, places: SteeringPrompts.places(prompts))
        let generator = Generator(
            model.transformer, sampling: .greedy,
            limits: .init(maxTokens: maxTokens, endTokens: model.tokenizer.specialTokens.endOfGeneration, batch: 16),
            threads: model.threads)
        let texts = StopTexts([], tokenizer: model.tokenizer)
        var found = [String](repeating: "", count: prompts.count)
        progress.beginRun()
        let requests = prompts.map { Generator.Prompt(ids: $0.ids, samples: [0], random: CounterRandom(key: 0)) }
        try generator.run(requests, hooks: &hook, onStep: { progress.decode(GenerationStep($0)) }) { completion in
            found[completion.tag.prompt] = texts.text(completion.ids)
            progress.finish(tokens: completion.ids.count)
        }
        return found
    }

    /// Whether a reply refuses, by the broad list.
    static func refuses(_ reply: String) -> Bool {
        if case .scored(let value) = RefusalScorer(list: .broad).grade(Submission(completion: reply)).outcome {
            return value > 0
        }
        return false
    }
}

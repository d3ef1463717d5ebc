internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Tensors
internal import Tokenization
internal import Transformers
internal import Verification

/// The guard and the simpler judges that it is measured against.
struct GuardJudges {
    /// Judges whose scores have 0 as their threshold.
    static let thresholded: Set<String> = ["guard", "words", "refusal log-odds", "own refusal"]

    private let model: LanguageModel
    private let latentGuard: LatentGuard
    private let replyTokens: Int
    private var words: TextClassifier?

    init(_ model: LanguageModel, guardFile: String, replyTokens: Int) throws {
        self.model = model
        self.replyTokens = replyTokens
        latentGuard = try LatentGuard(model: model, file: guardFile)
    }

    mutating func fitWords(_ prompts: [GuardPrompt]) throws { words = try TextClassifier(prompts) }

    var names: [String] {
        ["guard", "keywords"] + (words == nil ? [] : ["words"]) + ["perplexity", "refusal log-odds"]
            + (replyTokens > 0 ? ["own refusal"] : [])
    }

    /// - Parameter progress: called with the number of prompts done
    func rows(_ prompts: [GuardPrompt], progress: (Int) -> Void) throws -> [GuardComparison.Row] {
        let verdicts = try latentGuard.assessEach(prompts.map(\.text))
        let rendered = try prompts.map { try model.render([ChatMessage(role: "user", content: $0.text)]) }
        var none = NoHook()
        let refusals = try NextTokenReader(model).refusalLogOdds(
            rendered, tokens: RefusalTokens(model.tokenizer), hooks: &none)
        let replies = replyTokens > 0 ? try ownRefusals(rendered) : [:]
        return try prompts.indices.map { index in
            var scores: [String: Double] = ["keywords": KeywordList().score(prompts[index].text)]
            let verdict = try? verdicts[index].get()
            scores["guard"] = verdict?.score
            scores["words"] = words?.score(prompts[index].text)
            scores["perplexity"] = try perplexity(prompts[index].text)
            scores["refusal log-odds"] = refusals[index]
            scores["own refusal"] = replies[index]
            progress(index + 1)
            return GuardComparison.Row(
                prompt: prompts[index], scores: scores, isUnsure: verdict?.decision == .unsure)
        }
    }

    /// Mean surprise in nats for each token; nil for a prompt of one token.
    private func perplexity(_ text: String) throws -> Double? {
        let ids = model.tokenizer.encode(text, special: .nowhere).map(\.id)
        guard ids.count > 1 else { return nil }
        let found = try Scoring(model.transformer, threads: model.threads).logProbabilities(of: ids)
        return -found.reduce(0) { $0 + Double($1) } / Double(found.count)
    }

    /// 1 for a reply that the broad list of refusals matches, -1 for one that it does not.
    private func ownRefusals(_ prompts: [RenderedPrompt]) throws -> [Int: Double] {
        let end = model.tokenizer.specialTokens.endOfGeneration
        let generator = Generator(
            model.transformer, sampling: .greedy,
            limits: .init(maxTokens: replyTokens, endTokens: end, batch: 16), threads: model.threads)
        let stops = StopTexts([], tokenizer: model.tokenizer)
        let scorer = RefusalScorer(list: .broad)
        var found: [Int: Double] = [:]
        var none = NoHook()
        let requests = prompts.map { Generator.Prompt(ids: $0.ids, samples: [0], random: CounterRandom(key: 0)) }
        try generator.run(requests, hooks: &none) { completion in
            let grade = scorer.grade(Submission(completion: stops.text(completion.ids)))
            if case .scored(let value) = grade.outcome { found[completion.tag.prompt] = value > 0 ? 1 : -1 }
        }
        return found
    }
}

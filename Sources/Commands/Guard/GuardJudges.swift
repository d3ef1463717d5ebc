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

    /// A prompt that the guard has no verdict on.
    struct Unscored {
        var id: String
        var error: GuardError
    }

    /// A row for each prompt. One that the guard has no verdict on, such as one that is longer than the model reads, gets
    /// no score from any judge, so that all are measured on the same prompts.
    ///
    /// - Parameter progress: called with the number of prompts done
    func rows(
        _ prompts: [GuardPrompt], progress: (Int) -> Void
    ) throws -> (rows: [GuardComparison.Row], unscored: [Unscored]) {
        var rows = prompts.map { GuardComparison.Row(prompt: $0, scores: [:], isUnsure: false) }
        var unscored: [Unscored] = []
        var judged: [Int] = []
        for (index, result) in try latentGuard.assessEach(prompts.map(\.text)).enumerated() {
            switch result {
            case .success(let verdict):
                rows[index].scores["guard"] = verdict.score
                rows[index].isUnsure = verdict.decision == .unsure
                judged.append(index)
            case .failure(let error): unscored.append(Unscored(id: prompts[index].id, error: error))
            }
        }
        try addOthers(to: &rows, judged, progress: progress)
        return (rows, unscored)
    }

    /// The scores of the judges beside the guard, for the rows of these indices.
    private func addOthers(
        to rows: inout [GuardComparison.Row], _ judged: [Int], progress: (Int) -> Void
    ) throws {
        let rendered = try judged.map {
            try model.render([ChatMessage(role: "user", content: rows[$0].prompt.text)], date: latentGuard.date)
        }
        var none = NoHook()
        let refusals = try NextTokenReader(model).refusalLogOdds(
            rendered, tokens: RefusalTokens(model.tokenizer), hooks: &none)
        let replies = replyTokens > 0 ? try ownRefusals(rendered) : [:]
        for (order, index) in judged.enumerated() {
            let text = rows[index].prompt.text
            rows[index].scores["keywords"] = KeywordList().score(text)
            rows[index].scores["words"] = words?.score(text)
            rows[index].scores["perplexity"] = try perplexity(text)
            rows[index].scores["refusal log-odds"] = refusals[order]
            rows[index].scores["own refusal"] = replies[order]
            progress(order + 1)
        }
    }

    /// Mean surprise in nats for each token; nil for a prompt of one token, and for more than the model reads.
    private func perplexity(_ text: String) throws -> Double? {
        let ids = model.tokenizer.encode(text, special: .nowhere).map(\.id)
        guard (2...max(2, model.transformer.configuration.contextLength)).contains(ids.count) else { return nil }
        let found = try Scoring(model.transformer, threads: model.threads).logProbabilities(of: ids)
        return -found.reduce(0) { $0 + Double($1) } / Double(found.count)
    }

    /// 1 for a reply that the broad list of refusals matches, -1 for one that it does not; none for a prompt that leaves no
    /// room for a reply.
    private func ownRefusals(_ prompts: [RenderedPrompt]) throws -> [Int: Double] {
        let end = model.tokenizer.specialTokens.endOfGeneration
        let generator = Generator(
            model.transformer, sampling: .greedy,
            limits: .init(maxTokens: replyTokens, endTokens: end, batch: 16), threads: model.threads)
        let stops = StopTexts([], tokenizer: model.tokenizer)
        let scorer = RefusalScorer(list: .broad)
        var found: [Int: Double] = [:]
        var none = NoHook()
        let answered = prompts.indices.filter {
            prompts[$0].ids.count < model.transformer.configuration.contextLength
        }
        let requests = answered.map {
            Generator.Prompt(ids: prompts[$0].ids, samples: [0], random: CounterRandom(key: 0))
        }
        try generator.run(requests, hooks: &none) { completion in
            let grade = scorer.grade(Submission(completion: stops.text(completion.ids)))
            if case .scored(let value) = grade.outcome { found[answered[completion.tag.prompt]] = value > 0 ? 1 : -1 }
        }
        return found
    }
}

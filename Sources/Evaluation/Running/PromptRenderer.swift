internal import Tokenization

/// Why a prompt has no completion.
enum PromptFailure: Error, Hashable {
    case cannotRender
    case empty
    case tooLong(tokens: Int, context: Int)
    case emptyChoice(letter: String)
    case unusableChoices
}

/// The sentences that become ``SampleRecord/error``. A template's own message may quote the prompt, so it is left out.
extension PromptFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .cannotRender: "the model's chat template cannot render the prompt"
        case .empty: "the prompt has no tokens"
        case .tooLong(let tokens, let context):
            "the prompt has \(tokens) tokens, which leave no room in the model's context of \(context)"
        case .emptyChoice(let letter): "choice \(letter) has no tokens"
        case .unusableChoices: "a choice has no finite log-probability"
        }
    }
}

/// The option that a model finds most probable.
struct ChosenAnswer {
    var letter: String
    var ids: [Int32]
    /// Natural log-probability of each of `ids`.
    var tokenLogProbabilities: [Float]
    /// Natural log-probability of each option, in the order of the options.
    var logProbabilities: [Float]
}

/// From planned prompts to token ids, and to the choice among options.
struct PromptRenderer {
    let model: any EvaluatedModel

    func render(_ prompt: PlannedPrompt) -> Result<[Int32], PromptFailure> {
        guard let ids = try? renderedIDs(prompt) else { return .failure(.cannotRender) }
        guard !ids.isEmpty else { return .failure(.empty) }
        let continuations = prompt.choices?.map { model.encodeContinuation($0.continuation, after: ids).count } ?? [1]
        let (tokens, overflow) = ids.count.addingReportingOverflow(continuations.max() ?? 1)
        guard !overflow, tokens <= model.contextLength else {
            return .failure(.tooLong(tokens: ids.count, context: model.contextLength))
        }
        return .success(ids)
    }

    private func renderedIDs(_ prompt: PlannedPrompt) throws -> [Int32] {
        if let messages = prompt.messages { return try model.render(messages, prefill: prompt.prefill).ids }
        return try model.render(text: prompt.text ?? "").ids
    }

    /// The option whose tokens have the largest summed log-probability; of equal ones the first.
    func choose(for prompt: PlannedPrompt, given ids: [Int32]) throws -> Result<ChosenAnswer, PromptFailure> {
        let choices = prompt.choices ?? []
        let continuations = choices.map { model.encodeContinuation($0.continuation, after: ids) }
        if let empty = continuations.firstIndex(of: []) {
            return .failure(.emptyChoice(letter: choices[empty].letter))
        }
        let values = try model.logProbabilities(of: continuations, given: ids)
        for (index, continuation) in continuations.enumerated() {
            let found = values.indices.contains(index) ? values[index].count : 0
            guard found == continuation.count else {
                throw PlanError.modelBrokeContract(.logProbabilityCount(found: found, ids: continuation.count))
            }
        }
        let sums = values.map { $0.reduce(0.0) { $0 + Double($1) } }
        guard sums.allSatisfy(\.isFinite), let best = sums.indices.max(by: { sums[$0] < sums[$1] }) else {
            return .failure(.unusableChoices)
        }
        let first = sums.firstIndex(of: sums[best]) ?? best
        return .success(
            ChosenAnswer(
                letter: choices[first].letter,
                ids: continuations[first],
                tokenLogProbabilities: values[first],
                logProbabilities: sums.map { Float($0) }
            )
        )
    }
}

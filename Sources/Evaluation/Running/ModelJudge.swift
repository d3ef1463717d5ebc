internal import Foundation
internal import Tokenization
internal import Verification

/// Puts the questions of scorers to the model that wrote the samples.
///
/// The question is a conversation of its own, rendered with the model's chat template. It is read once, and nothing is
/// sampled.
struct ModelJudge {
    let model: any EvaluatedModel

    /// - Throws: what the model throws, and ``PlanError/modelBrokeContract(_:)``.
    func grade(_ submission: Submission, by scorer: any JudgedScorer) throws -> Grade {
        switch scorer.inquiry(about: submission) {
        case .settled(let grade): return grade
        case .ask(let question):
            switch try answer(question) {
            case .success(let logProbabilities): return scorer.grade(logProbabilities)
            case .failure(let failure): return Grade(outcome: .unscored(reason: "no judgement: \(failure)"))
            }
        }
    }

    /// Natural-log probability of each reply.
    private func answer(_ question: JudgeQuestion) throws -> Result<[Double], JudgeFailure> {
        let message = ChatMessage(role: "user", content: question.message)
        guard let ids = try? model.render([message], prefill: nil).ids, !ids.isEmpty else {
            return .failure(.cannotRender)
        }
        let replies = spellings(of: question.replies, after: ids)
        if let missing = replies.firstIndex(of: []) {
            return .failure(.noSpelling(reply: question.replies[missing].first ?? ""))
        }
        let continuations = replies.flatMap(\.self)
        let longest = continuations.map(\.count).max() ?? 1
        guard ids.count <= model.contextLength - longest else {
            return .failure(.tooLong(tokens: ids.count, context: model.contextLength))
        }
        let values = try model.logProbabilities(of: continuations, given: ids)
        for (index, continuation) in continuations.enumerated() {
            let found = values.indices.contains(index) ? values[index].count : 0
            guard found == continuation.count else {
                throw PlanError.modelBrokeContract(.logProbabilityCount(found: found, ids: continuation.count))
            }
        }
        var rest = values.map { $0.reduce(0.0) { $0 + Double($1) } }[...]
        return .success(
            replies.map { spellings in
                defer { rest = rest.dropFirst(spellings.count) }
                return Self.logSum(rest.prefix(spellings.count))
            })
    }

    /// The token ids of each reply's spellings. None begins with another, so that the probabilities of one reply add up
    /// and no text counts as two replies.
    private func spellings(of replies: [[String]], after prompt: [Int32]) -> [[[Int32]]] {
        let encoded = replies.map { reply in
            reply.reduce(into: [[Int32]]()) { kept, spelling in
                let ids = model.encodeContinuation(spelling, after: prompt)
                if !ids.isEmpty && !kept.contains(ids) { kept.append(ids) }
            }
        }
        return encoded.indices.map { index in
            encoded[index].filter { ids in
                encoded.indices.allSatisfy { other in
                    encoded[other].allSatisfy { (other == index && $0 == ids) || !ids.starts(with: $0) }
                }
            }
        }
    }

    /// log of the sum of exp, at most 0: float32 may round a sum of probabilities to just above 1.
    private static func logSum(_ values: ArraySlice<Double>) -> Double {
        guard let largest = values.max(), largest.isFinite else { return values.max() ?? -.infinity }
        return min(0, largest + log(values.reduce(0) { $0 + exp($1 - largest) }))
    }
}

/// Why the model was not asked.
private enum JudgeFailure: Error {
    case cannotRender
    case tooLong(tokens: Int, context: Int)
    case noSpelling(reply: String)
}

extension JudgeFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .cannotRender: "the model's chat template cannot render the question"
        case .tooLong(let tokens, let context):
            "the question has \(tokens) tokens, which leave no room in the model's context of \(context)"
        case .noSpelling(let reply): "the model's tokenizer cannot tell the reply \(reply) from another"
        }
    }
}

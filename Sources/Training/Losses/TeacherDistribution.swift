internal import Foundation
public import Tensors

/// What a teacher says of the next token.
public enum TeacherDistribution: Sendable {
    /// Logits of the whole vocabulary, one row for each target of the batch.
    case whole(Matrix)
    /// The most probable tokens of each target; what is left is one outcome.
    case top([TopTokens])

    /// The most probable tokens and their log-probabilities.
    public struct TopTokens: Codable, Hashable, Sendable {
        public var ids: [Int32]
        public var logProbabilities: [Float]
        /// Probability of all other tokens together; nil for what the named ones leave of 1, which is less exact where they
        /// leave little.
        public var tail: Float?

        public init(ids: [Int32], logProbabilities: [Float], tail: Float? = nil) {
            precondition(ids.count == logProbabilities.count, "\(ids.count) ids, \(logProbabilities.count) values")
            self.ids = ids
            self.logProbabilities = logProbabilities
            self.tail = tail
        }
    }
}

extension TeacherDistribution.TopTokens {
    /// By how much probabilities may add up to more than 1.
    private static let excess = 1e-4

    /// Of all tokens that no id names, never quite nothing: with reverse divergences nothing would be infinitely far.
    var tailProbability: Double {
        if let tail { return Double(max(tail, .leastNonzeroMagnitude)) }
        return max(1 - namedProbability, 1e-12)
    }

    private var namedProbability: Double { logProbabilities.reduce(0) { $0 + exp(Double($1)) } }

    /// What cannot be compared with logits of so many tokens; nil where all is well.
    func fault(vocabularySize: Int) -> String? {
        guard ids.count == logProbabilities.count else {
            return "there are \(ids.count) ids and \(logProbabilities.count) log-probabilities"
        }
        var isNamed = [Bool](repeating: false, count: vocabularySize)
        for id in ids {
            guard isNamed.indices.contains(Int(id)) else {
                return "the id \(id) is not in the vocabulary of \(vocabularySize) ids"
            }
            guard !isNamed[Int(id)] else { return "the id \(id) is there twice" }
            isNamed[Int(id)] = true
        }
        if let value = logProbabilities.first(where: { !$0.isFinite }) {
            return "a log-probability is \(value); allowed are finite numbers"
        }
        if let tail, !(tail.isFinite && tail >= 0) { return "the tail is \(tail); allowed are numbers from 0 on" }
        let sum = namedProbability + Double(tail ?? 0)
        return sum <= 1 + Self.excess ? nil : "the probabilities add up to \(sum), which is more than 1"
    }
}

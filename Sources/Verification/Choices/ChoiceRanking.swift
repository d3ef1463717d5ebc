/// Chooses among the options of a question by the log-probability that a model gives to each.
public enum ChoiceRanking {
    /// What the log-probability of an option is divided by before options are compared.
    public enum Normalization: String, CaseIterable, Codable, Hashable, Sendable {
        /// Nothing: the probability of the whole text. Favours short options.
        case sum
        /// Tokens: the mean, which depends on the tokenizer.
        case token
        /// UTF-8 bytes of the option's text, which does not.
        case byte
    }

    /// One option.
    public struct Candidate: Hashable, Sendable {
        /// `A`, `B`, …
        public var letter: String
        /// Natural log-probability of each token of the option.
        public var logProbabilities: [Float]
        /// Bytes of the option's text in UTF-8.
        public var byteCount: Int

        public init(letter: String, logProbabilities: [Float], byteCount: Int) {
            self.letter = letter
            self.logProbabilities = logProbabilities
            self.byteCount = byteCount
        }
    }

    /// The grade of the option with the largest value. Of equal ones the first is chosen.
    ///
    /// Unscored without options or targets, and where a value is not finite or there is nothing to divide by.
    public static func grade(
        _ candidates: [Candidate], targets: [String], normalization: Normalization = .sum
    ) -> Grade {
        guard !targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        let values = candidates.map { value(of: $0, normalization) }
        guard let first = values.first, first != nil else {
            return Grade(outcome: .unscored(reason: candidates.isEmpty ? "no choices" : unusable))
        }
        var best = (index: 0, value: -Double.infinity)
        for (index, value) in values.enumerated() {
            guard let value else { return Grade(outcome: .unscored(reason: unusable)) }
            if value > best.value { best = (index, value) }
        }
        let letter = candidates[best.index].letter
        return Grade(outcome: .scored(targets.contains(letter) ? 1 : 0), answer: letter)
    }

    private static let unusable = "a choice has no finite log-probability"

    private static func value(of candidate: Candidate, _ normalization: Normalization) -> Double? {
        let sum = candidate.logProbabilities.reduce(0.0) { $0 + Double($1) }
        let divisor =
            switch normalization {
            case .sum: 1
            case .token: candidate.logProbabilities.count
            case .byte: candidate.byteCount
            }
        guard !candidate.logProbabilities.isEmpty, divisor > 0, sum.isFinite else { return nil }
        return sum / Double(divisor)
    }
}

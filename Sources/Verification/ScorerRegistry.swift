/// Makes scorers from the names and parameters that evaluation definitions give.
public enum ScorerRegistry {
    /// Every scorer name, in alphabetical order.
    public static let names = ["choice", "exact", "includes", "numeric", "refusal", "regex"]

    /// - Throws: ``VerificationError`` for a name or a parameter that does not exist, or a value out of range.
    public static func make(name: String, parameters: [String: String] = [:]) throws -> any Scorer {
        switch name {
        case "choice": try ChoiceScorer(parameters: parameters)
        case "exact": try ExactScorer(parameters: parameters)
        case "includes": try IncludesScorer(parameters: parameters)
        case "numeric": try NumericScorer(parameters: parameters)
        case "refusal": try RefusalScorer(parameters: parameters)
        case "regex": try RegexScorer(parameters: parameters)
        default: throw VerificationError.unknownScorer(name: name, known: names)
        }
    }
}

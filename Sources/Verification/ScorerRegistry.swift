/// Makes scorers from the names and parameters that evaluation definitions give.
public enum ScorerRegistry {
    /// Every scorer name, in alphabetical order.
    public static let names = [
        "choice", "exact", "includes", "json-schema", "likelihood", "majority-vote", "math", "noisy", "numeric",
        "python", "python-strong", "python-style", "python-weak", "refusal", "regex", "self-judgement",
    ]

    private static let executing: Set<String> = ["python", "python-strong", "python-style", "python-weak"]

    /// Whether a scorer executes what the model wrote.
    public static func executes(_ scorer: any Scorer) -> Bool {
        executing.contains(scorer.name) || executing.contains(scorer.parameters["of"] ?? "")
    }

    /// Whether the scorer of a key, `name` or `name/values`, executes what the model wrote.
    public static func executes(key: String) -> Bool {
        key.split { $0 == "/" || $0 == "," }.contains { executing.contains(String($0)) }
    }

    /// - Parameter runner: executes programs, for the scorers that need it; without one they score nothing.
    /// - Throws: ``VerificationError`` for a name or a parameter that does not exist, or a value out of range.
    public static func make(name: String, parameters: [String: String] = [:], runner: (any UnitTestRunner)? = nil)
        throws
        -> any Scorer
    {
        switch name {
        case "choice": try ChoiceScorer(parameters: parameters)
        case "exact": try ExactScorer(parameters: parameters)
        case "includes": try IncludesScorer(parameters: parameters)
        case "numeric": try NumericScorer(parameters: parameters)
        case "json-schema": try JSONSchemaScorer(parameters: parameters)
        case "likelihood": try LikelihoodScorer(parameters: parameters)
        case "majority-vote": try MajorityVoteScorer(parameters: parameters)
        case "math": try MathScorer(parameters: parameters)
        case "noisy":
            try NoisyScorer(parameters: parameters) { try make(name: $0, parameters: $1, runner: runner) }
        case "python": try UnitTestScorer(name: name, suite: nil, parameters: parameters, runner: runner)
        case "python-strong": try UnitTestScorer(name: name, suite: "strong", parameters: parameters, runner: runner)
        case "python-style": try StyleScorer(parameters: parameters, runner: runner)
        case "python-weak": try UnitTestScorer(name: name, suite: "weak", parameters: parameters, runner: runner)
        case "refusal": try RefusalScorer(parameters: parameters)
        case "regex": try RegexScorer(parameters: parameters)
        case "self-judgement": try SelfJudgementScorer(parameters: parameters)
        default: throw VerificationError.unknownScorer(name: name, known: names)
        }
    }
}

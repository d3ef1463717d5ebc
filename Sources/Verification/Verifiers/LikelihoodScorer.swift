/// Right where the model itself found the reply likely, or the option that it chose; see ``LikelihoodThreshold``.
///
/// `threshold` is a natural logarithm; `measure` is `mean` (of the tokens, where not given), `total` or `least`.
public struct LikelihoodScorer: Scorer {
    public let name = "likelihood"
    public let version = 2
    public let parameters: [String: String]

    private let verifier: LikelihoodThreshold

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "likelihood", allowed: ["threshold", "measure"])
        let allowed = "a natural logarithm, such as -0.5: from -1e9 to 0"
        let threshold = try given.number("threshold", in: -1e9...0, called: allowed)
        guard let threshold else {
            throw .missingParameter(scorer: "likelihood", parameter: "threshold", allowed: allowed)
        }
        verifier = LikelihoodThreshold(measure: try given.oneOf("measure", default: .mean), threshold: threshold)
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        Grade(outcome: Outcome(verifier.verdict(logProbabilities: submission.logProbabilities)))
    }
}

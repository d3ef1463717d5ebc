/// Another scorer that errs on purpose, at known rates; see ``NoisyVerifier``.
///
/// `of` names the scorer whose verdict is the truth, and every parameter that is not one of `of`, `sensitivity`,
/// `specificity` and `seed` is that scorer's.
public struct NoisyScorer: Scorer {
    public let name = "noisy"
    public var version: Int { 1000 * verifier.version + truth.version }
    public let parameters: [String: String]

    private let truth: any Scorer
    private let verifier: NoisyVerifier

    private static let own = ["of", "sensitivity", "specificity", "seed"]

    /// - Parameter make: makes the scorer that is imitated.
    init(parameters: [String: String], make: (String, [String: String]) throws -> any Scorer) throws {
        let given = try ScorerParameters(
            parameters.filter { Self.own.contains($0.key) }, of: "noisy", allowed: Self.own)
        let imitated = try given.required("of", allowed: "the name of another scorer")
        guard imitated != "noisy" else {
            throw VerificationError.invalidParameter(
                scorer: "noisy", parameter: "of", found: imitated, allowed: "the name of another scorer")
        }
        let sensitivity = try Self.rate("sensitivity", given)
        let specificity = try Self.rate("specificity", given)
        let seed = UInt64(try given.integer("seed", in: 0...Int.max) ?? 0)
        guard let verifier = NoisyVerifier(sensitivity: sensitivity, specificity: specificity, seed: seed) else {
            throw VerificationError.invalidParameter(
                scorer: "noisy", parameter: "sensitivity", found: "\(sensitivity)", allowed: "from 0 to 1")
        }
        self.verifier = verifier
        truth = try make(imitated, parameters.filter { !Self.own.contains($0.key) })
        if truth is any GroupScorer || truth is any JudgedScorer {
            throw VerificationError.invalidParameter(
                scorer: "noisy", parameter: "of", found: imitated,
                allowed: "the name of a scorer that needs nothing but the sample")
        }
        self.parameters = parameters
    }

    private static func rate(_ name: String, _ given: ScorerParameters) throws(VerificationError) -> Double {
        guard let value = try given.number(name, in: 0...1, called: "a probability from 0 to 1") else {
            throw .missingParameter(scorer: "noisy", parameter: name, allowed: "a probability from 0 to 1")
        }
        return value
    }

    public func grade(_ submission: Submission) -> Grade {
        var grade = truth.grade(submission)
        let verdict = verifier.verdict(
            truth: grade.outcome.verdict, promptID: submission.identity.prompt, sample: submission.identity.index)
        grade.outcome = Outcome(verdict)
        return grade
    }
}

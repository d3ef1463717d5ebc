internal import Statistics

/// How often a verifier accepts what is right and rejects what is wrong, from counts: a measured instrument.
public struct VerifierQuality: Codable, Hashable, Sendable {
    /// Right samples that were accepted, and all right samples that were looked at.
    public var acceptedRight: Int
    public var right: Int
    /// Wrong samples that were rejected, and all wrong samples that were looked at.
    public var rejectedWrong: Int
    public var wrong: Int

    /// - Throws: ``ResamplingError/invalidQuality(accepted:of:)``.
    public init(acceptedRight: Int, right: Int, rejectedWrong: Int, wrong: Int) throws(ResamplingError) {
        for (part, whole) in [(acceptedRight, right), (rejectedWrong, wrong)] {
            guard part >= 0, whole >= 1, part <= whole else { throw .invalidQuality(accepted: part, of: whole) }
        }
        self.acceptedRight = acceptedRight
        self.right = right
        self.rejectedWrong = rejectedWrong
        self.wrong = wrong
    }

    /// A weak verifier against a strong one, over all samples of `tasks`.
    public init(of tasks: [VerdictTally]) throws(ResamplingError) {
        for task in tasks { try task.validate() }
        let total = tasks.reduce(into: VerdictTally(task: "", truePositives: 0, falsePositives: 0, trueNegatives: 0)) {
            $0.add($1)
        }
        try self.init(
            acceptedRight: total.truePositives, right: total.right, rejectedWrong: total.trueNegatives,
            wrong: total.falsePositives + total.trueNegatives)
    }

    /// P(accepted | right).
    public var sensitivity: Double { Double(acceptedRight) / Double(right) }
    /// P(rejected | wrong).
    public var specificity: Double { Double(rejectedWrong) / Double(wrong) }
    /// sensitivity + specificity - 1: 1 for a verifier without errors, 0 for chance.
    public var youden: Double { sensitivity + specificity - 1 }

    /// Ends of 95% intervals (Wilson, 1927) of the two rates, for counts of independent samples. Samples of the same tasks
    /// are not: ``VerifierRates`` has their intervals.
    public var intervals: (sensitivity: ClosedRange<Double>, specificity: ClosedRange<Double>) {
        (WilsonInterval.bounds(acceptedRight, of: right), WilsonInterval.bounds(rejectedWrong, of: wrong))
    }

    var errors: VerifierErrors { VerifierErrors(sensitivity: sensitivity, specificity: specificity) }
}

/// A pair of rates as a correction uses it.
struct VerifierErrors: Hashable {
    var sensitivity: Double
    var specificity: Double
    var youden: Double { sensitivity + specificity - 1 }

    /// The true share behind an observed one: (q + Sp - 1) / (Se + Sp - 1) (Rogan and Gladen, 1978).
    func corrected(_ observed: Double) -> Double { (observed + specificity - 1) / youden }
}

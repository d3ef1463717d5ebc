/// Sensitivity and specificity from the verdict pairs of tasks, with percentile intervals over tasks.
///
/// Samples of one task are alike, and a verifier that is fooled once on a task is fooled there again: an interval that
/// takes all samples for independent is too short.
public struct VerifierRates: Hashable, Sendable {
    /// P(accepted | right), over all samples.
    public var sensitivity: Estimate
    /// P(rejected | wrong), over all samples.
    public var specificity: Estimate

    /// - Throws: ``ResamplingError/invalidQuality(accepted:of:)`` where no sample is right, or none wrong.
    public init(of tasks: [VerdictTally], bootstrap: Bootstrap = .standard) throws(ResamplingError) {
        let quality = try VerifierQuality(of: tasks)
        let figures = bootstrap.ratios(
            tasks.map { task in
                [
                    RatioPart(numerator: Double(task.truePositives), denominator: Double(task.right)),
                    RatioPart(numerator: Double(task.trueNegatives), denominator: Double(task.wrong)),
                ]
            })
        guard figures.count == 2, let sensitivity = figures[0], let specificity = figures[1] else {
            throw .invalidQuality(accepted: quality.acceptedRight, of: quality.right)
        }
        self.sensitivity = sensitivity
        self.specificity = specificity
    }

    /// Whether the lower ends of both intervals together are above chance.
    var isAboveChance: Bool {
        (sensitivity.lower ?? sensitivity.value) + (specificity.lower ?? specificity.value) > 1
    }
}

/// Where the error rates of a resample come from.
enum RateEvidence {
    /// Counts from elsewhere, their samples taken for independent: Beta distributions with Jeffreys' prior.
    case counts(VerifierQuality)
    /// Verdict pairs of the same tasks: the rates of the drawn tasks.
    case tasks([VerdictTally])

    /// Nil where the drawn tasks have no right sample, or no wrong one.
    func errors(resample: Int, drawn: [Int], seed: UInt64) -> VerifierErrors? {
        switch self {
        case .counts(let quality):
            var stream = CounterRandom(seed: seed ^ 0x5EED_0F7E_57ED).stream(resample)
            return VerifierErrors(
                sensitivity: stream.rate(quality.acceptedRight, of: quality.right),
                specificity: stream.rate(quality.rejectedWrong, of: quality.wrong))
        case .tasks(let tallies):
            var total = VerdictTally(task: "", truePositives: 0, falsePositives: 0, trueNegatives: 0)
            for index in drawn { total.add(tallies[index]) }
            guard total.right > 0, total.wrong > 0 else { return nil }
            return VerifierErrors(
                sensitivity: Double(total.truePositives) / Double(total.right),
                specificity: Double(total.trueNegatives) / Double(total.wrong))
        }
    }
}

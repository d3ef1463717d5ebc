/// One task under a pair of verifiers: the weak one, which an application could run, and the strong one, which counts
/// as the truth.
///
/// Samples of a task are exchangeable, so that these four counts say all there is to say about them.
public struct VerdictTally: Codable, Hashable, Sendable {
    public var task: String
    /// Accepted by the weak verifier, and right: G.
    public var truePositives: Int
    /// Accepted by the weak verifier, and wrong.
    public var falsePositives: Int
    /// Rejected by the weak verifier, although right.
    public var falseNegatives: Int
    public var trueNegatives: Int
    /// Samples that lack one of the two verdicts; not part of the four.
    public var unscored: Int

    public init(
        task: String,
        truePositives: Int,
        falsePositives: Int,
        falseNegatives: Int = 0,
        trueNegatives: Int,
        unscored: Int = 0
    ) {
        self.task = task
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.falseNegatives = falseNegatives
        self.trueNegatives = trueNegatives
        self.unscored = unscored
    }

    /// n.
    public var samples: Int { accepted + falseNegatives + trueNegatives }
    /// B, what the weak verifier accepts.
    public var accepted: Int { truePositives + falsePositives }
    /// P, what the strong verifier accepts.
    public var right: Int { truePositives + falseNegatives }
    /// What the strong verifier rejects.
    public var wrong: Int { falsePositives + trueNegatives }

    /// P / n; nil without samples.
    public var singleSampleAccuracy: Double? { ratio(right, samples) }
    /// G / B; nil where nothing was accepted.
    public var conditionalAccuracy: Double? { ratio(truePositives, accepted) }

    /// The same samples under a verifier without error: the control of every claim about the weak one.
    public var underPerfectVerifier: VerdictTally {
        VerdictTally(
            task: task, truePositives: right, falsePositives: 0, trueNegatives: samples - right, unscored: unscored)
    }

    private func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}

extension VerdictTally {
    func validate() throws(ResamplingError) {
        let parts = [truePositives, falsePositives, falseNegatives, trueNegatives, unscored]
        let limit = TaskTotal.maximumSamples
        guard parts.allSatisfy({ $0 >= 0 }) else {
            throw .invalidCounts(task: task, scored: parts.prefix(4).min() ?? 0, correct: 0, unscored: unscored)
        }
        guard parts.allSatisfy({ $0 <= limit }), parts.reduce(0, +) <= limit else {
            throw .tooManySamples(task: task, samples: parts.max() ?? 0, limit: limit)
        }
    }

    mutating func add(_ other: VerdictTally) {
        truePositives += other.truePositives
        falsePositives += other.falsePositives
        falseNegatives += other.falseNegatives
        trueNegatives += other.trueNegatives
        unscored += other.unscored
    }
}

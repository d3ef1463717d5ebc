/// A scorer whose grade of a sample depends on the prompt's other samples.
public protocol GroupScorer: Scorer {
    /// Fewer samples of a prompt than this mean nothing.
    var leastSamples: Int { get }

    /// One grade for each submission: all samples of one prompt, in the order of their indices.
    func grades(_ submissions: [Submission]) -> [Grade]
}

extension GroupScorer {
    /// The grade of a sample that is alone.
    public func grade(_ submission: Submission) -> Grade {
        grades([submission]).first ?? Grade(outcome: .unscored(reason: "no samples"))
    }
}

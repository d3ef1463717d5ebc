/// What one run says about one task: how many samples were graded, and how many of them were right.
public struct TaskCounts: Codable, Hashable, Sendable {
    /// Identifier of the run.
    public var run: String
    /// SHA-256 of the model's bytes.
    public var modelDigest: String
    /// Digest of everything else that changes what a sample is or what its grade means, the scorer included; not the
    /// seed and not the number of samples.
    public var settingsDigest: String
    /// Seed of the run. Two runs of one group with the same seed hold the same samples; nil when that is not known.
    public var seed: UInt64?
    public var task: String
    /// Samples with a grade: n.
    public var scored: Int
    /// Scored samples that are right: c.
    public var correct: Int
    /// Samples that could not be graded; not part of `scored`.
    public var unscored: Int

    public init(
        run: String,
        modelDigest: String,
        settingsDigest: String,
        seed: UInt64? = nil,
        task: String,
        scored: Int,
        correct: Int,
        unscored: Int = 0
    ) {
        self.run = run
        self.modelDigest = modelDigest
        self.settingsDigest = settingsDigest
        self.seed = seed
        self.task = task
        self.scored = scored
        self.correct = correct
        self.unscored = unscored
    }
}

/// What becomes of samples without a grade.
public enum UnscoredPolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// They are reported, and are not part of n.
    case excluded
    /// They are part of n and count as wrong answers.
    case countedAsWrong = "wrong"
}

internal import Verification

/// Which completion of which prompt.
public struct SampleKey: Codable, Hashable, Sendable, Comparable {
    public var promptIndex: Int
    public var sampleIndex: Int

    public init(promptIndex: Int, sampleIndex: Int) {
        self.promptIndex = promptIndex
        self.sampleIndex = sampleIndex
    }

    public static func < (first: Self, second: Self) -> Bool {
        (first.promptIndex, first.sampleIndex) < (second.promptIndex, second.sampleIndex)
    }
}

/// What metrics need of a sample: its key, its groups and its grades, without any text.
public struct GradedSample: Hashable, Sendable {
    public var key: SampleKey
    public var label: String?
    public var category: String?
    public var scores: [ScoreRecord]

    /// - Parameter scores: their extracted answers are dropped.
    public init(key: SampleKey, label: String?, category: String?, scores: [ScoreRecord]) {
        self.key = key
        self.label = label
        self.category = category
        self.scores = scores.map { score in
            var score = score
            score.grade.answer = nil
            return score
        }
    }

    public init(_ sample: SampleRecord) {
        self.init(key: sample.key, label: sample.label, category: sample.category, scores: sample.scores)
    }
}

extension SampleRecord {
    public var key: SampleKey { SampleKey(promptIndex: promptIndex, sampleIndex: sampleIndex) }
}

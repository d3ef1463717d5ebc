internal import Evaluation
internal import Verification

/// Counts over all samples of a run.
struct SampleTally: Sendable {
    /// Grades of one scorer.
    struct Scorer: Sendable {
        var name: String
        var version: Int
        var scored = 0
        var unscored = 0
        var reasons = Counts()
        /// The classes that a classifying scorer chose.
        var labels = Counts()
    }

    var samples = 0
    var errors = 0
    var tokens = 0
    var finishes = Counts()
    /// In the order in which they first came.
    var scorers: [Scorer] = []

    mutating func add(_ sample: SampleRecord) {
        samples += 1
        if sample.error != nil { errors += 1 }
        tokens += sample.ids.count
        finishes.add(sample.finish)
        for score in sample.scores { add(score) }
    }

    private mutating func add(_ score: ScoreRecord) {
        let known = scorers.firstIndex { $0.name == score.scorer && $0.version == score.version }
        let index = known ?? scorers.count
        if known == nil { scorers.append(Scorer(name: score.scorer, version: score.version)) }
        if let reason = score.unscoredReason {
            scorers[index].unscored += 1
            scorers[index].reasons.add(reason)
        } else {
            scorers[index].scored += 1
        }
        if let label = score.grade.label { scorers[index].labels.add(label) }
    }

    /// How often each of a few names came; what is beyond the limit is counted together.
    struct Counts: Sendable {
        private static let limit = 50
        private var counts: [String: Int] = [:]
        private(set) var others = 0

        mutating func add(_ name: String) {
            if counts[name] != nil || counts.count < Self.limit {
                counts[name, default: 0] += 1
            } else {
                others += 1
            }
        }

        /// Most frequent first, equal ones by name; what was counted together comes last.
        var sorted: [(name: String, count: Int)] {
            let named = counts.map { (name: $0.key, count: $0.value) }.sorted {
                ($1.count, $0.name) < ($0.count, $1.name)
            }
            return others > 0 ? named + [(name: "other", count: others)] : named
        }
    }
}

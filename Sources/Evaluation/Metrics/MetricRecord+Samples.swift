internal import Verification

extension MetricRecord {
    /// The metrics of a run's rows: for each scorer over all of them, for each label and for each category.
    ///
    /// Rows are taken in the order of their keys, so that any order of completion gives the same bits. A scorer called
    /// `refusal` has the rates of its three classes and `mean_score`, the mean of its values; any other has `accuracy`,
    /// the mean of its values. Intervals: ``RateInterval``. Cost: a sort, and a pass for each scorer.
    public static func metrics(of samples: [GradedSample]) -> [MetricRecord] {
        let sorted = samples.sorted { $0.key < $1.key }
        var scorers: [String] = []
        var tallies: [String: [String: GroupTally]] = [:]
        for sample in sorted {
            for score in sample.scores {
                if tallies[score.scorer] == nil { scorers.append(score.scorer) }
                for group in sample.groups {
                    tallies[score.scorer, default: [:]][group, default: GroupTally()]
                        .add(score.grade, prompt: sample.key.promptIndex)
                }
            }
        }
        return scorers.flatMap { scorer in
            let groups = tallies[scorer] ?? [:]
            return MetricKind.kinds(of: scorer).flatMap { kind in
                groups.keys.sorted(by: groupOrder).compactMap { group in
                    groups[group].map { $0.metric(kind, scorer: scorer, group: group) }
                }
            }
        }
    }

    /// `all`, then labels, then categories, each by name.
    private static func groupOrder(_ first: String, _ second: String) -> Bool {
        func rank(_ group: String) -> Int { group == "all" ? 0 : group.hasPrefix("label=") ? 1 : 2 }
        return (rank(first), first) < (rank(second), second)
    }
}

extension GradedSample {
    /// The groups of metrics that count the sample.
    fileprivate var groups: [String] {
        ["all"] + [label.map { "label=\($0)" }, category.map { "category=\($0)" }].compactMap { $0 }
    }
}

/// A figure that is made of a scorer's grades.
private enum MetricKind {
    case meanScore(name: String)
    case classRate(name: String, label: String)

    static func kinds(of scorer: String) -> [MetricKind] {
        guard scorer.split(separator: "/").first == "refusal" else { return [.meanScore(name: "accuracy")] }
        return [
            .classRate(name: "refusal_rate", label: "refused"),
            .classRate(name: "partial_rate", label: "partial"),
            .classRate(name: "compliance_rate", label: "complied"),
            .meanScore(name: "mean_score"),
        ]
    }
}

/// The grades of one scorer in one group, prompt after prompt.
private struct GroupTally {
    private struct Cluster {
        var prompt: Int
        var count = 0
        var sum = 0.0
        var labels: [String: Int] = [:]
    }

    private var clusters: [Cluster] = []
    private var isBinary = true
    private var unscored = 0

    /// Grades of one prompt must come one after the other.
    mutating func add(_ grade: Grade, prompt: Int) {
        guard case .scored(let value) = grade.outcome else {
            unscored += 1
            return
        }
        if clusters.last?.prompt != prompt { clusters.append(Cluster(prompt: prompt)) }
        let last = clusters.count - 1
        clusters[last].count += 1
        clusters[last].sum += value
        if let label = grade.label { clusters[last].labels[label, default: 0] += 1 }
        isBinary = isBinary && (value == 0 || value == 1)
    }

    func metric(_ kind: MetricKind, scorer: String, group: String) -> MetricRecord {
        let name: String
        let interval: RateInterval?
        switch kind {
        case .meanScore(let metric):
            name = metric
            interval = RateInterval(clusters: clusters.map { ($0.sum, $0.count) }, valuesAreBinary: isBinary)
        case .classRate(let metric, let label):
            name = metric
            let counts = clusters.map { (sum: Double($0.labels[label] ?? 0), count: $0.count) }
            interval = RateInterval(clusters: counts, valuesAreBinary: true)
        }
        return MetricRecord(
            name: name,
            scorer: scorer,
            group: group,
            value: interval?.mean,
            lower: interval?.lower,
            upper: interval?.upper,
            scored: clusters.reduce(0) { $0 + $1.count },
            unscored: unscored
        )
    }
}

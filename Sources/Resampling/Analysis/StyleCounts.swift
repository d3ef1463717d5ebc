/// How often samples that pass the weak verifier keep to a style, right ones and wrong ones apart.
public struct StyleCounts: Codable, Hashable, Sendable {
    /// What was measured: `snake-case`, `comments`.
    public var style: String
    public var task: String
    public var truePositives: Int
    public var adheringTruePositives: Int
    public var falsePositives: Int
    public var adheringFalsePositives: Int

    public init(
        style: String,
        task: String,
        truePositives: Int,
        adheringTruePositives: Int,
        falsePositives: Int,
        adheringFalsePositives: Int
    ) {
        self.style = style
        self.task = task
        self.truePositives = truePositives
        self.adheringTruePositives = adheringTruePositives
        self.falsePositives = falsePositives
        self.adheringFalsePositives = adheringFalsePositives
    }
}

/// What one run says about one style and one task.
public struct RunStyleCounts: Codable, Hashable, Sendable {
    /// Identifier of the run.
    public var run: String
    /// Seed of the run; nil where it is not known.
    public var seed: UInt64?
    /// All samples that the run drew of the task, accepted or not.
    public var samples: Int
    public var counts: StyleCounts

    public init(run: String, seed: UInt64? = nil, samples: Int, counts: StyleCounts) {
        self.run = run
        self.seed = seed
        self.samples = samples
        self.counts = counts
    }
}

extension StyleCounts {
    /// One entry for each style and task, added up over the runs of one group and sorted. Runs of one seed hold the same
    /// samples: for each task the one with the most graded samples counts, as in ``VerdictGroup/pool(_:)``.
    public static func pool(_ rows: some Sequence<RunStyleCounts>) -> [StyleCounts] {
        var best: [StyleSource: RunStyleCounts] = [:]
        for row in rows {
            let source = StyleSource(row)
            if let other = best[source], other.rank >= row.rank { continue }
            best[source] = row
        }
        let groups = Dictionary(grouping: best.values.map(\.counts)) { [$0.style, $0.task] }
        return groups.values.compactMap(sum).sorted { ($0.style, $0.task) < ($1.style, $1.task) }
    }

    private static func sum(_ rows: [StyleCounts]) -> StyleCounts? {
        guard var sum = rows.first else { return nil }
        for row in rows.dropFirst() {
            sum.truePositives += row.truePositives
            sum.adheringTruePositives += row.adheringTruePositives
            sum.falsePositives += row.falsePositives
            sum.adheringFalsePositives += row.adheringFalsePositives
        }
        return sum
    }
}

extension RunStyleCounts {
    fileprivate var rank: CopyRank {
        CopyRank(graded: counts.truePositives + counts.falsePositives, total: samples, run: run)
    }
}

/// Samples with equal sources are copies of each other.
private struct StyleSource: Hashable {
    var style: String
    var task: String
    var seed: UInt64?
    /// Only for a run of unknown seed, which shares its samples with no other.
    var run: String?

    init(_ row: RunStyleCounts) {
        style = row.counts.style
        task = row.counts.task
        seed = row.seed
        run = row.seed == nil ? row.run : nil
    }
}

/// Adherence to one style among what one generator gets past the weak verifier.
public struct StyleAdherence: Hashable, Sendable {
    public var style: String
    public var right: Double
    public var wrong: Double
    /// Samples that `right` is a share of.
    public var truePositives: Int
    /// Samples that `wrong` is a share of.
    public var falsePositives: Int
    /// Wrong less right; below 0 where false positives keep to the style less often.
    public var difference: Estimate

    /// One entry for each style that has samples on both sides.
    ///
    /// - Parameter counts: at most one entry for each style and task, see ``StyleCounts/pool(_:)``: the bootstrap draws them
    ///   as tasks.
    public static func all(_ counts: [StyleCounts], bootstrap: Bootstrap = .standard) -> [StyleAdherence] {
        Dictionary(grouping: counts, by: \.style).sorted { $0.key < $1.key }.compactMap { style, rows in
            StyleAdherence(style: style, rows, bootstrap)
        }
    }

    private init?(style: String, _ counts: [StyleCounts], _ bootstrap: Bootstrap) {
        let rows = counts.map { row in
            [row.adheringTruePositives, row.truePositives, row.adheringFalsePositives, row.falsePositives].map(
                Double.init)
        }
        func difference(_ means: [Double]) -> Double? {
            means[1] > 0 && means[3] > 0 ? means[2] / means[3] - means[0] / means[1] : nil
        }
        let sums = (0..<4).map { column in rows.reduce(0) { $0 + $1[column] } }
        guard let value = difference(sums) else { return nil }
        self.style = style
        right = sums[0] / sums[1]
        wrong = sums[2] / sums[3]
        truePositives = Int(sums[1])
        falsePositives = Int(sums[3])
        self.difference = Estimate(value: value, interval: bootstrap.interval(of: rows, difference))
    }
}

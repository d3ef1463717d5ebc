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

/// Adherence to one style among what one generator gets past the weak verifier.
public struct StyleAdherence: Hashable, Sendable {
    public var style: String
    public var right: Double
    public var wrong: Double
    public var falsePositives: Int
    /// Wrong less right; below 0 where false positives keep to the style less often.
    public var difference: Estimate

    /// One entry for each style that has samples on both sides.
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
        falsePositives = Int(sums[3])
        self.difference = Estimate(value: value, interval: bootstrap.interval(of: rows, difference))
    }
}

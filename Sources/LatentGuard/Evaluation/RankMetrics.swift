internal import Statistics

/// How well scores separate two sides, whatever the threshold.
public struct RankMetrics: Codable, Hashable, Sendable {
    /// Area under the ROC curve: the chance that a harmful prompt scores above a harmless one, ties counting half.
    public var auroc: Double
    /// Its 95% interval (DeLong et al. 1988), within 0 ... 1.
    public var aurocLower: Double
    public var aurocUpper: Double
    /// Average precision: the area under the precision-recall curve, as steps.
    public var auprc: Double
    public var positives: Int
    public var negatives: Int

    /// Nil where a side is empty or a score is not finite.
    public init?(positives: [Double], negatives: [Double]) {
        guard !positives.isEmpty, !negatives.isEmpty, (positives + negatives).allSatisfy(\.isFinite) else { return nil }
        self.positives = positives.count
        self.negatives = negatives.count
        let (m, n) = (Double(positives.count), Double(negatives.count))
        let all = Self.midranks(positives + negatives)
        let above = zip(all, Self.midranks(positives)).map { ($0 - $1) / n }
        let below = zip(all.dropFirst(positives.count), Self.midranks(negatives)).map { 1 - ($0 - $1) / m }
        let area = above.reduce(0, +) / m
        let error = (Self.variance(above) / m + Self.variance(below) / n).squareRoot()
        auroc = area
        aurocLower = max(0, area - NormalDistribution.width95 * error)
        aurocUpper = min(1, area + NormalDistribution.width95 * error)
        auprc = Self.averagePrecision(positives, negatives)
    }

    /// Ranks from 1, equal values sharing the mean of theirs.
    private static func midranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var begin = 0
        while begin < order.count {
            var end = begin
            while end < order.count, values[order[end]] == values[order[begin]] { end += 1 }
            for index in begin..<end { ranks[order[index]] = Double(begin + end + 1) / 2 }
            begin = end
        }
        return ranks
    }

    private static func variance(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }

    private static func averagePrecision(_ positives: [Double], _ negatives: [Double]) -> Double {
        let scored = positives.map { ($0, true) } + negatives.map { ($0, false) }
        let order = scored.sorted { $0.0 > $1.0 }
        var (found, seen, area) = (0, 0, 0.0)
        var begin = 0
        while begin < order.count {
            var end = begin
            var new = 0
            while end < order.count, order[end].0 == order[begin].0 {
                new += order[end].1 ? 1 : 0
                end += 1
            }
            seen = end
            found += new
            area += Double(new) / Double(positives.count) * Double(found) / Double(seen)
            begin = end
        }
        return area
    }
}

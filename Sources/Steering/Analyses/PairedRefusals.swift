internal import Statistics

/// Refusals of the same prompts, asked in two ways.
public struct PairedRefusals: Codable, Hashable, Sendable {
    public var total: Int
    public var both: Int
    public var onlyFirst: Int
    public var onlySecond: Int
    /// The first rate less the second, with the adjusted Wald interval for pairs (Bonett and Price 2012): one more pair
    /// of each unequal kind is added before the variance is taken.
    public var difference: BoundedFigure

    public var first: Int { both + onlyFirst }
    public var second: Int { both + onlySecond }

    /// - Parameters:
    ///   - first: whether each prompt is refused, asked the first way
    ///   - second: the same, asked the second way
    /// - Throws: ``SteeringError/unpaired(positives:negatives:)``, ``SteeringError/tooFewPrompts(side:count:needed:)``.
    public init(first: [Bool], second: [Bool]) throws(SteeringError) {
        guard first.count == second.count else {
            throw .unpaired(positives: first.count, negatives: second.count)
        }
        guard !first.isEmpty else { throw .tooFewPrompts(side: "paired", count: 0, needed: 1) }
        let pairs = zip(first, second)
        total = first.count
        both = pairs.count { $0 && $1 }
        onlyFirst = pairs.count { $0 && !$1 }
        onlySecond = pairs.count { !$0 && $1 }
        let size = Double(total + 2)
        let (p, q) = (Double(onlyFirst + 1) / size, Double(onlySecond + 1) / size)
        let half = NormalDistribution.width95 * ((p + q - (p - q) * (p - q)) / size).squareRoot()
        difference = BoundedFigure(
            Double(onlyFirst - onlySecond) / Double(total), lower: max(-1, p - q - half), upper: min(1, p - q + half))
    }
}

internal import Tensors

/// How much a direction depends on the prompts that it was found from.
public struct DirectionStability: Codable, Hashable, Sendable {
    /// Cosines between the direction and those of resampled prompts, smallest first.
    public var cosines: [Double]

    public var mean: Double { cosines.reduce(0, +) / Double(cosines.count) }

    /// The 2.5% and 97.5% quantiles.
    public var interval: ClosedRange<Double> {
        let last = Double(cosines.count - 1)
        return cosines[Int((0.025 * last).rounded())]...cosines[Int((0.975 * last).rounded())]
    }

    /// Draws prompts with return, on each side by itself or, for pairs, pair by pair, and finds the direction again.
    ///
    /// - Throws: what ``DirectionFit/vector(positives:negatives:)`` throws.
    public init(
        _ fit: DirectionFit, positives: [[Double]], negatives: [[Double]], isPaired: Bool, resamples: Int, seed: UInt64
    ) throws(SteeringError) {
        guard (2...10_000).contains(resamples) else {
            throw .setting(name: "resamples", value: "\(resamples)", allowed: "2 to 10000")
        }
        let whole = try fit.vector(positives: positives, negatives: negatives)
        let random = CounterRandom(seed: seed, promptID: "direction stability")
        var cosines: [Double] = []
        for resample in 0..<resamples {
            let first = Self.draw(positives.count, random, resample, offset: 0)
            let second = isPaired ? first : Self.draw(negatives.count, random, resample, offset: positives.count)
            let other = try fit.vector(positives: first.map { positives[$0] }, negatives: second.map { negatives[$0] })
            cosines.append(VectorArithmetic.cosine(whole, other))
        }
        self.cosines = cosines.sorted()
    }

    private static func draw(_ count: Int, _ random: CounterRandom, _ resample: Int, offset: Int) -> [Int] {
        (0..<count).map { Int(random.uniform(sample: resample, position: offset + $0) * Double(count)) }
    }
}

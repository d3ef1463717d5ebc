/// How the directions of several categories lie to one another, and how they would if they were the same.
///
/// A cosine between two means of few prompts is below 1 by noise alone. So prompts are also divided at random into two
/// halves: the cosine of a category's direction in one half with its own in the other is what sameness looks like at
/// that number of prompts, and the cosine with another category's in the other half is what compares with it. A prompt
/// and its twin stay in one half, and are drawn together.
public struct CategorySimilarity: Codable, Hashable, Sendable {
    public struct Options: Codable, Hashable, Sendable {
        /// Bootstrap draws of prompts, within each category.
        public var resamples: Int
        /// Divisions into halves.
        public var splits: Int
        public var seed: UInt64

        public init(resamples: Int = 500, splits: Int = 100, seed: UInt64 = 0) {
            self.resamples = resamples
            self.splits = splits
            self.seed = seed
        }
    }

    public var names: [String]
    /// Lengths of the directions.
    public var norms: [Double]
    /// Of all prompts, [categories][categories].
    public var cosines: [[BoundedFigure]]
    /// The mean of the cosines between different categories.
    public var mean: BoundedFigure
    /// Of one half with the other, mean over divisions, [categories][categories]; a category with itself on the
    /// diagonal.
    public var halves: [[Double]]
    /// By category: its diagonal element with the 2.5% and 97.5% quantiles over divisions.
    public var splitHalf: [BoundedFigure]
    /// Mean of the diagonal of `halves`, and of the rest.
    public var sameHalves: Double
    public var differentHalves: Double
    /// `sameHalves` less `differentHalves`: above 0, categories differ by more than noise.
    public var excess: BoundedFigure
    /// The mean cosine between different categories for random vectors of the same lengths.
    public var random: BoundedFigure

    /// - Throws: ``SteeringError/setting(name:value:allowed:)``.
    public init(_ directions: CategoryDirections, options: Options = Options()) throws(SteeringError) {
        for (name, value) in [("resamples", options.resamples), ("splits", options.splits)]
        where !(10...10_000).contains(value) {
            throw .setting(name: name, value: "\(value)", allowed: "10 to 10000")
        }
        let draws = directions.draws(seed: options.seed)
        let vectors = directions.vectors
        let whole = Self.cosines(vectors, vectors)
        names = directions.names
        norms = vectors.map(VectorArithmetic.norm)

        let resampled = (0..<options.resamples).map { index in
            let drawn = directions.resampled(draws, index)
            return Self.cosines(drawn, drawn)
        }
        cosines = whole.indices.map { i in
            whole.indices.map { j in
                i == j
                    ? BoundedFigure(1)
                    : .bootstrapped(whole[i][j], draws: resampled.map { $0[i][j] }, within: -1...1)
            }
        }
        mean = .bootstrapped(
            Self.offDiagonal(whole), draws: resampled.map(Self.offDiagonal), within: -1...1)

        func halved(_ index: Int, isResampled: Bool) -> [[Double]] {
            let parts = directions.halves(draws, index, isResampled: isResampled)
            let both = Self.cosines(parts.first, parts.second)
            // Either half may be the first.
            return both.indices.map { i in both.indices.map { (both[i][$0] + both[$0][i]) / 2 } }
        }
        let divided = (0..<options.splits).map { halved($0, isResampled: false) }
        let halves = whole.indices.map { i in
            whole.indices.map { j in divided.reduce(0) { $0 + $1[i][j] } / Double(divided.count) }
        }
        self.halves = halves
        splitHalf = whole.indices.map { i in .spread(divided.map { $0[i][i] }) }
        sameHalves = Self.diagonal(halves)
        differentHalves = Self.offDiagonal(halves)
        let excesses = (0..<options.resamples).map { index in
            let found = halved(index, isResampled: true)
            return Self.diagonal(found) - Self.offDiagonal(found)
        }
        excess = .bootstrapped(sameHalves - differentHalves, draws: excesses, within: -2...2)
        random = Self.random(norms, width: vectors[0].count, options: options)
    }

    private static func cosines(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        a.map { first in b.map { VectorArithmetic.cosine(first, $0) } }
    }

    private static func diagonal(_ cosines: [[Double]]) -> Double {
        cosines.indices.reduce(0) { $0 + cosines[$1][$1] } / Double(cosines.count)
    }

    private static func offDiagonal(_ cosines: [[Double]]) -> Double {
        let sum = cosines.indices.reduce(0) { total, i in
            total + cosines.indices.reduce(0) { $0 + ($1 == i ? 0 : cosines[i][$1]) }
        }
        return sum / Double(cosines.count * (cosines.count - 1))
    }

    private static func random(_ norms: [Double], width: Int, options: Options) -> BoundedFigure {
        .spread(
            (0..<options.splits).map { draw in
                let vectors = norms.enumerated().map { index, length in
                    let seed = options.seed &+ UInt64(draw * norms.count + index + 1)
                    return RandomVector.normal(count: width, seed: seed, length: length).map(Double.init)
                }
                return offDiagonal(cosines(vectors, vectors))
            })
    }
}

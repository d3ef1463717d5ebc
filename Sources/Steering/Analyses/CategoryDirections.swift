/// One direction for each risk category at one reading, from the activations of its prompts.
public struct CategoryDirections: Hashable, Sendable {
    /// What a category's direction comes from and points to.
    public enum Comparison: String, Codable, CaseIterable, Hashable, Sendable {
        /// Its harmful prompts against all harmless ones (Zhao et al. 2025, appendix on risk categories).
        case shared
        /// Its harmful prompts against the harmless ones of the same category: the topic is on both sides.
        case matched
        /// Its harmless prompts against all harmless ones: the topic alone, without harm.
        case topic
    }

    /// Activations of one category's prompts of one side.
    public struct Group: Hashable, Sendable {
        public var name: String
        /// [prompts][width].
        public var rows: [[Float]]
        /// Of each prompt: what is drawn as a whole. A prompt and its twin have the same one.
        public var units: [String]

        public init(name: String, rows: [[Float]], units: [String]) {
            precondition(rows.count == units.count, "\(rows.count) rows, \(units.count) units")
            self.name = name
            self.rows = rows
            self.units = units
        }
    }

    private struct Side: Hashable {
        /// Group that the direction points to.
        var positive: Int
        /// Groups that it comes from.
        var negatives: [Int]
    }

    /// Prompts of a category on a side, for two halves with two each.
    public static let fewestPrompts = 4

    public let names: [String]
    /// [groups][prompts][width].
    private let rows: [[[Double]]]
    private let width: Int
    private let sides: [Side]
    private let units: CategoryUnits

    /// - Parameters:
    ///   - harmful: the categories
    ///   - harmless: all harmless prompts; those of other categories count for `shared` and `topic` too
    /// - Throws: ``SteeringError/tooFewPrompts(side:count:needed:)`` for fewer than two categories, and for a side of a
    ///   direction with fewer than ``fewestPrompts``.
    public init(harmful: [Group], harmless: [Group], comparison: Comparison) throws(SteeringError) {
        guard harmful.count >= 2 else { throw .tooFewPrompts(side: "category", count: harmful.count, needed: 2) }
        let groups = harmful + Self.merged(harmless, names: harmful.map(\.name))
        let all = Array(harmful.count..<groups.count)
        units = CategoryUnits(groups, harmfulCount: harmful.count)
        var sides: [Side] = []
        for (index, group) in harmful.enumerated() {
            let own = all.filter { groups[$0].name == group.name }
            switch comparison {
            case .shared: sides.append(Side(positive: index, negatives: all))
            case .matched: sides.append(Side(positive: index, negatives: own))
            case .topic: sides.append(Side(positive: own.first ?? index, negatives: all))
            }
            let needed = [("harmful", [index]), ("harmless", comparison == .shared ? all : own)]
            for (side, members) in needed {
                let count = members.reduce(0) { $0 + groups[$1].rows.count }
                guard count >= Self.fewestPrompts, members.contains(where: units.canHalve) else {
                    throw .tooFewPrompts(side: "\(group.name) \(side)", count: count, needed: Self.fewestPrompts)
                }
            }
        }
        names = harmful.map(\.name)
        rows = groups.map { $0.rows.map { $0.map(Double.init) } }
        width = harmful[0].rows[0].count
        self.sides = sides
    }

    /// The harmless groups of the categories, and one of all others.
    private static func merged(_ groups: [Group], names: [String]) -> [Group] {
        let others = groups.filter { !names.contains($0.name) }
        let rest = Group(name: "", rows: others.flatMap(\.rows), units: others.flatMap(\.units))
        return (groups.filter { names.contains($0.name) } + [rest]).filter { !$0.rows.isEmpty }
    }

    /// [categories][width].
    public var vectors: [[Double]] { vectors(rows.map { $0.map { _ in 1 } }) }

    /// The directions of units drawn with return, as many of each kind as there are.
    func resampled(_ draws: StratifiedDraws, _ index: Int) -> [[Double]] {
        vectors(units.weights(draws.resample(index)))
    }

    /// The directions of two disjoint halves of the units.
    ///
    /// - Parameter isResampled: whether units are then drawn with return within each half
    func halves(
        _ draws: StratifiedDraws, _ index: Int, isResampled: Bool = false
    ) -> (first: [[Double]], second: [[Double]]) {
        let parts = draws.halves(index, isResampled: isResampled)
        return (vectors(units.weights(parts.first)), vectors(units.weights(parts.second)))
    }

    func draws(seed: UInt64) -> StratifiedDraws { StratifiedDraws(counts: units.counts, seed: seed) }

    /// Differences of weighted means, [categories][width].
    ///
    /// - Parameter weights: of every prompt, [groups][prompts]
    private func vectors(_ weights: [[Double]]) -> [[Double]] {
        let sums = zip(rows, weights).map { rows, weights in
            var sum = [Double](repeating: 0, count: width)
            for (row, weight) in zip(rows, weights) where weight > 0 { VectorArithmetic.addScaled(&sum, weight, row) }
            return sum
        }
        let totals = weights.map { $0.reduce(0, +) }
        var means: [[Int]: [Double]] = [:]
        func mean(_ members: [Int]) -> [Double] {
            if let known = means[members] { return known }
            var sum = [Double](repeating: 0, count: width)
            for member in members { VectorArithmetic.addScaled(&sum, 1, sums[member]) }
            let total = members.reduce(0) { $0 + totals[$1] }
            let mean = sum.map { $0 / total }
            means[members] = mean
            return mean
        }
        return sides.map { side in zip(mean([side.positive]), mean(side.negatives)).map { $0 - $1 } }
    }
}

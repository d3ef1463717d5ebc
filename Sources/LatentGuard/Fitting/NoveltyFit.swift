internal import Steering
internal import Tensors

/// Learns what the prompts fitted on look like.
enum NoveltyFit {
    /// - Parameters:
    ///   - components: principal components kept
    ///   - share: of prompts held out that are to count as near
    static func fit(
        _ examples: [GuardExample], folds: GroupedFolds, reading: Int, components: Int, share: Double
    ) -> Novelty {
        var novelty = model(examples, reading: reading, components: components)
        var distances: [Double] = []
        for fold in 0..<folds.count {
            let held = folds.held(examples, fold: fold)
            guard !held.isEmpty else { continue }
            let other = model(folds.training(examples, without: fold), reading: reading, components: components)
            distances += held.map { other.distance($0.values) }
        }
        distances.sort()
        let index = Int((share * Double(distances.count - 1)).rounded(.up))
        novelty.limit = max(distances[index], .leastNormalMagnitude)
        return novelty
    }

    private static func model(_ examples: [GuardExample], reading: Int, components: Int) -> Novelty {
        let scatter = Scatter(examples.map { $0.values[reading].map(Double.init) })
        let eigen = SymmetricEigen(scatter.covariance)
        let floor = max(eigen.values[0] * 1e-9, .leastNormalMagnitude)
        let kept = eigen.values.prefix(min(components, examples.count - 1)).count { $0 > floor }
        let left = eigen.values.dropFirst(kept).map { max($0, 0) }
        return Novelty(
            reading: reading, mean: scatter.mean.map { Float($0) },
            components: eigen.vectors.prefix(kept).map { row in row.map { Float($0) } },
            variances: Array(eigen.values.prefix(kept)),
            residualVariance: max(left.reduce(0, +) / Double(max(left.count, 1)), floor), limit: 1)
    }
}

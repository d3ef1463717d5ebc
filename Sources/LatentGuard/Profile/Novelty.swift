internal import Steering

/// How far a prompt is from everything that a guard was fitted on.
///
/// The Mahalanobis distance at one reading, in the principal components of the prompts fitted on, with what the
/// components leave out counted as one more, at the mean of the variances left out (Lee et al. 2018; Moghaddam and
/// Pentland 1997).
public struct Novelty: Hashable, Sendable {
    /// Index of the reading.
    public var reading: Int
    public var mean: [Float]
    /// [components][width], unit rows.
    public var components: [[Float]]
    /// Of each component.
    public var variances: [Double]
    /// Mean variance of the directions left out.
    public var residualVariance: Double
    /// The squared distance above which the guard is unsure.
    public var limit: Double

    public init(
        reading: Int, mean: [Float], components: [[Float]], variances: [Double], residualVariance: Double, limit: Double
    ) {
        self.reading = reading
        self.mean = mean
        self.components = components
        self.variances = variances
        self.residualVariance = residualVariance
        self.limit = limit
    }

    /// The squared distance, for each dimension.
    public func distance(_ values: [[Float]]) -> Double {
        let centred = zip(values[reading], mean).map { $0 - $1 }
        var inside = 0.0
        var sum = 0.0
        for (component, variance) in zip(components, variances) {
            let projection = VectorArithmetic.dot(component, centred)
            inside += projection * projection
            sum += projection * projection / variance
        }
        let left = max(0, VectorArithmetic.dot(centred, centred) - inside)
        return (sum + left / residualVariance) / Double(mean.count)
    }
}

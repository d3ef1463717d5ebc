internal import Steering

/// A score that is linear in what is read, perhaps after each reading was centred and brought to length 1.
///
/// Every method ends in this form. The paper's rule, the mean over layers of `cos(h, a) - cos(h, b)`, has as weights
/// the difference of the unit centroids over the number of layers.
public struct GuardHead: Hashable, Sendable {
    public enum Normalization: String, Codable, Hashable, Sendable {
        /// `h`
        case none
        /// `(h - centre) / |h - centre|`
        case unit
    }

    public var normalization: Normalization
    /// Indices of the guard's readings that the head looks at.
    public var readings: [Int]
    /// [readings][width].
    public var weights: [[Float]]
    /// [readings][width] for ``Normalization/unit``; empty otherwise.
    public var centres: [[Float]]
    public var bias: Double

    public init(
        normalization: Normalization = .none, readings: [Int], weights: [[Float]], centres: [[Float]] = [], bias: Double
    ) {
        self.normalization = normalization
        self.readings = readings
        self.weights = weights
        self.centres = centres
        self.bias = bias
    }

    /// The score of what was read of one prompt: all the guard's readings, [readings][width].
    public func score(_ values: [[Float]]) -> Double {
        var sum = bias
        for (index, reading) in readings.enumerated() {
            switch normalization {
            case .none: sum += VectorArithmetic.dot(weights[index], values[reading])
            case .unit:
                let centred = zip(values[reading], centres[index]).map { $0 - $1 }
                let size = VectorArithmetic.norm(centred)
                if size > 0 { sum += VectorArithmetic.dot(weights[index], centred) / size }
            }
        }
        return sum
    }
}

/// The mean of vectors that come one at a time, in double.
public struct MeanAccumulator: Hashable, Sendable {
    public private(set) var count = 0.0
    private var sums: [Double]

    public init(width: Int) { sums = [Double](repeating: 0, count: width) }

    public mutating func add(_ vector: [Float], weight: Double = 1) {
        precondition(vector.count == sums.count, "\(vector.count) components, not \(sums.count)")
        count += weight
        for index in vector.indices { sums[index] += weight * Double(vector[index]) }
    }

    /// Zero where nothing was added.
    public var mean: [Double] { count > 0 ? sums.map { $0 / count } : sums }
}

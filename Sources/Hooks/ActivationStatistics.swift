/// Mean and covariance of vectors that come one by one, accumulated in double.
///
/// Sums are of differences from the first vector, so that a mean far from zero costs no digits.
public struct ActivationStatistics: Sendable {
    public let width: Int
    public private(set) var count = 0
    /// The first vector.
    private var origin: [Double]
    /// Sum of differences from the origin.
    private var sum: [Double]
    /// Sum of their products, [width, width], upper triangle; empty where no covariance is wanted.
    private var products: [Double]

    /// - Parameter covariance: whether products are summed too: width^2 multiplications for each vector.
    public init(width: Int, covariance: Bool) {
        self.width = width
        origin = []
        sum = [Double](repeating: 0, count: width)
        products = covariance ? [Double](repeating: 0, count: width * width) : []
    }

    /// - Parameter row: `width` elements.
    public mutating func add(_ row: ArraySlice<Float>) {
        precondition(row.count == width, "\(row.count) elements for \(width)")
        if count == 0 { origin = row.map(Double.init) }
        count += 1
        let difference = zip(row, origin).map { Double($0) - $1 }
        for index in 0..<width { sum[index] += difference[index] }
        guard !products.isEmpty else { return }
        for line in 0..<width where difference[line] != 0 {
            let factor = difference[line]
            for column in line..<width { products[line * width + column] += factor * difference[column] }
        }
    }

    /// Nil before the first vector.
    public var mean: [Double]? {
        guard count > 0 else { return nil }
        return zip(origin, sum).map { $0 + $1 / Double(count) }
    }

    /// [width, width], divided by count - 1; nil for fewer than two vectors, and where it was not wanted.
    public var covariance: [Double]? {
        guard count > 1, !products.isEmpty else { return nil }
        return (0..<width).flatMap { covariances(of: $0) ?? [] }
    }

    /// One row of the covariance; nil where there is none.
    public func covariances(of line: Int) -> [Double]? {
        guard count > 1, !products.isEmpty else { return nil }
        return (0..<width).map { column in
            let product = products[min(line, column) * width + max(line, column)]
            return (product - sum[min(line, column)] * sum[max(line, column)] / Double(count)) / Double(count - 1)
        }
    }
}

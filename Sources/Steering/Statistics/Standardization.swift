/// Shifts and scales components to mean 0 and variance 1.
public struct Standardization: Codable, Hashable, Sendable {
    public var mean: [Double]
    /// Standard deviation of each component; 1 where a component does not vary.
    public var deviation: [Double]

    /// - Parameter rows: [count][n], at least one.
    public init(_ rows: [[Double]]) {
        let mean = DirectionFit.mean(rows)
        var squares = [Double](repeating: 0, count: mean.count)
        for row in rows {
            for index in row.indices { squares[index] += (row[index] - mean[index]) * (row[index] - mean[index]) }
        }
        self.mean = mean
        deviation = squares.map { square in
            let deviation = (square / Double(rows.count)).squareRoot()
            return deviation > 0 ? deviation : 1
        }
    }

    public func apply(_ row: [Double]) -> [Double] {
        row.indices.map { (row[$0] - mean[$0]) / deviation[$0] }
    }
}

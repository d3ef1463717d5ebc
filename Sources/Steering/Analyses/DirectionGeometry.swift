/// How directions lie to one another.
public enum DirectionGeometry {
    /// The cosine between two directions at each layer that both have; of several directions at one layer of `b`, the
    /// first counts.
    ///
    /// - Throws: ``SteeringError/differentWidths(layer:_:_:)``.
    public static func cosines(
        _ a: [Direction], _ b: [Direction]
    ) throws(SteeringError) -> [(layer: Int, cosine: Double)] {
        let others = Dictionary(b.compactMap { d in d.reading.layer.map { ($0, d) } }) { first, _ in first }
        var found: [(layer: Int, cosine: Double)] = []
        for direction in a {
            guard let layer = direction.reading.layer, let other = others[layer] else { continue }
            guard direction.vector.count == other.vector.count else {
                throw .differentWidths(layer: layer, direction.vector.count, other.vector.count)
            }
            found.append((layer, VectorArithmetic.cosine(direction.vector, other.vector)))
        }
        return found.sorted { $0.layer < $1.layer }
    }

    /// The cosine of every pair, [directions][directions].
    public static func similarity(_ directions: [Direction]) -> [[Double]] {
        directions.map { a in directions.map { VectorArithmetic.cosine(a.vector, $0.vector) } }
    }

    /// The mean of the cosines of different directions; nil for fewer than two.
    public static func meanSimilarity(_ directions: [Direction]) -> Double? {
        guard directions.count > 1 else { return nil }
        let all = similarity(directions)
        let different = all.indices.flatMap { i in all.indices.filter { $0 > i }.map { all[i][$0] } }
        return different.reduce(0, +) / Double(different.count)
    }
}

/// How directions lie to one another.
public enum DirectionGeometry {
    /// The cosine between two directions at each layer that both have.
    public static func cosines(_ a: [Direction], _ b: [Direction]) -> [(layer: Int, cosine: Double)] {
        let others = Dictionary(b.compactMap { d in d.reading.layer.map { ($0, d) } }) { first, _ in first }
        return a.compactMap { direction in
            guard let layer = direction.reading.layer, let other = others[layer] else { return nil }
            return (layer, VectorArithmetic.cosine(direction.vector, other.vector))
        }.sorted { $0.layer < $1.layer }
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

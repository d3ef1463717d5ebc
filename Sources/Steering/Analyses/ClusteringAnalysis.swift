/// On which side of two anchors activations lie, by layer (Zhao et al. 2025, section 3).
///
/// `s(h) = cos(h, mean of refused harmful) - cos(h, mean of accepted harmless)`: above 0 an activation lies with the
/// refused harmful ones.
public struct ClusteringAnalysis: Hashable, Sendable {
    public let readings: [Reading]
    let refusedHarmful: [[Double]]
    let acceptedHarmless: [[Double]]

    /// Means of the two anchor sets, [readings][width].
    public init(readings: [Reading], refusedHarmful: [[Double]], acceptedHarmless: [[Double]]) {
        self.readings = readings
        self.refusedHarmful = refusedHarmful
        self.acceptedHarmless = acceptedHarmless
    }

    /// The score at every reading.
    public func scores(_ values: some RandomAccessCollection<[Float]>) -> [Double] {
        zip(values, zip(refusedHarmful, acceptedHarmless)).map { value, anchors in
            let h = value.map(Double.init)
            return VectorArithmetic.cosine(h, anchors.0) - VectorArithmetic.cosine(h, anchors.1)
        }
    }

    /// The mean of the scores over the readings: a belief score (section 3.3) where the readings are all layers of one
    /// position.
    public func belief(_ values: some RandomAccessCollection<[Float]>) -> Double {
        let scores = scores(values)
        return scores.reduce(0, +) / Double(scores.count)
    }

    /// The same midpoints with a random vector between the anchors, as long as that from one to the other: the control
    /// of every score.
    public func randomControl(seed: UInt64) -> ClusteringAnalysis {
        var (first, second): ([[Double]], [[Double]]) = ([], [])
        for (index, (a, b)) in zip(refusedHarmful, acceptedHarmless).enumerated() {
            let length = VectorArithmetic.norm(zip(a, b).map { $0 - $1 })
            let random = RandomVector.normal(
                count: a.count, seed: seed &* 4096 &+ UInt64(index), length: length
            ).map(Double.init)
            let middle = zip(a, b).map { ($0 + $1) / 2 }
            first.append(zip(middle, random).map { $0 + $1 / 2 })
            second.append(zip(middle, random).map { $0 - $1 / 2 })
        }
        return ClusteringAnalysis(readings: readings, refusedHarmful: first, acceptedHarmless: second)
    }
}

/// On which side of two anchors activations lie, by layer (Zhao et al. 2025, section 3).
///
/// `s(h) = cos(h, mean of refused harmful) - cos(h, mean of accepted harmless)`: above 0 an activation lies with the
/// refused harmful ones.
public struct ClusteringAnalysis: Hashable, Sendable {
    public let readings: [Reading]
    private let refusedHarmful: [[Double]]
    private let acceptedHarmless: [[Double]]

    /// Means of the two anchor sets, [readings][width].
    public init(readings: [Reading], refusedHarmful: [[Double]], acceptedHarmless: [[Double]]) {
        self.readings = readings
        self.refusedHarmful = refusedHarmful
        self.acceptedHarmless = acceptedHarmless
    }

    /// The score at every reading.
    public func scores(_ values: [[Float]]) -> [Double] {
        readings.indices.map { index in
            let h = values[index].map(Double.init)
            return VectorArithmetic.cosine(h, refusedHarmful[index])
                - VectorArithmetic.cosine(h, acceptedHarmless[index])
        }
    }

    /// The mean of the scores over the readings: a belief score (section 3.3) where the readings are all layers of one
    /// position.
    public func belief(_ values: [[Float]]) -> Double {
        let scores = scores(values)
        return scores.reduce(0, +) / Double(scores.count)
    }
}

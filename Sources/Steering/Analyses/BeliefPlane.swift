internal import Transformers

/// Two belief scores of a prompt (Zhao et al. 2025, section 3.3): harmfulness at `t_inst`, refusal at `t_post_inst`.
public struct BeliefPlane: Hashable, Sendable {
    public struct Point: Codable, Hashable, Sendable {
        public var harmfulness: Double
        public var refusal: Double

        public init(harmfulness: Double, refusal: Double) {
            self.harmfulness = harmfulness
            self.refusal = refusal
        }
    }

    /// At `t_inst`, by layer.
    public let harmfulness: ClusteringAnalysis
    /// At `t_post_inst`, by layer.
    public let refusal: ClusteringAnalysis

    /// What is read of each prompt: the inputs of all blocks at `t_inst`, then at `t_post_inst`.
    public static func readings(layerCount: Int) -> [Reading] {
        [TokenPosition.instruction, .postInstruction].flatMap { position in
            (0..<layerCount).map { Reading(.residPre, layer: $0, position: position) }
        }
    }

    /// - Parameters:
    ///   - values: of each prompt, [prompts][readings][width], read as ``readings(layerCount:)`` says
    ///   - refusedHarmful: anchors, as indices into `values`
    ///   - acceptedHarmless: the other anchors
    /// - Throws: ``SteeringError/tooFewPrompts(side:count:needed:)`` for an empty set of anchors.
    public init(values: [[[Float]]], refusedHarmful: [Int], acceptedHarmless: [Int]) throws(SteeringError) {
        for (side, anchors) in [("refused harmful", refusedHarmful), ("accepted harmless", acceptedHarmless)]
        where anchors.isEmpty { throw .tooFewPrompts(side: side, count: 0, needed: 1) }
        let layerCount = values[refusedHarmful[0]].count / 2
        let readings = Self.readings(layerCount: layerCount)
        func means(_ members: [Int]) -> [[Double]] {
            readings.indices.map { reading in
                var mean = MeanAccumulator(width: values[members[0]][reading].count)
                for member in members { mean.add(values[member][reading]) }
                return mean.mean
            }
        }
        func analysis(_ range: Range<Int>) -> ClusteringAnalysis {
            ClusteringAnalysis(
                readings: Array(readings[range]), refusedHarmful: Array(first[range]),
                acceptedHarmless: Array(second[range]))
        }
        let (first, second) = (means(refusedHarmful), means(acceptedHarmless))
        harmfulness = analysis(0..<layerCount)
        refusal = analysis(layerCount..<(2 * layerCount))
    }

    private init(harmfulness: ClusteringAnalysis, refusal: ClusteringAnalysis) {
        self.harmfulness = harmfulness
        self.refusal = refusal
    }

    /// - Parameter values: of one prompt, [readings][width]
    public func point(_ values: [[Float]]) -> Point {
        let layerCount = values.count / 2
        return Point(
            harmfulness: harmfulness.belief(values[..<layerCount]), refusal: refusal.belief(values[layerCount...]))
    }

    /// ``ClusteringAnalysis/randomControl(seed:)`` on both axes.
    public func randomControl(seed: UInt64) -> BeliefPlane {
        BeliefPlane(
            harmfulness: harmfulness.randomControl(seed: seed &* 2),
            refusal: refusal.randomControl(seed: seed &* 2 &+ 1))
    }
}

internal import Foundation
internal import Tensors

/// Vectors of independent normal components, the same for the same seed everywhere.
enum RandomVector {
    static func normal(count: Int, seed: UInt64, length: Double) -> [Float] {
        let random = CounterRandom(seed: seed, promptID: "random direction")
        let values = (0..<count).map { index in
            let radius = (-2 * Foundation.log(1 - random.uniform(sample: 0, position: index))).squareRoot()
            return radius * Foundation.cos(2 * Double.pi * random.uniform(sample: 1, position: index))
        }
        let size = VectorArithmetic.norm(values)
        return values.map { Float($0 * length / max(size, .leastNormalMagnitude)) }
    }
}

import Foundation
import TestSupport

/// What numpy and scikit-learn give; see `scripts/reference/steering.py`.
struct SteeringReference: Decodable {
    var positives: [[Double]]
    var negatives: [[Double]]
    var meanDifference: [Double]
    var pairComponent: [Double]
    var discriminant: [Double]
    var probe: [Double]
    var probeIntercept: Double
    var eigenvalues: [Double]
    var matrix: [[Double]]

    static func load() throws -> SteeringReference {
        try JSONDecoder().decode(
            SteeringReference.self, from: Data(contentsOf: Places.fixture("steering/reference.json")))
    }
}

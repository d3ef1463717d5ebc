import TestSupport
import Testing

@testable import Hooks

/// Against the two-pass definition, with a mean a million times the spread.
@Test func meanAndCovarianceFollowTheirDefinitions() throws {
    var random = SeededGenerator(seed: 5)
    let rows = (0..<50).map { _ in random.floats(4).enumerated().map { $1 + Float($0) * 1000 } }
    var statistics = ActivationStatistics(width: 4, covariance: true)
    for row in rows { statistics.add(row[...]) }
    #expect(statistics.count == 50)
    let mean = (0..<4).map { column in rows.reduce(0) { $0 + Double($1[column]) } / 50 }
    let found = try #require(statistics.mean)
    #expect(zip(found, mean).allSatisfy { abs($0 - $1) < 1e-9 })
    let covariance = try #require(statistics.covariance)
    for i in 0..<4 {
        for j in 0..<4 {
            let expected = rows.reduce(0) { $0 + (Double($1[i]) - mean[i]) * (Double($1[j]) - mean[j]) } / 49
            #expect(abs(covariance[i * 4 + j] - expected) < 1e-9, "\(i), \(j)")
        }
    }
}

@Test func tooFewVectorsHaveNoStatistics() {
    var statistics = ActivationStatistics(width: 2, covariance: true)
    #expect(statistics.mean == nil)
    statistics.add([1, 2][...])
    #expect(statistics.mean == [1, 2])
    #expect(statistics.covariance == nil)
}

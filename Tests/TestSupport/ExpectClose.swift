public import Testing

/// Expects `abs(actual - expected) <= absolute + relative * abs(expected)` for every element.
///
/// The message names the worst element, both values and the normalised mean squared error.
public func expectClose(
    _ actual: [Float],
    _ expected: [Float],
    absolute: Double,
    relative: Double,
    _ context: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record("\(context) \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    var worst = (index: 0, excess: -Double.infinity)
    var squaredError = 0.0
    var squaredSize = 0.0
    for index in actual.indices {
        let expectedValue = Double(expected[index])
        let difference = Swift.abs(Double(actual[index]) - expectedValue)
        let excess = difference - (absolute + relative * Swift.abs(expectedValue))
        if excess > worst.excess || excess.isNaN { worst = (index, excess.isNaN ? .infinity : excess) }
        squaredError += difference * difference
        squaredSize += expectedValue * expectedValue
    }
    guard worst.excess > 0 else { return }
    let normalised = squaredError / Swift.max(squaredSize, .leastNormalMagnitude)
    Issue.record(
        """
        \(context) worst at [\(worst.index)]: \(actual[worst.index]), expected \(expected[worst.index]); \
        normalised mean squared error \(normalised)
        """,
        sourceLocation: sourceLocation
    )
}

/// Expects that the largest difference is at most `fraction` of the largest expected magnitude.
public func expectClose(
    _ actual: [Float],
    _ expected: [Float],
    ofLargest fraction: Double,
    _ context: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let largest = expected.reduce(0) { Swift.max($0, Swift.abs(Double($1))) }
    expectClose(actual, expected, absolute: fraction * largest, relative: 0, context, sourceLocation: sourceLocation)
}

public import Testing

/// Expects the same bits in every element, and names the first that differs.
///
/// `#expect(a == b)` would look for the shortest edit between two long arrays, which takes minutes.
public func expectIdentical(
    _ actual: [Float],
    _ expected: [Float],
    _ context: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record("\(context) \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    let differing = actual.indices.filter { actual[$0].bitPattern != expected[$0].bitPattern }
    guard let first = differing.first else { return }
    Issue.record(
        """
        \(context) \(differing.count) of \(actual.count) differ, first at [\(first)]: \
        \(actual[first]), expected \(expected[first])
        """,
        sourceLocation: sourceLocation
    )
}

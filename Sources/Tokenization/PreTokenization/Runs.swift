/// Cuts out runs of scalars of some kind: `[…]+`, `\s?[…]+`, `[…]{1,n}`.
struct Runs: MatchingRule {
    /// Whether one space of any kind may come first.
    var afterSpace = false
    /// Scalars in one match.
    var longest = Int.max
    let isMember: @Sendable (ClassifiedScalar) -> Bool

    func endOfMatch(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        let first = text.scalar(at: offset)
        if isMember(first) { return endOfRun(in: text, from: offset, limit: limit) }
        let next = offset + first.length
        guard afterSpace, first.isIn(.whitespace), next < limit, isMember(text.scalar(at: next)) else { return nil }
        return endOfRun(in: text, from: next, limit: limit)
    }

    private func endOfRun(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        var count = 0
        return text.endOfRun(from: offset, limit: limit) {
            count += 1
            return count <= longest && isMember($0)
        }
    }

    /// `\p{N}`: every digit by itself.
    static let singleNumbers = Runs(longest: 1) { $0.isIn(.number) }
}

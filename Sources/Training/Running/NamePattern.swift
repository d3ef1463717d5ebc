internal import Foundation

/// A name with `*` for any run of characters.
public struct NamePattern: Hashable, Sendable {
    private let pieces: [String]

    public init(_ text: String) {
        pieces = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    public func matches(_ name: String) -> Bool {
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return name == pieces.first }
        guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.range(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}

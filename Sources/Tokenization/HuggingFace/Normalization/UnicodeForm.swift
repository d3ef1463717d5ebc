internal import Foundation

/// A normalization form of Unicode (UAX 15).
enum UnicodeForm: Sendable {
    case canonicalComposition
    case canonicalDecomposition
    case compatibilityComposition
    case compatibilityDecomposition

    /// Works on one grapheme cluster after another: nothing composes or changes places across their edges. What a
    /// cluster begins with and keeps stands for itself; all bytes behind it stand for the rest as a whole.
    func apply(to text: inout AlignedText) {
        guard !text.isASCII else { return }
        let source = String(decoding: text.bytes, as: UTF8.self)
        let whole = normalized(source)
        guard !whole.utf8.elementsEqual(source.utf8) else { return }
        var result = AlignedText(replacing: text)
        var offset = 0
        for character in source {
            let cluster = String(character)
            let length = cluster.utf8.count
            let range = offset..<(offset + length)
            offset += length
            if length == 1 || cluster.utf8.allSatisfy({ $0 < 0x80 }) {
                result.append(range, of: text)
                continue
            }
            let changed = Array(normalized(cluster).utf8)
            if changed.elementsEqual(cluster.utf8) {
                result.append(range, of: text)
            } else {
                let kept = Self.commonScalars(changed, Array(cluster.utf8))
                let split = range.lowerBound + kept
                result.append(range.lowerBound..<split, of: text)
                result.append(Array(changed[kept...]), origin: text.origin(of: split..<range.upperBound))
            }
        }
        text = result
    }

    /// Bytes of the whole scalars that both begin with, but not all of either.
    private static func commonScalars(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var count = zip(left, right).prefix { $0 == $1 }.count
        while count > 0, !isBoundary(left, count) || !isBoundary(right, count) { count -= 1 }
        return count
    }

    private static func isBoundary(_ bytes: [UInt8], _ offset: Int) -> Bool {
        offset < bytes.count && bytes[offset] & 0xC0 != 0x80
    }

    private func normalized(_ text: String) -> String {
        switch self {
        case .canonicalComposition: text.precomposedStringWithCanonicalMapping
        case .canonicalDecomposition: text.decomposedStringWithCanonicalMapping
        case .compatibilityComposition: text.precomposedStringWithCompatibilityMapping
        case .compatibilityDecomposition: text.decomposedStringWithCompatibilityMapping
        }
    }
}

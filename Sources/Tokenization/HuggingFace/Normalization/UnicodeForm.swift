internal import Foundation

/// A normalization form of Unicode (UAX 15).
enum UnicodeForm: Sendable {
    case canonicalComposition
    case canonicalDecomposition
    case compatibilityComposition
    case compatibilityDecomposition

    /// Works on one grapheme cluster after another: nothing composes or changes places across their edges. All bytes
    /// of a cluster that changes stand for the whole of it.
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
                result.append(changed, origin: text.origin(of: range))
            }
        }
        text = result
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

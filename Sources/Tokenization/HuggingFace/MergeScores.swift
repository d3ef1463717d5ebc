/// The order of merges as scores of tokens, where both make the same tokens of a text.
///
/// With scores two tokens that lie side by side become one wherever their spelling is a token, the best score first. So
/// every way to make a token of two others has to be a merge, and the merges of one token have to follow one another.
struct MergeScores {
    private struct Merge: Hashable {
        let left: Int32
        let right: Int32
    }

    private var ids: SpellingTrie
    private let spellings: [[UInt8]]
    private var merges: Set<Merge> = []
    /// By id; the tokens that no merge makes have the lowest.
    private(set) var scores: [Float]

    /// - Parameter spellings: by id; empty where a text never becomes the token
    /// - Throws: ``TokenizerError/noGGUF(reason:)``.
    init(spellings: [[UInt8]], merges: [(left: String, right: String)]) throws(TokenizerError) {
        self.spellings = spellings
        ids = SpellingTrie(capacity: spellings.reduce(0) { $0 + $1.count })
        for (id, spelling) in spellings.enumerated() where !spelling.isEmpty {
            ids.insert(spelling.span, value: Int32(truncatingIfNeeded: id))
        }
        scores = Array(repeating: -Float(merges.count), count: spellings.count)
        try rank(merges)
        for spelling in spellings { try check(spelling) }
    }

    private mutating func rank(_ list: [(left: String, right: String)]) throws(TokenizerError) {
        var ranked = [Bool](repeating: false, count: spellings.count)
        var (rank, last) = (0, Int32(-1))
        for merge in list {
            let (left, right) = (Array(merge.left.utf8), Array(merge.right.utf8))
            guard let whole = ids.value(of: (left + right).span), let first = ids.value(of: left.span),
                let second = ids.value(of: right.span)
            else {
                throw .noGGUF(reason: "it has a merge of \(Self.quoted(left + right)), which is no token of a text")
            }
            merges.insert(Merge(left: first, right: second))
            if ranked[Int(whole)] {
                // Of runs of one character, such as spaces, the ways to make the longer ones may alternate.
                guard whole == last || last >= 0 && isRun(whole) && isRun(last) else {
                    throw .noGGUF(reason: "merges of other tokens lie between those of \(Self.quoted(left + right))")
                }
            } else {
                ranked[Int(whole)] = true
                scores[Int(whole)] = -Float(rank)
                rank += 1
            }
            last = whole
        }
    }

    /// Whether a token is one character several times.
    private func isRun(_ id: Int32) -> Bool {
        let scalars = String(decoding: spellings[Int(id)], as: UTF8.self).unicodeScalars
        return scalars.allSatisfy { $0 == scalars.first }
    }

    /// Fails where a token can be made of two others without a merge. A character stands in a text also where it is no token.
    private func check(_ spelling: [UInt8]) throws(TokenizerError) {
        for offset in 1..<max(1, spelling.count) where spelling[offset] & 0xC0 != 0x80 {
            let (left, right) = (Array(spelling[..<offset]), Array(spelling[offset...]))
            let (first, second) = (ids.value(of: left.span), ids.value(of: right.span))
            guard first != nil || Self.isCharacter(left), second != nil || Self.isCharacter(right) else { continue }
            if let first, let second, merges.contains(Merge(left: first, right: second)) { continue }
            let parts = "\(Self.quoted(left)) and \(Self.quoted(right))"
            throw .noGGUF(reason: "its tokens \(parts) are together a token, and no merge makes it of them")
        }
    }

    private static func isCharacter(_ spelling: [UInt8]) -> Bool {
        spelling.count { $0 & 0xC0 != 0x80 } == 1
    }

    private static func quoted(_ spelling: some Sequence<UInt8>) -> String {
        "\"\(String(decoding: Array(spelling), as: UTF8.self))\""
    }
}

/// What is left of a completion once the model's private reasoning is taken out.
///
/// Reasoning is the text between `<think>` and `</think>`, or `<thinking>` and `</thinking>`, in any case. A closing tag
/// without an opening one closes reasoning that the chat template opened, so that everything before it goes too.
public enum ReasoningText {
    /// The reply, or the reason why there is none.
    public static func reply(of submission: Submission) -> Reply {
        let text = Array(submission.completion.unicodeScalars)
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(text.count)
        var isInside = false
        var position = 0
        while position < text.count {
            guard text[position] == "<", let tag = tag(in: text, at: position) else {
                if !isInside { kept.append(text[position]) }
                position += 1
                continue
            }
            if !tag.opens && !isInside { kept.removeAll(keepingCapacity: true) }
            isInside = tag.opens
            position += tag.length
        }
        return reply(kept, isUnfinished: isInside, isTruncated: submission.isTruncated)
    }

    private static func reply(_ kept: [Unicode.Scalar], isUnfinished: Bool, isTruncated: Bool) -> Reply {
        if isUnfinished { return .none(reason: isTruncated ? "truncated while reasoning" : "reasoning without an end") }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: kept)
        let isEmpty = kept.allSatisfy(\.properties.isWhitespace)
        return isEmpty ? .none(reason: "empty completion") : .text(String(view))
    }

    /// What a scorer grades.
    public enum Reply: Hashable, Sendable {
        case text(String)
        case none(reason: String)
    }

    private static func tag(in text: [Unicode.Scalar], at position: Int) -> (opens: Bool, length: Int)? {
        for (spelling, opens) in tags where position + spelling.count <= text.count {
            let matches = spelling.indices.allSatisfy { text[position + $0].lowercasedASCII == spelling[$0] }
            if matches { return (opens, spelling.count) }
        }
        return nil
    }

    private static let tags: [(spelling: [Unicode.Scalar], opens: Bool)] = [
        (Array("<think>".unicodeScalars), true), (Array("</think>".unicodeScalars), false),
        (Array("<thinking>".unicodeScalars), true), (Array("</thinking>".unicodeScalars), false),
    ]
}

extension Unicode.Scalar {
    var lowercasedASCII: Unicode.Scalar {
        guard ("A"..."Z").contains(self) else { return self }
        return Unicode.Scalar(UInt8(truncatingIfNeeded: value) + 32)
    }

    var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}

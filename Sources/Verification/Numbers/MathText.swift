/// Text with its LaTeX spacing, minus signs and full-width digits made plain, so that numbers can be read from it.
struct MathText {
    let scalars: [Unicode.Scalar]

    init(_ text: String) {
        let input = Array(text.unicodeScalars)
        var output: [Unicode.Scalar] = []
        output.reserveCapacity(input.count)
        var position = 0
        while position < input.count {
            if let (length, replacement) = Self.replacement(in: input, at: position) {
                output.append(contentsOf: replacement)
                position += length
            } else {
                output.append(Self.plain(input[position]))
                position += 1
            }
        }
        scalars = output
    }

    private static func replacement(in text: [Unicode.Scalar], at position: Int) -> (Int, [Unicode.Scalar])? {
        guard text[position] == "\\" || text[position] == "{" else { return nil }
        for (spelling, replacement) in replacements where position + spelling.count <= text.count {
            if spelling.indices.allSatisfy({ text[position + $0] == spelling[$0] }) {
                return (spelling.count, replacement)
            }
        }
        return nil
    }

    private static let replacements: [([Unicode.Scalar], [Unicode.Scalar])] = [
        ("{,}", ","), ("\\,", "\u{2009}"), ("\\;", "\u{2009}"), ("\\:", "\u{2009}"), ("\\! ", ""), ("\\!", ""),
        ("\\$", "$"), ("\\%", "%"), ("\\times", "×"), ("\\cdot", "×"), ("\\approx", "≈"), ("\\dfrac", "\\frac"),
        ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac"),
        ("\\left", ""), ("\\right", ""), ("\\pounds", "£"), ("\\euro", "€"),
    ].map { (Array($0.0.unicodeScalars), Array($0.1.unicodeScalars)) }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\u{2212}", "\u{FE63}", "\u{FF0D}": "-"
        case "\u{FF10}"..."\u{FF19}": Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value - 0xFF10) + 48)
        case "\u{2044}", "\u{2215}": "/"
        case "\u{FF05}": "%"
        default: scalar
        }
    }
}

/// Looks at YAML text before it is parsed, for what would make the parsed values larger than the text.
package enum YAMLSafety {
    /// The line of the first alias (`*name` where a value may start), from 1; nil without one.
    ///
    /// Aliases to aliases can make values exponentially large; an anchor (`&name`) that no alias repeats is harmless. The
    /// look is on the safe side: what follows a comma or a colon in a text may be taken for an alias.
    package static func lineOfAlias(in text: String) -> Int? {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .firstIndex { startsAlias(withoutComment($0.unicodeScalars)) }.map { $0 + 1 }
    }

    /// A line up to its comment. One with a quotation mark stays whole: its `#` may belong to a text that ends behind it.
    private static func withoutComment(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        guard !line.contains(where: { $0 == "\"" || $0 == "'" }) else { return line }
        var isAfterBlank = true
        for index in line.indices {
            if line[index] == "#", isAfterBlank { return line[..<index] }
            isAfterBlank = line[index] == " " || line[index] == "\t"
        }
        return line
    }

    private static func startsAlias(_ line: Substring.UnicodeScalarView) -> Bool {
        var mayStartValue = true
        var isStar = false
        for scalar in line {
            if isStar, !scalar.properties.isWhitespace { return true }
            isStar = scalar == "*" && mayStartValue
            if !scalar.properties.isWhitespace, scalar != "\u{FEFF}" {
                mayStartValue = ["[", "{", ",", ":", "-", "?"].contains(scalar)
            }
        }
        return false
    }
}

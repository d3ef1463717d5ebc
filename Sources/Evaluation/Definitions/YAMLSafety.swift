/// Looks at YAML text before it is parsed, for what would make the parsed tree larger than the text.
enum YAMLSafety {
    /// The line of the first alias (`*name` where a value may start), or nil.
    ///
    /// Aliases to aliases can make a tree exponentially large. The look is on the safe side: a line of a block text
    /// that starts with an asterisk and a letter is taken for an alias too.
    static func lineOfAlias(in text: String) -> Int? {
        let scalars = Array(text.unicodeScalars)
        var line = 1
        var mayStartValue = true
        for (index, scalar) in scalars.enumerated() {
            if isLineBreak(scalar) {
                if !(scalar == "\n" && index > 0 && scalars[index - 1] == "\r") { line += 1 }
                mayStartValue = true
            } else if scalar == "*" && mayStartValue {
                let next = index + 1 < scalars.count ? scalars[index + 1] : " "
                if !next.properties.isWhitespace { return line }
            } else if !scalar.properties.isWhitespace && scalar != "\u{FEFF}" {
                mayStartValue = ["[", "{", ",", ":", "-", "?"].contains(scalar)
            }
        }
        return nil
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }
}

/// Looks at YAML text before it is parsed.
enum YAMLText {
    /// Whether no alias (`*name`) can refer to an anchor (`&name`): aliases to aliases make a small file an endless
    /// tree.
    ///
    /// A completion may hold words that look like either; only a name that stands as both is refused.
    static func isPlain(_ text: String) -> Bool {
        var names: [Unicode.Scalar: Set<String>] = ["*": [], "&": []]
        var mayStartValue = true
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) {
                mayStartValue = true
            } else if (scalar == "*" || scalar == "&") && mayStartValue {
                let name = scalars.prefix { !$0.properties.isWhitespace && !",[]{}".unicodeScalars.contains($0) }
                names[scalar]?.insert(String(name))
                mayStartValue = false
            } else if scalar == "!" && mayStartValue {
                // A tag may stand before an anchor: the value has not begun yet.
                scalars = scalars.drop { !$0.properties.isWhitespace }
            } else if !scalar.properties.isWhitespace && scalar != "\u{FEFF}" {
                mayStartValue = ["[", "{", ",", ":", "-", "?"].contains(scalar)
            }
        }
        return names["*"]?.isDisjoint(with: names["&"] ?? []) ?? true
    }
}

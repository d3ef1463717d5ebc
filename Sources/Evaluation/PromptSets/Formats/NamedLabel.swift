/// The label that a name gives to what it names: that of a file, or of a part of one.
enum NamedLabel {
    /// `harmless` for a name with the word `harmless`, `benign`, `nonharmful` or `unharmful` in it, `harmful` for one with
    /// the word `harmful`; nil for any other. `non-harmful` and `not_harmful` are harmless, `unharmfulness` is neither.
    static func label(in name: String) -> String? {
        let words = words(of: name)
        let isHarmless = words.contains { ["harmless", "benign", "nonharmful", "unharmful"].contains($0) }
        let isDenied = zip(words, words.dropFirst()).contains { ["non", "not", "un"].contains($0) && $1 == "harmful" }
        if isHarmless || isDenied { return "harmless" }
        return words.contains("harmful") ? "harmful" : nil
    }

    /// Runs of letters in small letters, cut before a capital that follows a small one: `harmfulTrain2` is two words.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var previous: Character?
        for character in name {
            let isFirst = previous.map { !$0.isLetter || $0.isLowercase && character.isUppercase } ?? true
            if character.isLetter {
                if isFirst { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
            previous = character
        }
        return words
    }
}

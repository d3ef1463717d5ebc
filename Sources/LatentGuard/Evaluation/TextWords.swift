/// The words of a text, as baselines that read text alone see them.
enum TextWords {
    /// Runs of letters, digits and inner apostrophes, in lower case.
    static func of(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
}

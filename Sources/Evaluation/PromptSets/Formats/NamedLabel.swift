/// The label that a name gives to what it names: that of a file, or of a part of one.
enum NamedLabel {
    /// `harmless` for a name with `harmless` or `benign` in it, `harmful` for one with `harmful`; nil for any other.
    static func label(in name: String) -> String? {
        let name = name.lowercased()
        if name.contains("harmless") || name.contains("benign") { return "harmless" }
        return name.contains("harmful") ? "harmful" : nil
    }
}

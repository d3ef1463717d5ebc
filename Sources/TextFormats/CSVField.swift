/// One field of comma-separated values (RFC 4180).
package enum CSVField {
    /// The text as a field: in quotes where it holds a comma, a quote or the end of a line.
    package static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
        // By scalars: a quote with a combining mark is another character, and still ends a field.
        var quoted = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}

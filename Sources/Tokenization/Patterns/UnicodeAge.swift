/// In which version of Unicode a scalar was assigned.
///
/// A vocabulary is of one version: what the reference's tables do not know is unassigned there, and cuts texts in other
/// places than a letter would.
enum UnicodeAge {
    /// Of the expressions of Oniguruma 6.9.10 and of Rust's regex 1.12, which the reference matches with.
    private static let patterns = 16

    /// Whether expressions know more of a scalar than that it is unassigned.
    static func isKnownToPatterns(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Stretches that were full before: most texts consist of these.
        case 0...0x377, 0x400...0x52F, 0x4E00...0x9FFF, 0xAC00...0xD7A3: true
        default: isAssigned(scalar, by: patterns)
        }
    }

    /// Whether a scalar was assigned in a version, or is not yet.
    static func isAssigned(_ scalar: Unicode.Scalar, by major: Int) -> Bool {
        scalar.properties.age.map { $0.major <= major } ?? true
    }
}

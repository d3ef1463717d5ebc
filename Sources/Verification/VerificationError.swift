/// Why a scorer cannot be made.
public enum VerificationError: Error, Hashable, Sendable {
    case unknownScorer(name: String, known: [String])
    case unknownParameter(scorer: String, parameter: String, allowed: [String])
    case missingParameter(scorer: String, parameter: String, allowed: String)
    case invalidParameter(scorer: String, parameter: String, found: String, allowed: String)
}

extension VerificationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownScorer(let name, let known):
            "there is no scorer \(quoted(name)); use one of \(known.joined(separator: ", "))"
        case .unknownParameter(let scorer, let parameter, let allowed):
            "the scorer \(scorer) has no parameter \(quoted(parameter)); "
                + (allowed.isEmpty ? "it has none, remove it" : "it has \(allowed.joined(separator: ", "))")
        case .missingParameter(let scorer, let parameter, let allowed):
            "the scorer \(scorer) needs the parameter \(quoted(parameter)): \(allowed)"
        case .invalidParameter(let scorer, let parameter, let found, let allowed):
            "the scorer \(scorer) has \(parameter): \(quoted(found)); allowed is \(allowed)"
        }
    }

    /// The text in quotes, cut at 80 characters, with control characters made visible.
    private func quoted(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(80).map { $0.properties.isVisible ? String($0) : "\u{FFFD}" }.joined()
        return "\"\(visible)\(text.unicodeScalars.count > 80 ? "…" : "")\""
    }
}

extension Unicode.Scalar.Properties {
    /// Whether printing the character leaves the terminal as it was.
    fileprivate var isVisible: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

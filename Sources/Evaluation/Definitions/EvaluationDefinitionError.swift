/// Why an evaluation definition cannot be used: the file, the line, and what is wrong there.
public struct EvaluationDefinitionError: Error, Hashable, Sendable {
    /// Empty where the text did not come from a file.
    public var file: String
    /// Counted from 1; nil where the definition as a whole is meant.
    public var line: Int?
    public var issue: EvaluationDefinitionIssue

    public init(file: String = "", line: Int? = nil, issue: EvaluationDefinitionIssue) {
        self.file = file
        self.line = line
        self.issue = issue
    }
}

/// What can be wrong with an evaluation definition.
public enum EvaluationDefinitionIssue: Error, Hashable, Sendable {
    case unreadable(reason: String)
    case tooLarge(bytes: Int, limit: Int)
    case nestedTooDeep(limit: Int)
    case alias
    case malformedYAML(problem: String)
    case duplicateKeys(keys: [String])
    case notATable(place: String, found: String)
    case unsupportedSchema(found: Int, supported: Int)
    case unknownKey(key: String, place: String, allowed: [String])
    case missingKey(key: String, place: String)
    case wrongType(key: String, found: String, allowed: String)
    case emptyText(key: String)
    case emptyList(key: String)
    case outOfRange(key: String, found: String, allowed: String)
    case unknownValue(key: String, found: String, allowed: [String])
    case tooMany(key: String, found: Int, limit: Int)
    case templateWithoutPrompt
    case samplesOfGreedy(samples: Int)
    case duplicateScorer(name: String)
    case scorer(problem: String)
}

extension EvaluationDefinitionError: CustomStringConvertible {
    public var description: String {
        let place = line.map { "\(file.isEmpty ? "line " : "\(visible(file, limit: 4096)):")\($0): " }
        return "\(place ?? (file.isEmpty ? "" : "\(visible(file, limit: 4096)): "))\(issue)"
    }
}

extension EvaluationDefinitionIssue: CustomStringConvertible {
    public var description: String {
        textDescription ?? keyDescription ?? "the definition contradicts itself"
    }

    private var textDescription: String? {
        switch self {
        case .unreadable(let reason): "the definition cannot be read: \(reason)"
        case .tooLarge(let bytes, let limit):
            "the definition has \(bytes) bytes; \(limit) are allowed, so move long texts to prompt sets"
        case .nestedTooDeep(let limit): "lists and tables are nested deeper than \(limit) levels; make it flatter"
        case .alias: "aliases (*name) are not allowed; write the value out, or put quotation marks around the text"
        case .malformedYAML(let problem): "this is not YAML: \(visible(problem, limit: 200))"
        case .duplicateKeys(let keys): "given twice: \(list(keys)); keep one of each"
        case .notATable(let place, let found): "\(place) is \(found); keys with values are needed"
        case .unsupportedSchema(let found, let supported):
            "this definition is written in schema \(found); this version of assay reads schema \(supported)"
        default: nil
        }
    }

    private var keyDescription: String? {
        switch self {
        case .unknownKey(let key, let place, let allowed):
            "there is no key \(quoted(key)) in \(place); allowed are \(list(allowed))"
        case .missingKey(let key, let place): "the key \(quoted(key)) is missing in \(place); add it"
        case .wrongType(let key, let found, let allowed): "\(quoted(key)) is \(found); \(allowed) is needed"
        case .emptyText(let key): "\(quoted(key)) is empty; give it a text or remove it"
        case .emptyList(let key): "\(quoted(key)) has no items; at least one is needed"
        case .outOfRange(let key, let found, let allowed):
            "\(quoted(key)) is \(visible(found, limit: 40)); allowed is \(allowed)"
        case .unknownValue(let key, let found, let allowed):
            "\(quoted(key)) is \(quoted(found)); allowed are \(list(allowed))"
        case .tooMany(let key, let found, let limit): "\(quoted(key)) has \(found) items; \(limit) are allowed"
        case .templateWithoutPrompt: "\"prompt_template\" has no {prompt}; put it where the question goes"
        case .samplesOfGreedy(let samples):
            "\"samples\" is \(samples) at temperature 0, where all samples are equal; ask for 1, or raise \"temperature\""
        case .duplicateScorer(let name):
            "the scorer \(quoted(name)) is listed twice with the same parameters; keep one"
        case .scorer(let problem): visible(problem, limit: 600)
        default: nil
        }
    }

    private func quoted(_ text: String) -> String { "\"\(visible(text, limit: 80))\"" }

    private func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.prefix(30).map { visible($0, limit: 40) }.joined(separator: ", ")
    }
}

/// The text with control characters made visible, cut at a number of characters.
private func visible(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars.prefix(limit).map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: "\u{FFFD}"
        default: String(scalar)
        }
    }
    return scalars.joined() + (text.unicodeScalars.count > limit ? "…" : "")
}

internal import TextFormats
internal import Verification
internal import Yams

extension EvaluationDefinition {
    /// The only version of the file's form so far.
    public static let schema = 1

    /// Reads a definition; see `docs/evaluations.md` for the keys.
    ///
    /// - Parameter file: names the text in errors.
    /// - Throws: ``EvaluationDefinitionError`` with the line, for anything that is unknown, missing or out of range.
    public init(
        yaml text: String, file: String = "", limits: EvaluationLimits = EvaluationLimits()
    ) throws(EvaluationDefinitionError) {
        do {
            let root = try Self.root(of: text, limits: limits)
            self = try DefinitionReader(limits: limits).definition(DefinitionNode(node: root, key: "the definition"))
        } catch {
            throw EvaluationDefinitionError(file: file, line: error.line, issue: error.issue)
        }
    }

    /// Reads a definition's file.
    public init(
        contentsOf path: String, limits: EvaluationLimits = EvaluationLimits()
    ) throws(EvaluationDefinitionError) {
        let bytes: [UInt8]
        do {
            bytes = try PromptSetFile(path: path, limit: limits.bytes).bytes
        } catch {
            throw EvaluationDefinitionError(file: path, issue: .unreadable(reason: "\(error.issue)"))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EvaluationDefinitionError(file: path, issue: .unreadable(reason: "the text is not UTF-8"))
        }
        try self.init(yaml: text, file: path, limits: limits)
    }

    private static func root(of text: String, limits: EvaluationLimits) throws(EvaluationDefinitionError) -> Node {
        guard text.utf8.count <= limits.bytes else {
            throw EvaluationDefinitionError(issue: .tooLarge(bytes: text.utf8.count, limit: limits.bytes))
        }
        // A byte order mark is no part of the text.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        if let line = YAMLSafety.lineOfAlias(in: text) { throw EvaluationDefinitionError(line: line, issue: .alias) }
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            throw EvaluationDefinitionError(parsing: error)
        }
        guard let root else { throw EvaluationDefinitionError(issue: .malformedYAML(problem: "the text is empty")) }
        guard root.depth(atMost: limits.depth) <= limits.depth else {
            throw EvaluationDefinitionError(issue: .nestedTooDeep(limit: limits.depth))
        }
        return root
    }
}

extension EvaluationDefinitionError {
    /// From the parser's own error, without the text that it quotes.
    fileprivate init(parsing error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, issue: .malformedYAML(problem: problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(line: context.mark.line, issue: .duplicateKeys(keys: duplicates))
        case .reader(let problem, _, _, _):
            self.init(issue: .malformedYAML(problem: problem))
        default:
            self.init(issue: .malformedYAML(problem: "the parser gave up"))
        }
    }
}

extension Node {
    /// Levels of lists and tables, counted no further than just beyond the limit.
    fileprivate func depth(atMost limit: Int) -> Int {
        guard limit >= 0 else { return 1 }
        switch self {
        case .scalar, .alias: return 0
        case .sequence(let nodes): return 1 + (nodes.map { $0.depth(atMost: limit - 1) }.max() ?? 0)
        case .mapping(let pairs):
            return 1
                + (pairs.map { max($0.key.depth(atMost: limit - 1), $0.value.depth(atMost: limit - 1)) }.max() ?? 0)
        }
    }
}

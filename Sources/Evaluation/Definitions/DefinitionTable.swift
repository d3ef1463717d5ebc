internal import Yams

/// Keys with values of which every one is known.
struct DefinitionTable {
    /// `the definition`, `"generation"`, …
    let place: String
    let line: Int?
    private let values: [String: DefinitionNode]

    init(_ node: DefinitionNode, place: String, allowed: [String]) throws(EvaluationDefinitionError) {
        let entries = try Self.entries(of: node, place: place)
        if let unknown = entries.first(where: { !allowed.contains($0.key) }) {
            let issue = EvaluationDefinitionIssue.unknownKey(key: unknown.key, place: place, allowed: allowed)
            throw EvaluationDefinitionError(line: unknown.line, issue: issue)
        }
        self.place = place
        line = node.line
        values = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(key: String) -> DefinitionNode? { values[key] }

    func required(_ key: String) throws(EvaluationDefinitionError) -> DefinitionNode {
        guard let value = values[key] else {
            throw EvaluationDefinitionError(line: line, issue: .missingKey(key: key, place: place))
        }
        return value
    }

    /// A table's keys and values in the order of the file; keys must be texts.
    static func entries(
        of node: DefinitionNode, place: String
    ) throws(EvaluationDefinitionError) -> [(key: String, line: Int?, value: DefinitionNode)] {
        guard case .mapping(let mapping) = node.node else {
            throw node.fault(.notATable(place: place, found: node.kind))
        }
        var entries: [(key: String, line: Int?, value: DefinitionNode)] = []
        for (name, value) in mapping {
            let key = try DefinitionNode(node: name, key: "a key of \(place)").text()
            entries.append((key, name.mark?.line, DefinitionNode(node: value, key: key)))
        }
        return entries
    }
}

internal import Yams

/// A value of a definition with the key that it stands under, so that every complaint names key and line.
struct DefinitionNode {
    let node: Node
    let key: String

    var line: Int? { node.mark?.line }

    var isScalar: Bool {
        if case .scalar(_) = node { true } else { false }
    }

    func fault(_ issue: EvaluationDefinitionIssue) -> EvaluationDefinitionError {
        EvaluationDefinitionError(line: line, issue: issue)
    }

    /// What the value is, for messages.
    var kind: String {
        switch node {
        case .mapping: "a table"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar):
            if scalar.style != .plain { "a text" } else { Self.kind(ofPlain: scalar.string) }
        }
    }

    private static func kind(ofPlain text: String) -> String {
        if isNull(text) { return "nothing" }
        if Int(text) != nil { return "a whole number" }
        if Double(text) != nil { return "a number" }
        return text == "true" || text == "false" ? "a Boolean" : "a text"
    }

    static func isNull(_ text: String) -> Bool {
        ["", "~", "null", "Null", "NULL"].contains(text)
    }

    func text() throws(EvaluationDefinitionError) -> String {
        guard case .scalar(let scalar) = node, scalar.style != .plain || !Self.isNull(scalar.string) else {
            throw fault(.wrongType(key: key, found: kind, allowed: "a text"))
        }
        guard !scalar.string.allSatisfy(\.isWhitespace) else { throw fault(.emptyText(key: key)) }
        guard !scalar.string.unicodeScalars.contains("\0") else {
            throw fault(.wrongType(key: key, found: "a text with a NUL in it", allowed: "a text"))
        }
        return scalar.string
    }

    func integer(in range: ClosedRange<Int>) throws(EvaluationDefinitionError) -> Int {
        let text = try plainNumber("a whole number")
        guard let value = Int(text) else {
            guard Double(text)?.isFinite ?? false else { throw typeFault("a whole number") }
            throw outOfRange(text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        guard range.contains(value) else {
            throw outOfRange(text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func seed() throws(EvaluationDefinitionError) -> UInt64 {
        let text = try plainNumber("a whole number")
        guard let value = UInt64(text) else {
            guard Double(text)?.isFinite ?? false else { throw typeFault("a whole number") }
            throw outOfRange(text, "a whole number from 0 to \(UInt64.max)")
        }
        return value
    }

    func number(in range: ClosedRange<Double>) throws(EvaluationDefinitionError) -> Double {
        let text = try plainNumber("a number")
        let isDecimal = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(text), value.isFinite else { throw typeFault("a number") }
        guard range.contains(value) else {
            throw outOfRange(text, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func oneOf<Value: RawRepresentable & CaseIterable>(
        _ type: Value.Type
    ) throws(EvaluationDefinitionError) -> Value where Value.RawValue == String {
        let text = try text()
        guard let value = Value(rawValue: text) else {
            throw fault(.unknownValue(key: key, found: text, allowed: Value.allCases.map(\.rawValue)))
        }
        return value
    }

    func items(limit: Int) throws(EvaluationDefinitionError) -> [DefinitionNode] {
        guard case .sequence(let sequence) = node else { throw typeFault("a list") }
        guard !sequence.isEmpty else { throw fault(.emptyList(key: key)) }
        guard sequence.count <= limit else { throw fault(.tooMany(key: key, found: sequence.count, limit: limit)) }
        return sequence.map { DefinitionNode(node: $0, key: key) }
    }

    func texts(limit: Int) throws(EvaluationDefinitionError) -> [String] {
        var texts: [String] = []
        for item in try items(limit: limit) { texts.append(try item.text()) }
        return texts
    }

    /// The value of a scorer's parameter, as it is spelled.
    func parameter() throws(EvaluationDefinitionError) -> String {
        guard case .scalar(let scalar) = node, scalar.style != .plain || !Self.isNull(scalar.string) else {
            throw fault(.wrongType(key: key, found: kind, allowed: "a text, a number or a Boolean"))
        }
        return scalar.string
    }

    private func plainNumber(_ allowed: String) throws(EvaluationDefinitionError) -> String {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { throw typeFault(allowed) }
        return scalar.string
    }

    private func typeFault(_ allowed: String) -> EvaluationDefinitionError {
        fault(.wrongType(key: key, found: kind, allowed: allowed))
    }

    private func outOfRange(_ found: String, _ allowed: String) -> EvaluationDefinitionError {
        fault(.outOfRange(key: key, found: found, allowed: allowed))
    }
}

/// The filters by name.
enum JinjaFilters {
    typealias Body = @Sendable (JinjaInterpreter, JinjaValue, JinjaArguments) throws -> JinjaValue

    static let all: [String: Body] =
        texts.merging(numbers) { first, _ in first }
        .merging(sequences) { first, _ in first }
        .merging(selections) { first, _ in first }
        .merging(orderings) { first, _ in first }

    /// An argument as an integer, or Python's complaint.
    static func integer(_ value: JinjaValue?, default standard: Int) throws -> Int {
        guard let value else { return standard }
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard let number = value.integerValue else {
            throw JinjaFailure.typeError(
                "\(value.typeName.pythonQuoted) object cannot be interpreted as an integer"
            )
        }
        return number
    }

    /// The steps of an attribute's path: `"a.b.0"` is a, b and index 0.
    static func attributePath(_ attribute: JinjaValue) -> [JinjaValue] {
        switch attribute {
        case .none: return []
        case .text(let text):
            return text.split(at: TracedText("."), limit: .max, fromEnd: false).map { part in
                guard part.isAll(\.isPythonDigit), let index = Int(part.string) else { return .text(part) }
                return .integer(index)
            }
        default: return [attribute]
        }
    }
}

extension JinjaInterpreter {
    /// Follows `path` from `value`; where a step finds nothing, `standard` takes its place.
    func follow(_ path: [JinjaValue], from value: JinjaValue, default standard: JinjaValue? = nil) throws -> JinjaValue
    {
        var current = value
        for step in path {
            current = try item(step, of: current)
            if current.isUndefined, let standard, !standard.isNone { current = standard }
        }
        return current
    }

    /// The value as a text, markup kept.
    func softString(_ value: JinjaValue) throws -> TracedText {
        if case .text(let text) = value { return text }
        return try string(value)
    }
}

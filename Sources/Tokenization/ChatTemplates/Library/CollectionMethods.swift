/// The methods of mappings that a template may call.
enum MappingMethods {
    typealias Body = @Sendable (JinjaInterpreter, JinjaMapping, JinjaArguments) throws -> JinjaValue

    /// Methods that the sandbox hides because they change the mapping.
    static let changing: Set<String> = ["clear", "pop", "popitem", "setdefault", "update"]

    static let all: [String: Body] = [
        "get": { _, mapping, arguments in
            let values = try arguments.bound(to: ["key", "default"], of: "get", required: 1)
            return try mapping.value(of: values[0] ?? .none) ?? values[1] ?? .none
        },
        "items": { try view($0, $1, $2, .items) },
        "keys": { try view($0, $1, $2, .keys) },
        "values": { try view($0, $1, $2, .values) },
        "copy": { _, mapping, _ in .mapping(mapping) },
    ]

    private static func view(
        _ interpreter: JinjaInterpreter,
        _ mapping: JinjaMapping,
        _ arguments: JinjaArguments,
        _ kind: JinjaMappingView.Kind
    ) throws -> JinjaValue {
        _ = try arguments.bound(to: [], of: "dict.\(kind)")
        return .view(JinjaMappingView(mapping: mapping, kind: kind))
    }
}

/// The methods of lists and tuples that a template may call.
enum SequenceMethods {
    typealias Body = @Sendable (JinjaInterpreter, JinjaSequence, JinjaArguments) throws -> JinjaValue

    /// Methods of lists that the sandbox hides because they change the list.
    static let changing: Set<String> = [
        "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
    ]

    static let all: [String: Body] = [
        "copy": { _, sequence, _ in .list(sequence) },
        "count": { interpreter, sequence, arguments in
            try interpreter.charge(sequence.weight)
            let value = try arguments.bound(to: ["value"], of: "count", required: 1)[0] ?? .none
            return .integer(sequence.items.count { $0.equals(value) })
        },
        "index": { interpreter, sequence, arguments in
            try interpreter.charge(sequence.weight)
            let value = try arguments.bound(to: ["value"], of: "index", required: 1)[0] ?? .none
            guard let index = sequence.items.firstIndex(where: { $0.equals(value) }) else {
                throw JinjaFailure.valueError("\(try interpreter.representation(value).redacted) is not in list")
            }
            return .integer(index)
        },
    ]
}

/// The tests by name: what follows `is`.
enum JinjaTests {
    typealias Body = @Sendable (JinjaInterpreter, JinjaValue, JinjaArguments) throws -> Bool

    static let all = kinds.merging(relations) { first, _ in first }

    private static let kinds: [String: Body] = [
        "defined": { _, value, _ in !value.isUndefined },
        "undefined": { _, value, _ in value.isUndefined },
        "none": { _, value, _ in value.isNone },
        "boolean": { _, value, _ in if case .boolean = value { true } else { false } },
        "true": { _, value, _ in if case .boolean(true) = value { true } else { false } },
        "false": { _, value, _ in if case .boolean(false) = value { true } else { false } },
        "integer": { _, value, _ in if case .integer = value { true } else { false } },
        "float": { _, value, _ in if case .float = value { true } else { false } },
        "number": { _, value, _ in JinjaNumber(value) != nil },
        "string": { _, value, _ in if case .text = value { true } else { false } },
        "mapping": { _, value, _ in if case .mapping = value { true } else { false } },
        "sequence": { _, value, _ in
            switch value {
            case .text, .list, .tuple, .mapping, .range, .undefined: true
            default: false
            }
        },
        "iterable": { _, value, _ in value.isIterable },
        "callable": { _, value, _ in
            switch value {
            case .function, .macro, .loop, .undefined: true
            default: false
            }
        },
        "escaped": { _, value, _ in if case .text(let text) = value { text.isMarkup } else { false } },
        "lower": { interpreter, value, _ in try interpreter.string(value).isLowercased },
        "upper": { interpreter, value, _ in try interpreter.string(value).isUppercased },
        "filter": { interpreter, value, _ in
            guard case .text(let name) = value else { return false }
            return JinjaFilters.all[name.string] != nil
        },
        "test": { interpreter, value, _ in
            guard case .text(let name) = value else { return false }
            return allNames.contains(name.string)
        },
    ]

    private static let relations: [String: Body] = [
        "odd": { interpreter, value, _ in try remainder(interpreter, value, .integer(2)).equals(.integer(1)) },
        "even": { interpreter, value, _ in try remainder(interpreter, value, .integer(2)).equals(.integer(0)) },
        "divisibleby": { interpreter, value, arguments in
            try remainder(interpreter, value, other(arguments, name: "num")).equals(.integer(0))
        },
        "sameas": { _, value, arguments in try value.isSame(as: other(arguments)) },
        "in": { interpreter, value, arguments in
            try interpreter.contains(value, in: other(arguments, name: "seq"))
        },
        "==": isEqual, "eq": isEqual, "equalto": isEqual,
        "!=": isNotEqual, "ne": isNotEqual,
        "<": { try isOrdered($0, $1, $2, .less) },
        "lt": { try isOrdered($0, $1, $2, .less) },
        "lessthan": { try isOrdered($0, $1, $2, .less) },
        "<=": { try isOrdered($0, $1, $2, .lessOrEqual) },
        "le": { try isOrdered($0, $1, $2, .lessOrEqual) },
        ">": { try isOrdered($0, $1, $2, .greater) },
        "gt": { try isOrdered($0, $1, $2, .greater) },
        "greaterthan": { try isOrdered($0, $1, $2, .greater) },
        ">=": { try isOrdered($0, $1, $2, .greaterOrEqual) },
        "ge": { try isOrdered($0, $1, $2, .greaterOrEqual) },
    ]

    private static let allNames = Set(relations.keys).union([
        "defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string",
        "mapping", "sequence", "iterable", "callable", "escaped", "lower", "upper", "filter", "test",
    ])

    private static let isEqual: Body = { interpreter, value, arguments in
        try interpreter.charge(value.weight / 4)
        return value.equals(try other(arguments))
    }

    private static let isNotEqual: Body = { interpreter, value, arguments in
        try interpreter.charge(value.weight / 4)
        return !value.equals(try other(arguments))
    }

    private static func isOrdered(
        _ interpreter: JinjaInterpreter,
        _ value: JinjaValue,
        _ arguments: JinjaArguments,
        _ ordering: JinjaValue.Ordering
    ) throws -> Bool {
        try interpreter.charge(value.weight / 4)
        return try value.isOrdered(ordering, other(arguments))
    }

    private static func other(_ arguments: JinjaArguments, name: String = "other") throws -> JinjaValue {
        try arguments.bound(to: [name], of: "test", required: 1)[0] ?? .none
    }

    private static func remainder(
        _ interpreter: JinjaInterpreter,
        _ value: JinjaValue,
        _ divisor: JinjaValue
    ) throws -> JinjaValue {
        try interpreter.apply(.modulo, value, divisor)
    }
}

extension JinjaValue {
    /// Python's `is`, as far as values without identity have one.
    fileprivate func isSame(as other: JinjaValue) -> Bool {
        typeName == other.typeName && equals(other)
    }
}

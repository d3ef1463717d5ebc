extension JinjaFilters {
    /// Filters that take their items one by one, when someone asks for them.
    static let selections: [String: Body] = [
        "map": map,
        "select": { try select($0, $1, $2, byAttribute: false, keeps: true) },
        "reject": { try select($0, $1, $2, byAttribute: false, keeps: false) },
        "selectattr": { try select($0, $1, $2, byAttribute: true, keeps: true) },
        "rejectattr": { try select($0, $1, $2, byAttribute: true, keeps: false) },
        "unique": unique,
    ]

    private typealias Change = (JinjaValue) throws -> JinjaValue?

    /// An iterator that prepares itself at the first item, as Python's generators do, and skips what becomes nil.
    private static func iterator(
        _ interpreter: JinjaInterpreter,
        over value: JinjaValue,
        _ prepare: @escaping () throws -> Change
    ) throws -> JinjaValue {
        var state: (source: JinjaIterator, change: Change)?
        var depth = 1
        if case .iterator(let source) = value { depth += source.depth }
        return try interpreter.keep(
            JinjaIterator(depth: depth) { [unowned interpreter] in
                guard value.isTrue else { return nil }
                let current = try state ?? (interpreter.iterator(over: value), prepare())
                state = current
                while let item = try current.source.next() {
                    try interpreter.charge(1)
                    if let changed = try current.change(item) { return changed }
                }
                return nil
            }
        )
    }

    private static let map: Body = { interpreter, value, arguments in
        try iterator(interpreter, over: value) { [unowned interpreter] in
            var arguments = arguments
            if arguments.positional.isEmpty, let index = arguments.named.firstIndex(where: { $0.name == "attribute" }) {
                let path = attributePath(arguments.named.remove(at: index).value)
                var standard: JinjaValue?
                if let index = arguments.named.firstIndex(where: { $0.name == "default" }) {
                    standard = arguments.named.remove(at: index).value
                }
                if let other = arguments.named.first {
                    throw JinjaFailure.filterArgument("Unexpected keyword argument \(other.name.pythonQuoted)")
                }
                return { try interpreter.follow(path, from: $0, default: standard) }
            }
            guard !arguments.positional.isEmpty else {
                throw JinjaFailure.filterArgument("map requires a filter argument")
            }
            let name = try interpreter.string(arguments.positional.removeFirst())
            guard let filter = JinjaFilters.all[name.string] else {
                throw JinjaFailure.python(
                    type: "TemplateRuntimeError",
                    message: "No filter named \(name.redacted.pythonQuoted)."
                )
            }
            return { try filter(interpreter, $0, arguments) }
        }
    }

    private static func select(
        _ interpreter: JinjaInterpreter,
        _ value: JinjaValue,
        _ arguments: JinjaArguments,
        byAttribute: Bool,
        keeps: Bool
    ) throws -> JinjaValue {
        try iterator(interpreter, over: value) { [unowned interpreter] in
            var arguments = arguments
            var path: [JinjaValue] = []
            if byAttribute {
                guard !arguments.positional.isEmpty else {
                    throw JinjaFailure.filterArgument("Missing parameter for attribute name")
                }
                path = attributePath(arguments.positional.removeFirst())
            }
            guard !arguments.positional.isEmpty else {
                return { try interpreter.follow(path, from: $0).isTrue == keeps ? $0 : nil }
            }
            let name = try interpreter.string(arguments.positional.removeFirst())
            guard let test = JinjaTests.all[name.string] else {
                throw JinjaFailure.python(
                    type: "TemplateRuntimeError",
                    message: "No test named \(name.redacted.pythonQuoted)."
                )
            }
            return { try test(interpreter, interpreter.follow(path, from: $0), arguments) == keeps ? $0 : nil }
        }
    }

    private static let unique: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: "do_unique")
        let isCaseSensitive = values[0]?.isTrue ?? false
        let path = values[1].map { attributePath($0) } ?? []
        let isEmpty = !value.isTrue
        if isEmpty { _ = try interpreter.iterator(over: value) }
        return try iterator(interpreter, over: value) { [unowned interpreter] in
            var seen: Set<JinjaKey> = []
            return { item in
                let key = try interpreter.follow(path, from: item).comparable(isCaseSensitive: isCaseSensitive)
                return seen.insert(try JinjaKey(key)).inserted ? item : nil
            }
        }
    }
}

extension JinjaValue {
    /// The value for comparing: texts in lower case unless case matters.
    func comparable(isCaseSensitive: Bool) -> JinjaValue {
        guard !isCaseSensitive, case .text(let text) = self else { return self }
        return .text(text.lowercased())
    }
}

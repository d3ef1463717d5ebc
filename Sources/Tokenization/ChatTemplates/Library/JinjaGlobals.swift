/// The functions that every template can call.
enum JinjaGlobals {
    /// The longest range that the sandbox allows.
    static let longestRange = 100_000

    /// - Parameter now: what `strftime_now` tells. Without it the name is undefined, and calling it says what to do.
    static func all(now: CivilTime?) -> [String: JinjaValue] {
        let functions: [(String, JinjaFunction.Body)] = [
            ("range", range), ("dict", dictionary), ("namespace", namespace),
            ("raise_exception", raiseException), ("joiner", joiner),
        ]
        var values: [String: JinjaValue] = Dictionary(
            uniqueKeysWithValues: functions.map { ($0, .function(JinjaFunction(name: $0, body: $1))) })
        values["strftime_now"] = now.map(formatter) ?? .undefined(noDate)
        return values
    }

    private static let noDate = JinjaUndefined(
        message: "The template asks for the date, and none was given. Give one as YYYY-MM-DD: with --date, or under "
            + "the key date of an evaluation or a recipe.")

    private static func range(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments) throws -> JinjaValue {
        let numbers = try arguments.positional.map { value in
            guard let number = value.integerValue else {
                throw JinjaFailure.typeError(
                    "\(value.typeName.pythonQuoted) object cannot be interpreted as an integer"
                )
            }
            return number
        }
        guard (1...3).contains(numbers.count), arguments.named.isEmpty else {
            throw JinjaFailure.typeError("range expected at least 1 argument, got \(numbers.count)")
        }
        let start = numbers.count > 1 ? numbers[0] : 0
        let stop = numbers.count > 1 ? numbers[1] : numbers[0]
        let step = numbers.count > 2 ? numbers[2] : 1
        guard step != 0 else { throw JinjaFailure.valueError("range() arg 3 must not be zero") }
        let isEmpty = step > 0 ? start >= stop : start <= stop
        let distance = (step > 0 ? stop : start).subtractingReportingOverflow(step > 0 ? start : stop)
        let count = isEmpty ? 0 : (distance.partialValue.magnitude - 1) / step.magnitude + 1
        guard isEmpty || (!distance.overflow && count <= longestRange) else {
            throw JinjaFailure.python(
                type: "OverflowError",
                message: "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(longestRange))."
            )
        }
        return .range(JinjaRange(start: start, stop: stop, step: step, count: Int(count)))
    }

    private static func dictionary(
        _ interpreter: JinjaInterpreter,
        _ arguments: JinjaArguments
    ) throws -> JinjaValue {
        .mapping(try mapping(interpreter, arguments))
    }

    private static func mapping(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments) throws -> JinjaMapping {
        var result = JinjaMapping()
        let limits = interpreter.limits
        guard arguments.positional.count <= 1 else {
            throw JinjaFailure.typeError(
                "dict expected at most 1 argument, got \(arguments.positional.count)"
            )
        }
        if case .mapping(let mapping)? = arguments.positional.first {
            result = mapping
        } else if let pairs = arguments.positional.first {
            for (index, pair) in try interpreter.items(of: pairs).enumerated() {
                let items = try interpreter.items(of: pair)
                guard items.count == 2 else {
                    throw JinjaFailure.valueError(
                        "dictionary update sequence element #\(index) has length \(items.count); 2 is required"
                    )
                }
                try result.set(items[0], to: items[1], limits: limits)
            }
        }
        for (name, value) in arguments.named { try result.set(.text(name), to: value, limits: limits) }
        return result
    }

    private static func namespace(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments) throws -> JinjaValue {
        let mapping = try mapping(interpreter, arguments)
        var values: [String: JinjaValue] = [:]
        for (key, value) in zip(mapping.keys, mapping.values) {
            guard case .text(let name) = key else { continue }
            try checkNamespaceAttribute(name.string)
            values[name.string] = value
        }
        return interpreter.keep(JinjaNamespace(values))
    }

    /// Refuses names that begin with an underscore, as Hugging Face does.
    static func checkNamespaceAttribute(_ name: String) throws {
        guard name.hasPrefix("_") else { return }
        throw JinjaFailure.forbidden(
            "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                + "\(name.pythonQuoted). Please rename the attribute."
        )
    }

    private static func raiseException(
        _ interpreter: JinjaInterpreter,
        _ arguments: JinjaArguments
    ) throws -> JinjaValue {
        let message = try arguments.bound(to: ["message"], of: "raise_exception", required: 1)[0] ?? .none
        throw JinjaFailure.raised(try interpreter.string(message).redacted)
    }

    private static func formatter(_ now: CivilTime) -> JinjaValue {
        .function(
            JinjaFunction(name: "strftime_now") { _, arguments in
                let format = try arguments.bound(to: ["format"], of: "strftime_now", required: 1)[0]
                guard case .text(let format)? = format else {
                    throw JinjaFailure.typeError("strftime() argument 1 must be str")
                }
                return .text(now.formatted(format.string))
            }
        )
    }

    private static func joiner(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments) throws -> JinjaValue {
        let separator = try arguments.bound(to: ["sep"], of: "joiner")[0] ?? .text(", ")
        var isUsed = false
        return .function(
            JinjaFunction(name: "joiner") { _, _ in
                defer { isUsed = true }
                return isUsed ? separator : .text("")
            }
        )
    }
}

/// The methods of texts that a template may call: those of Python's `str`.
enum TextMethods {
    typealias Body = @Sendable (JinjaInterpreter, TracedText, JinjaArguments) throws -> JinjaValue

    static let all = searching.merging(parting) { first, _ in first }.merging(changing) { first, _ in first }

    private static let searching: [String: Body] = [
        "startswith": { _, text, arguments in
            try matches(text, arguments, name: "startswith") { $0.matches($1, at: 0) }
        },
        "endswith": { _, text, arguments in
            try matches(text, arguments, name: "endswith") { $0.matches($1, at: $0.count - $1.count) }
        },
        "find": { _, text, arguments in
            .integer(try find(text, arguments, name: "find", fromEnd: false) ?? -1)
        },
        "rfind": { _, text, arguments in
            .integer(try find(text, arguments, name: "rfind", fromEnd: true) ?? -1)
        },
        "index": { _, text, arguments in
            .integer(try found(find(text, arguments, name: "index", fromEnd: false)))
        },
        "rindex": { _, text, arguments in
            .integer(try found(find(text, arguments, name: "rindex", fromEnd: true)))
        },
        "count": { _, text, arguments in
            let (needle, range) = try searchArguments(text, arguments, name: "count")
            guard let range else { return .integer(0) }
            return .integer(text[range].occurrences(of: needle).count)
        },
        "isalpha": { _, text, _ in .boolean(text.isAll(\.isPythonLetter)) },
        "isalnum": { _, text, _ in .boolean(text.isAll { $0.isPythonLetter || $0.isPythonNumeric }) },
        "isascii": { _, text, _ in .boolean(text.scalars.allSatisfy(\.isASCII)) },
        "isdecimal": { _, text, _ in .boolean(text.isAll(\.isPythonDecimal)) },
        "isdigit": { _, text, _ in .boolean(text.isAll(\.isPythonDigit)) },
        "isnumeric": { _, text, _ in .boolean(text.isAll(\.isPythonNumeric)) },
        "isspace": { _, text, _ in .boolean(text.isAll(\.isPythonWhitespace)) },
        "islower": { _, text, _ in .boolean(text.isLowercased) },
        "isupper": { _, text, _ in .boolean(text.isUppercased) },
        "istitle": { _, text, _ in .boolean(text.isTitled) },
    ]

    private static let changing: [String: Body] = [
        "upper": { interpreter, text, _ in .text(try bounded(interpreter, text.uppercased())) },
        "lower": { interpreter, text, _ in .text(try bounded(interpreter, text.lowercased())) },
        "casefold": { interpreter, text, _ in .text(try bounded(interpreter, text.lowercased())) },
        "title": { interpreter, text, _ in .text(try bounded(interpreter, text.titled())) },
        "capitalize": { interpreter, text, _ in .text(try bounded(interpreter, text.capitalized())) },
        "swapcase": { interpreter, text, _ in .text(try bounded(interpreter, text.withSwappedCase())) },
        "strip": { _, text, arguments in
            .text(try strip(text, arguments, name: "strip", leading: true, trailing: true))
        },
        "lstrip": { _, text, arguments in
            .text(try strip(text, arguments, name: "lstrip", leading: true, trailing: false))
        },
        "rstrip": { _, text, arguments in
            .text(try strip(text, arguments, name: "rstrip", leading: false, trailing: true))
        },
        "replace": replace,
        "join": { interpreter, separator, arguments in
            let iterable = try arguments.bound(to: ["iterable"], of: "join", required: 1)[0] ?? .none
            return .text(try interpreter.join(items: interpreter.items(of: iterable), by: separator))
        },
        "format": { interpreter, text, arguments in
            .text(try BraceFormat(interpreter: interpreter).apply(text, to: arguments))
        },
        "removeprefix": removePrefix,
        "removesuffix": removeSuffix,
        "center": { interpreter, text, arguments in
            try pad(interpreter, text, arguments, name: "center") { missing, width in
                missing / 2 + (missing & width & 1)
            }
        },
        "ljust": { interpreter, text, arguments in
            try pad(interpreter, text, arguments, name: "ljust") { _, _ in 0 }
        },
        "rjust": { interpreter, text, arguments in
            try pad(interpreter, text, arguments, name: "rjust") { missing, _ in missing }
        },
        "zfill": zeroFill,
    ]

    private static let parting: [String: Body] = [
        "split": { interpreter, text, arguments in
            try split(interpreter, text, arguments, name: "split", fromEnd: false)
        },
        "rsplit": { interpreter, text, arguments in
            try split(interpreter, text, arguments, name: "rsplit", fromEnd: true)
        },
        "splitlines": { interpreter, text, arguments in
            let keepsEnds = try arguments.bound(to: ["keepends"], of: "splitlines")[0]?.isTrue ?? false
            return try interpreter.list(text.lines(keepingEnds: keepsEnds).map { .text($0) })
        },
        "partition": { interpreter, text, arguments in
            try partition(interpreter, text, arguments, name: "partition", fromEnd: false)
        },
        "rpartition": { interpreter, text, arguments in
            try partition(interpreter, text, arguments, name: "rpartition", fromEnd: true)
        },
    ]
}

extension TextMethods {
    private static func bounded(_ interpreter: JinjaInterpreter, _ text: TracedText) throws -> TracedText {
        try interpreter.checkTextLength(text.count)
        return text
    }

    /// The argument as a text, or Python's complaint.
    private static func argument(_ value: JinjaValue?, of name: String, number: Int? = nil) throws -> TracedText {
        guard case .text(let text)? = value else {
            let type = value?.typeName ?? "NoneType"
            let position = number.map { " \($0)" } ?? ""
            throw JinjaFailure.typeError("\(name) argument\(position) must be str, not \(type)")
        }
        return text
    }

    private static func integer(_ value: JinjaValue?, default standard: Int = 0) throws -> Int {
        guard let value else { return standard }
        guard let number = value.integerValue else {
            throw JinjaFailure.typeError(
                "\(value.typeName.pythonQuoted) object cannot be interpreted as an integer"
            )
        }
        return number
    }

    private static let replace: Body = { interpreter, text, arguments in
        let values = try arguments.bound(to: ["old", "new", "count"], of: "replace", required: 2)
        let count = try integer(values[2], default: -1)
        let old = try argument(values[0], of: "replace()", number: 1)
        let new = try argument(values[1], of: "replace()", number: 2)
        return .text(try interpreter.replacing(old, with: new, in: text, count: count))
    }

    private static let removePrefix: Body = { _, text, arguments in
        let value = try arguments.bound(to: ["prefix"], of: "removeprefix", required: 1)[0]
        let part = try argument(value, of: "removeprefix()")
        return .text(text.matches(part, at: 0) ? text[from: part.count] : text)
    }

    private static let removeSuffix: Body = { _, text, arguments in
        let value = try arguments.bound(to: ["suffix"], of: "removesuffix", required: 1)[0]
        let part = try argument(value, of: "removesuffix()")
        let end = text.count - part.count
        return .text(text.matches(part, at: end) ? text[0..<end] : text)
    }

    private static let zeroFill: Body = { interpreter, text, arguments in
        let width = try integer(arguments.bound(to: ["width"], of: "zfill", required: 1)[0])
        try interpreter.checkTextLength(width)
        let sign = text.scalars.first == "-" || text.scalars.first == "+" ? 1 : 0
        var result = text[0..<sign]
        result.append(String(repeating: "0", count: max(0, width - text.count)))
        result.append(text[from: sign])
        return .text(result)
    }

    private static func strip(
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        leading: Bool,
        trailing: Bool
    ) throws -> TracedText {
        let characters = try arguments.bound(to: ["chars"], of: name)[0] ?? .none
        if characters.isNone { return text.stripped(leading: leading, trailing: trailing) }
        guard case .text(let set) = characters else {
            throw JinjaFailure.typeError("\(name) arg must be None or str")
        }
        let members = Set(set.scalars)
        return text.stripped(leading: leading, trailing: trailing) { members.contains($0) }
    }

    private static func searchArguments(
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String
    ) throws -> (needle: TracedText, range: Range<Int>?) {
        let values = try arguments.bound(to: ["sub", "start", "end"], of: name, required: 1)
        guard case .text(let needle)? = values[0] else {
            throw JinjaFailure.typeError("must be str, not \(values[0]?.typeName ?? "NoneType")")
        }
        return (needle, try searchRange(text, values[1], values[2]))
    }

    /// The part of the text to search, or nil when the bounds leave nothing, not even an empty match.
    private static func searchRange(
        _ text: TracedText,
        _ start: JinjaValue?,
        _ end: JinjaValue?
    ) throws -> Range<Int>? {
        func bound(_ value: JinjaValue?) throws -> Int? {
            guard let value, !value.isNone else { return nil }
            return try integer(value)
        }
        let first = try bound(start)
        let indices = SliceIndices(start: first, stop: try bound(end), step: 1, count: text.count)
        guard (first ?? 0) <= text.count, indices.start <= indices.stop else { return nil }
        return indices.start..<indices.stop
    }

    private static func find(
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        fromEnd: Bool
    ) throws -> Int? {
        let (needle, range) = try searchArguments(text, arguments, name: name)
        guard let range else { return nil }
        return fromEnd ? text.lastIndex(of: needle, in: range) : text.firstIndex(of: needle, in: range)
    }

    private static func found(_ index: Int?) throws -> Int {
        guard let index else { throw JinjaFailure.valueError("substring not found") }
        return index
    }

    private static func matches(
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        where isMatch: (TracedText, TracedText) -> Bool
    ) throws -> JinjaValue {
        let values = try arguments.bound(to: ["prefix", "start", "end"], of: name, required: 1)
        let candidates: [JinjaValue]
        switch values[0] {
        case .text?: candidates = values[0].map { [$0] } ?? []
        case .tuple(let sequence)?: candidates = sequence.items
        default:
            throw JinjaFailure.typeError(
                "\(name) first arg must be str or a tuple of str, not \(values[0]?.typeName ?? "NoneType")"
            )
        }
        guard let range = try searchRange(text, values[1], values[2]) else { return .boolean(false) }
        let part = text[range]
        for candidate in candidates {
            guard case .text(let needle) = candidate else {
                throw JinjaFailure.typeError(
                    "tuple for \(name) must only contain str, not \(candidate.typeName)"
                )
            }
            if isMatch(part, needle) { return .boolean(true) }
        }
        return .boolean(false)
    }

    private static func split(
        _ interpreter: JinjaInterpreter,
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        fromEnd: Bool
    ) throws -> JinjaValue {
        let values = try arguments.bound(to: ["sep", "maxsplit"], of: name)
        let limit = try integer(values[1], default: -1)
        let most = limit < 0 ? Int.max : limit
        try interpreter.charge(text.count / 8)
        let pieces: [TracedText]
        switch values[0] ?? .none {
        case .none: pieces = text.splitAtWhitespace(limit: most, fromEnd: fromEnd)
        case .text(let separator):
            guard !separator.isEmpty else { throw JinjaFailure.valueError("empty separator") }
            pieces = text.split(at: separator, limit: most, fromEnd: fromEnd)
        case let other: throw JinjaFailure.typeError("must be str or None, not \(other.typeName)")
        }
        return try interpreter.list(pieces.map { .text($0) })
    }

    private static func partition(
        _ interpreter: JinjaInterpreter,
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        fromEnd: Bool
    ) throws -> JinjaValue {
        let separator = try argument(arguments.bound(to: ["sep"], of: name, required: 1)[0], of: name)
        guard !separator.isEmpty else { throw JinjaFailure.valueError("empty separator") }
        let all = 0..<text.count
        let index = fromEnd ? text.lastIndex(of: separator, in: all) : text.firstIndex(of: separator, in: all)
        var parts = [text, TracedText(), TracedText()]
        if let index {
            let end = index + separator.count
            parts = [text[0..<index], text[index..<end], text[from: end]]
        } else if fromEnd {
            parts.reverse()
        }
        return .tuple(try JinjaSequence(parts.map { .text($0) }, limits: interpreter.limits))
    }

    private static func pad(
        _ interpreter: JinjaInterpreter,
        _ text: TracedText,
        _ arguments: JinjaArguments,
        name: String,
        left: (_ missing: Int, _ width: Int) -> Int
    ) throws -> JinjaValue {
        let values = try arguments.bound(to: ["width", "fillchar"], of: name, required: 1)
        let width = try integer(values[0])
        try interpreter.checkTextLength(width)
        let fill = try values[1].map { try argument($0, of: "\(name)()") } ?? TracedText(" ")
        guard fill.count == 1 else {
            throw JinjaFailure.typeError("The fill character must be exactly one character long")
        }
        return .text(text.padded(to: width, with: fill.scalars[0], left: left(max(0, width - text.count), width)))
    }
}

extension JinjaInterpreter {
    func replacing(
        _ old: TracedText,
        with new: TracedText,
        in text: TracedText,
        count: Int
    ) throws -> TracedText {
        try charge(text.count / 8)
        let found = text.occurrences(of: old, limit: count < 0 ? .max : count)
        let (growth, overflow) = found.count.multipliedReportingOverflow(by: new.count)
        try checkTextLength(overflow ? .max : growth.addingReportingOverflow(text.count).partialValue)
        var result = TracedText()
        result.isMarkup = text.isMarkup
        var start = 0
        for index in found {
            result.append(text, range: start..<index)
            result.append(new)
            start = index + old.count
        }
        result.append(text, range: start..<text.count)
        return result
    }

    /// Python's `separator.join(items)`, for texts only.
    func join(items: [JinjaValue], by separator: TracedText) throws -> TracedText {
        var result = TracedText()
        for (index, item) in items.enumerated() {
            guard case .text(let text) = item else {
                throw JinjaFailure.typeError(
                    "sequence item \(index): expected str instance, \(item.typeName) found"
                )
            }
            if index > 0 { result.append(separator) }
            result.append(separator.isMarkup ? text.escapedUnlessMarkup() : text)
            try checkTextLength(result.count)
        }
        result.isMarkup = separator.isMarkup
        return result
    }
}

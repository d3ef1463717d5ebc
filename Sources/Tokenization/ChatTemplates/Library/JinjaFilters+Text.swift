extension JinjaFilters {
    static let texts: [String: Body] = [
        "upper": { interpreter, value, _ in .text(try interpreter.softString(value).uppercased()) },
        "lower": { interpreter, value, _ in .text(try interpreter.softString(value).lowercased()) },
        "capitalize": { interpreter, value, _ in .text(try interpreter.softString(value).capitalized()) },
        "title": { interpreter, value, _ in .text(try interpreter.softString(value).withTitledWords()) },
        "string": { interpreter, value, _ in .text(try interpreter.softString(value)) },
        "trim": trim,
        "replace": replace,
        "indent": indent,
        "join": join,
        "format": { interpreter, value, arguments in
            .text(try PercentFormat(interpreter: interpreter).apply(interpreter.softString(value), arguments))
        },
        "safe": { interpreter, value, _ in
            var text = try interpreter.string(value)
            text.isMarkup = true
            return .text(text)
        },
        "escape": escape,
        "e": escape,
        "forceescape": { interpreter, value, _ in .text(try interpreter.string(value).escaped()) },
        "center": { interpreter, value, arguments in
            let width = try integer(arguments.bound(to: ["width"], of: "do_center")[0], default: 80)
            let padding = JinjaArguments(positional: [.integer(width)])
            return try TextMethods.all["center"]?(interpreter, interpreter.softString(value), padding) ?? value
        },
        "truncate": truncate,
        "wordcount": { interpreter, value, _ in
            let text = try interpreter.softString(value)
            var isInWord = false
            var count = 0
            for scalar in text.scalars {
                if scalar.isPythonWord, !isInWord { count += 1 }
                isInWord = scalar.isPythonWord
            }
            return .integer(count)
        },
        "urlencode": { interpreter, value, _ in .text(try interpreter.string(value).percentEncoded()) },
        "tojson": { interpreter, value, arguments in
            .text(try JSONText(interpreter: interpreter, arguments: arguments).text(of: value))
        },
    ]

    private static let escape: Body = { interpreter, value, _ in
        .text(try interpreter.softString(value).escapedUnlessMarkup())
    }

    private static let trim: Body = { interpreter, value, arguments in
        let characters = try arguments.bound(to: ["chars"], of: "do_trim")[0]
        let text = try interpreter.softString(value)
        guard let characters, !characters.isNone else { return .text(text.stripped()) }
        guard case .text(let set) = characters else {
            throw JinjaFailure.typeError("strip arg must be None or str")
        }
        let members = Set(set.scalars)
        return .text(text.stripped { members.contains($0) })
    }

    private static let replace: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["old", "new", "count"], of: "do_replace", required: 2)
        let count = values[2].map { $0.isNone ? .integer(-1) : $0 }
        return .text(
            try interpreter.replacing(
                interpreter.string(values[0] ?? .none),
                with: interpreter.string(values[1] ?? .none),
                in: interpreter.string(value),
                count: integer(count, default: -1)
            )
        )
    }

    private static let indent: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["width", "first", "blank"], of: "do_indent")
        guard case .text(let text) = value else {
            if case .undefined(let undefined) = value { throw undefined.failure }
            throw JinjaFailure.typeError(
                "unsupported operand type(s) for +=: \(value.typeName.pythonQuoted) and 'str'"
            )
        }
        var indentation = TracedText()
        if case .text(let given)? = values[0] {
            indentation = given
        } else {
            let width = max(0, try integer(values[0], default: 4))
            try interpreter.checkTextLength(width)
            indentation.append(String(repeating: " ", count: width))
        }
        let lines = (text + TracedText("\n")).lines()
        let (growth, overflow) = lines.count.multipliedReportingOverflow(by: indentation.count + 1)
        try interpreter.checkTextLength(overflow ? .max : growth.addingReportingOverflow(text.count).partialValue)
        let indentsBlank = values[2]?.isTrue ?? false
        var result = values[1]?.isTrue ?? false ? indentation : TracedText()
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result.append("\n")
                if indentsBlank || !line.isEmpty { result.append(indentation) }
            }
            result.append(line)
        }
        result.isMarkup = text.isMarkup
        return .text(result)
    }

    private static let join: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["d", "attribute"], of: "do_join")
        let separator = try values[0].map { try interpreter.string($0) } ?? TracedText()
        let path = values[1].map { attributePath($0) } ?? []
        let iterator = try interpreter.iterator(over: value)
        var result = TracedText()
        var isFirst = true
        while let item = try iterator.next() {
            try interpreter.charge(1 + separator.count / 16)
            if !isFirst { result.append(separator) }
            isFirst = false
            result.append(try interpreter.string(interpreter.follow(path, from: item)))
            try interpreter.checkTextLength(result.count)
        }
        return .text(result)
    }

    private static let truncate: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["length", "killwords", "end", "leeway"], of: "do_truncate")
        let text = try interpreter.softString(value)
        let length = try integer(values[0], default: 255)
        let end = try values[2].map { try interpreter.string($0) } ?? TracedText("...")
        let leeway = try integer(values[3].flatMap { $0.isNone ? nil : $0 }, default: 5)
        guard length >= end.count else {
            throw JinjaFailure.python(
                type: "AssertionError",
                message: "expected length >= \(end.count), got \(length)"
            )
        }
        guard leeway >= 0 else {
            throw JinjaFailure.python(type: "AssertionError", message: "expected leeway >= 0, got \(leeway)")
        }
        guard text.count > length, text.count - length > leeway else { return .text(text) }
        let head = text[0..<length - end.count]
        if values[1]?.isTrue ?? false { return .text(head + end) }
        return .text((head.split(at: TracedText(" "), limit: 1, fromEnd: true).first ?? head) + end)
    }
}

extension TracedText {
    /// jinja2's `title` filter: words begin after whitespace, a hyphen or an opening bracket.
    fileprivate func withTitledWords() -> TracedText {
        mapScalars { index, scalar, output in
            let startsWord = index == 0 || self.scalars[index - 1].separatesTitledWords
            let mapping = startsWord ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            output.append(contentsOf: mapping.unicodeScalars)
        }
    }

    /// UTF-8 bytes other than unreserved ones and `/` as `%XX`.
    fileprivate func percentEncoded() -> TracedText {
        mapScalars { _, scalar, output in
            let isKept = scalar.isASCIIDigit || scalar.isIn("a"..."z") || scalar.isIn("A"..."Z")
            if isKept || "_.-~/".unicodeScalars.contains(scalar) {
                output.append(scalar)
            } else {
                for byte in String(scalar).utf8 {
                    let code = UInt32(byte).hexadecimal(width: 2).uppercased()
                    output.append(contentsOf: "%\(code)".unicodeScalars)
                }
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var separatesTitledWords: Bool {
        isPythonWhitespace || self == "-" || self == "(" || self == "{" || self == "[" || self == "<"
    }
}

extension JinjaLexer {
    /// Splits the inside of `{% … %}` or `{{ … }}`, its opening already behind.
    mutating func lexTag(_ opening: JinjaToken.Kind, closedBy closing: JinjaToken.Kind) throws(ChatTemplateError) {
        emit(opening)
        var brackets: [JinjaToken.Symbol] = []
        while position < source.count {
            let startLine = line
            if brackets.isEmpty, closing == .blockEnd ? skipBlockEnd(closing: "%}") : skipVariableEnd() {
                emit(closing, line: startLine)
                return
            }
            try lexInsideTag(brackets: &brackets)
        }
    }

    private mutating func skipVariableEnd() -> Bool {
        if isAt("}}") {
            advance(2)
            return true
        }
        guard isAt("-}}") else { return false }
        advance(3)
        skipWhitespace()
        return true
    }

    private mutating func lexInsideTag(brackets: inout [JinjaToken.Symbol]) throws(ChatTemplateError) {
        guard let scalar = peek() else { return }
        if scalar.isPythonWhitespace {
            skipWhitespace()
        } else if scalar.isASCIIDigit {
            try lexNumber()
        } else if scalar == "_" || scalar.properties.isXIDStart {
            lexName()
        } else if (scalar == "'" || scalar == "\""), let end = stringEnd() {
            try lexString(end: end)
        } else if let symbol = symbolHere() {
            try balance(symbol, brackets: &brackets)
            emit(.symbol(symbol))
            advance(symbol.rawValue.unicodeScalars.count)
        } else {
            let quoted = TracedText([scalar], origin: .template).pythonRepresentation.string
            throw failure("unexpected char \(quoted) at \(position)")
        }
    }

    private mutating func lexName() {
        let start = position
        let startLine = line
        while let scalar = peek(), scalar.properties.isXIDContinue { advance(1) }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[start..<position])
        emit(.name(String(view)), line: startLine)
    }

    private func symbolHere() -> JinjaToken.Symbol? {
        JinjaToken.Symbol.allCases.first { symbol in
            symbol.rawValue.unicodeScalars.enumerated().allSatisfy { peek($0.offset) == $0.element }
        }
    }

    private func balance(
        _ symbol: JinjaToken.Symbol,
        brackets: inout [JinjaToken.Symbol]
    ) throws(ChatTemplateError) {
        if let closing = symbol.closing { brackets.append(closing) }
        guard symbol.isClosing else { return }
        guard let expected = brackets.popLast() else { throw failure("unexpected '\(symbol.rawValue)'") }
        guard expected == symbol else {
            throw failure("unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'")
        }
    }

    /// The index after the string that begins here, or nil when it never ends.
    private func stringEnd() -> Int? {
        let quote = source[position]
        var index = position + 1
        while index < source.count {
            if source[index] == quote { return index + 1 }
            index += source[index] == "\\" ? 2 : 1
        }
        return nil
    }

    private mutating func lexString(end: Int) throws(ChatTemplateError) {
        let body = source[position + 1..<end - 1]
        guard let text = PythonStringLiteral.unescape(Array(body)) else {
            throw failure(PythonStringLiteral.complaint(about: Array(body)))
        }
        emit(.string(text))
        advance(end - position)
    }
}

extension JinjaLexer {
    /// Reads an integer in base 2, 8, 10 or 16, or a float; `_` may stand between digits.
    private mutating func lexNumber() throws(ChatTemplateError) {
        if let length = floatLength() {
            emit(.float(Double(spelling(length)) ?? .infinity))
            return advance(length)
        }
        let (length, radix) = integerLength()
        let digits = spelling(length).dropFirst(radix == 10 ? 0 : 2)
        guard let value = Int(digits, radix: radix) else {
            throw .limit(.integerSize, allowed: Int.bitWidth, line: line)
        }
        emit(.integer(value))
        advance(length)
    }

    private func spelling(_ length: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[position..<position + length].filter { $0 != "_" })
        return String(view)
    }

    /// The length of `1.5`, `1e5` or `1.5e-5` when one stands here; not right after a dot.
    private func floatLength() -> Int? {
        if position > 0, source[position - 1] == "." { return nil }
        guard let whole = digitsEnd(position, where: \.isASCIIDigit) else { return nil }
        var end = whole
        if at(whole) == ".", let fraction = digitsEnd(whole + 1, where: \.isASCIIDigit) { end = fraction }
        if at(end) == "e" || at(end) == "E" {
            let signed = at(end + 1) == "+" || at(end + 1) == "-"
            if let exponent = digitsEnd(end + (signed ? 2 : 1), where: \.isASCIIDigit) { end = exponent }
        }
        return end > whole ? end - position : nil
    }

    private func integerLength() -> (length: Int, radix: Int) {
        let prefixes: [(Unicode.Scalar, Unicode.Scalar, Int)] = [("b", "B", 2), ("o", "O", 8), ("x", "X", 16)]
        for (lower, upper, radix) in prefixes where at(position) == "0" {
            guard at(position + 1) == lower || at(position + 1) == upper else { continue }
            let start = position + (at(position + 2) == "_" ? 3 : 2)
            let end = digitsEnd(start) { $0.isASCIIHexDigit && Int(String($0), radix: radix) != nil }
            if let end { return (end - position, radix) }
        }
        let isZero = at(position) == "0"
        let end = digitsEnd(position) { isZero ? $0 == "0" : $0.isASCIIDigit }
        return ((end ?? position + 1) - position, 10)
    }

    private func at(_ index: Int) -> Unicode.Scalar? { index < source.count ? source[index] : nil }

    /// The end of the digits that begin at `start`, single underscores between them allowed.
    private func digitsEnd(_ start: Int, where isDigit: (Unicode.Scalar) -> Bool) -> Int? {
        guard let first = at(start), isDigit(first) else { return nil }
        var end = start + 1
        while let scalar = at(end) {
            if isDigit(scalar) {
                end += 1
            } else if scalar == "_", let next = at(end + 1), isDigit(next) {
                end += 2
            } else {
                break
            }
        }
        return end
    }
}

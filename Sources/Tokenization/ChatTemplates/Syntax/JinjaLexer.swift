/// Splits a template into tokens, with `trim_blocks` and `lstrip_blocks` on.
///
/// Line breaks become `\n` and one at the very end is dropped. A complaint is kept until the parser gets there, so
/// that the first mistake in the text is the one reported.
struct JinjaLexer {
    let source: [Unicode.Scalar]
    var position = 0
    var line = 1
    var tokens: [JinjaToken] = []
    private var isAtLineStart = true

    init(_ text: String) {
        source = Self.normalized(text)
    }

    /// All tokens up to the first mistake, ending with `.end` when there is none.
    static func tokenize(_ text: String) -> (tokens: [JinjaToken], failure: ChatTemplateError?) {
        var lexer = JinjaLexer(text)
        do throws(ChatTemplateError) {
            try lexer.lexTemplate()
            lexer.emit(.end)
            return (lexer.tokens, nil)
        } catch {
            return (lexer.tokens, error)
        }
    }

    static func normalized(_ text: String) -> [Unicode.Scalar] {
        var result = Self.withUnixLineBreaks(text.unicodeScalars)
        if result.last == "\n" { result.removeLast() }
        return result
    }

    static func withUnixLineBreaks(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var followsReturn = false
        for scalar in scalars {
            if scalar == "\n" && followsReturn {
                followsReturn = false
                continue
            }
            followsReturn = scalar == "\r"
            result.append(followsReturn ? "\n" : scalar)
        }
        return result
    }

    mutating func emit(_ kind: JinjaToken.Kind, line: Int? = nil) {
        let line = line ?? (kind == .end ? tokens.last?.line ?? 1 : self.line)
        tokens.append(JinjaToken(kind: kind, line: line))
    }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < source.count ? source[position + offset] : nil
    }

    func isAt(_ literal: StaticString, offset: Int = 0) -> Bool {
        var index = position + offset
        for scalar in "\(literal)".unicodeScalars {
            guard index < source.count, source[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    /// Moves on by `count`, counting lines.
    mutating func advance(_ count: Int) {
        let end = min(position + count, source.count)
        while position < end {
            if source[position] == "\n" { line += 1 }
            position += 1
        }
    }

    mutating func skipWhitespace() {
        while let scalar = peek(), scalar.isPythonWhitespace { advance(1) }
    }

    func failure(_ message: String, line: Int? = nil) -> ChatTemplateError {
        .syntax(message: message, line: line ?? self.line)
    }
}

extension JinjaLexer {
    private enum Tag {
        case block
        case variable
        case comment
    }

    private mutating func lexTemplate() throws(ChatTemplateError) {
        while position < source.count {
            let start = position
            let startLine = line
            guard let tag = findTag() else {
                emitData(start..<source.count, line: startLine)
                advance(source.count - position)
                return
            }
            emitData(textBeforeTag(from: start, tag: tag), line: startLine)
            let raw = tag == .block ? rawBeginLength() : nil
            advance(raw ?? tagLength)
            switch tag {
            case _ where raw != nil: try lexRaw()
            case .comment: try lexComment()
            case .block: try lexTag(.blockBegin, closedBy: .blockEnd)
            case .variable: try lexTag(.variableBegin, closedBy: .variableEnd)
            }
            isAtLineStart = source[position - 1] == "\n"
        }
    }

    private mutating func emitData(_ range: Range<Int>, line: Int) {
        if !range.isEmpty { emit(.data(Array(source[range])), line: line) }
    }

    /// Moves to the next `{%`, `{{` or `{#`.
    private mutating func findTag() -> Tag? {
        while position < source.count {
            if source[position] == "{" {
                switch peek(1) {
                case "%": return .block
                case "{": return .variable
                case "#": return .comment
                default: break
                }
            }
            advance(1)
        }
        return nil
    }

    /// The opening of the tag here with its sign.
    private var tagLength: Int { peek(2) == "-" || peek(2) == "+" ? 3 : 2 }

    /// The text from `start` to the tag here, less what the tag takes away before itself.
    private func textBeforeTag(from start: Int, tag: Tag) -> Range<Int> {
        trimmed(start..<position, sign: peek(2), stripsIndentation: tag != .variable)
    }

    private func trimmed(_ range: Range<Int>, sign: Unicode.Scalar?, stripsIndentation: Bool) -> Range<Int> {
        var end = range.upperBound
        if sign == "-" {
            while end > range.lowerBound, source[end - 1].isPythonWhitespace { end -= 1 }
            return range.lowerBound..<end
        }
        guard sign != "+", stripsIndentation else { return range }
        while end > range.lowerBound, source[end - 1] != "\n", source[end - 1].isPythonWhitespace { end -= 1 }
        let isLineStart = end > range.lowerBound ? source[end - 1] == "\n" : isAtLineStart
        return isLineStart ? range.lowerBound..<end : range
    }

    /// The length of `{% raw %}` when it stands here.
    private func rawBeginLength() -> Int? {
        var probe = self
        probe.advance(tagLength)
        probe.skipWhitespace()
        guard probe.isAt("raw") else { return nil }
        probe.advance(3)
        probe.skipWhitespace()
        if probe.isAt("-%}") {
            probe.advance(3)
            probe.skipWhitespace()
        } else if probe.isAt("%}") {
            probe.advance(2)
        } else {
            return nil
        }
        return probe.position - position
    }

    private mutating func lexRaw() throws(ChatTemplateError) {
        let start = position
        let startLine = line
        isAtLineStart = start > 0 && source[start - 1] == "\n"
        while position < source.count {
            if isAt("{%"), let end = rawEnd() {
                let range = trimmed(start..<position, sign: peek(2), stripsIndentation: true)
                emitData(range, line: startLine)
                advance(end - position)
                return
            }
            advance(1)
        }
        throw failure("Missing end of raw directive", line: startLine)
    }

    private func rawEnd() -> Int? {
        var probe = self
        probe.advance(tagLength)
        probe.skipWhitespace()
        guard probe.isAt("endraw") else { return nil }
        probe.advance(6)
        probe.skipWhitespace()
        return probe.skipBlockEnd(closing: "%}") ? probe.position : nil
    }

    private mutating func lexComment() throws(ChatTemplateError) {
        let startLine = line
        while position < source.count {
            if skipBlockEnd(closing: "#}") { return }
            advance(1)
        }
        throw failure("Missing end of comment tag", line: startLine)
    }

    /// Moves past `%}` with its sign, and past the line break that a plain one takes along.
    mutating func skipBlockEnd(closing: StaticString) -> Bool {
        if isAt(closing) {
            advance(2)
            if peek() == "\n" { advance(1) }
            return true
        }
        guard let sign = peek(), sign == "-" || sign == "+", isAt(closing, offset: 1) else { return false }
        advance(3)
        if sign == "-" { skipWhitespace() }
        return true
    }
}

/// Reads the tokens of a template into statements.
///
/// The grammar is jinja2's, with the tags `break`, `continue` and `generation`; templates that load others
/// (`include`, `import`, `extends`) are refused.
struct JinjaParser {
    private let tokens: [JinjaToken]
    private let lexerFailure: ChatTemplateError?
    private var index = 0
    let limits: TemplateLimits
    /// Levels of brackets and blocks around the current token.
    var depth = 0
    /// The tags that are open, and the sets of names that would close them.
    var openTags: [String] = []
    var expectedEnds: [[String]] = []
    /// Operators in the current tag.
    var operatorCount = 0
    /// Loops around the current statement, up to the innermost macro.
    var loopDepth = 0

    static func parse(_ source: String, limits: TemplateLimits) throws(ChatTemplateError) -> [JinjaStatement] {
        guard source.utf8.count <= limits.sourceBytes else {
            throw .limit(.sourceBytes, allowed: limits.sourceBytes, line: 1)
        }
        let (tokens, failure) = JinjaLexer.tokenize(source)
        var parser = JinjaParser(tokens: tokens, lexerFailure: failure, limits: limits)
        if tokens.isEmpty, let failure { throw failure }
        let statements = try parser.parseBody(endingWith: nil)
        try JinjaNameCheck.check(statements)
        return statements
    }

    private init(tokens: [JinjaToken], lexerFailure: ChatTemplateError?, limits: TemplateLimits) {
        self.tokens = tokens
        self.lexerFailure = lexerFailure
        self.limits = limits
    }

    var current: JinjaToken { tokens[min(index, tokens.count - 1)] }

    var next: JinjaToken? { index + 1 < tokens.count ? tokens[index + 1] : nil }

    /// Steps over the current token and gives it back.
    @discardableResult
    mutating func advance() throws(ChatTemplateError) -> JinjaToken {
        let token = current
        if index + 1 < tokens.count {
            index += 1
        } else if let lexerFailure {
            throw lexerFailure
        }
        return token
    }

    func isAt(_ symbol: JinjaToken.Symbol) -> Bool { current.kind == .symbol(symbol) }

    func isAt(name: String) -> Bool { current.kind == .name(name) }

    mutating func skip(_ symbol: JinjaToken.Symbol) throws(ChatTemplateError) -> Bool {
        guard isAt(symbol) else { return false }
        try advance()
        return true
    }

    mutating func skip(name: String) throws(ChatTemplateError) -> Bool {
        guard isAt(name: name) else { return false }
        try advance()
        return true
    }

    @discardableResult
    mutating func expect(_ kind: JinjaToken.Kind) throws(ChatTemplateError) -> JinjaToken {
        guard current.kind == kind else { throw unexpected(insteadOf: kind.described) }
        return try advance()
    }

    mutating func expect(_ symbol: JinjaToken.Symbol) throws(ChatTemplateError) {
        try expect(.symbol(symbol))
    }

    mutating func expectName() throws(ChatTemplateError) -> String {
        guard case .name(let name) = current.kind else { throw unexpected(insteadOf: "name") }
        try advance()
        return name
    }

    private func unexpected(insteadOf expected: String) -> ChatTemplateError {
        if current.kind == .end {
            return failure("unexpected end of template, expected \(expected.pythonQuoted).")
        }
        return failure(
            "expected token \(expected.pythonQuoted), got \(current.kind.described.pythonQuoted)"
        )
    }

    func failure(_ message: String, line: Int? = nil) -> ChatTemplateError {
        .syntax(message: message, line: line ?? current.line)
    }

    /// Runs `parse` one level further in.
    mutating func nested<Result>(
        _ parse: (inout JinjaParser) throws(ChatTemplateError) -> Result
    ) throws(ChatTemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.nesting else {
            throw .limit(.nesting, allowed: limits.nesting, line: current.line)
        }
        return try parse(&self)
    }
}

extension JinjaParser {
    /// Reads text and tags until one of the `ends`, which is left as the current token, or to the end.
    mutating func parseBody(endingWith ends: [String]?) throws(ChatTemplateError) -> [JinjaStatement] {
        if let ends { expectedEnds.append(ends) }
        defer { if ends != nil { expectedEnds.removeLast() } }
        var body: [JinjaStatement] = []
        while current.kind != .end {
            let line = current.line
            switch current.kind {
            case .data(let text):
                try advance()
                body.append(JinjaStatement(kind: .text(text), line: line))
            case .variableBegin:
                operatorCount = 0
                try advance()
                let value = try parseTuple()
                body.append(JinjaStatement(kind: .output(value), line: line))
                try expect(.variableEnd)
            default:
                try expect(.blockBegin)
                if case .name(let name) = current.kind, let ends, ends.contains(name) { return body }
                body += try nested { parser throws(ChatTemplateError) in try parser.parseStatement() }
                try expect(.blockEnd)
            }
        }
        return body
    }

    /// Reads the rest of a tag and everything up to one of the `ends`.
    mutating func parseBlock(endingWith ends: [String]) throws(ChatTemplateError) -> [JinjaStatement] {
        _ = try skip(.colon)
        try expect(.blockEnd)
        let body = try parseBody(endingWith: ends)
        guard current.kind != .end else { throw endOfTemplate(lookingFor: ends) }
        return body
    }

    /// As ``parseBlock(endingWith:)``, stepping over the end.
    mutating func parseBlock(closedBy end: String) throws(ChatTemplateError) -> [JinjaStatement] {
        let body = try parseBlock(endingWith: [end])
        try advance()
        return body
    }

    private func endOfTemplate(lookingFor ends: [String]) -> ChatTemplateError {
        complaint(start: "Unexpected end of template.", tag: nil, stack: expectedEnds + [ends])
    }

    func unknownTag(_ name: String) -> ChatTemplateError {
        complaint(start: "Encountered unknown tag \(name.pythonQuoted).", tag: name, stack: expectedEnds)
    }

    private func complaint(start: String, tag: String?, stack: [[String]]) -> ChatTemplateError {
        var message = start
        if let innermost = stack.last {
            let looking = innermost.map(\.pythonQuoted).joined(separator: " or ")
            if let tag, stack.contains(where: { $0.contains(tag) }) {
                message += " You probably made a nesting mistake. Jinja is expecting this tag,"
                message += " but currently looking for \(looking)."
            } else {
                message += " Jinja was looking for the following tags: \(looking)."
            }
        }
        if let tag = openTags.last {
            message += " The innermost block that needs to be closed is \(tag.pythonQuoted)."
        }
        return failure(message)
    }
}

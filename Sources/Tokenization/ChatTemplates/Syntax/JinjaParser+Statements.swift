extension JinjaParser {
    /// Reads one tag, and for a block everything up to its end.
    mutating func parseStatement() throws(ChatTemplateError) -> [JinjaStatement] {
        guard case .name(let tag) = current.kind else { throw failure("tag name expected") }
        operatorCount = 0
        let line = current.line
        guard tag != "print" else { return try parsePrint(line: line) }
        openTags.append(tag)
        defer { openTags.removeLast() }
        return [JinjaStatement(kind: try parseStatement(tag), line: line)]
    }

    private mutating func parseStatement(_ tag: String) throws(ChatTemplateError) -> JinjaStatement.Kind {
        switch tag {
        case "for": return try parseFor()
        case "if": return try parseIf()
        case "set": return try parseSet()
        case "macro": return try parseMacro()
        case "call": return try parseCallBlock()
        case "filter": return try parseFilterBlock()
        case "with": return try parseWith()
        case "generation":
            try advance()
            return .scope(try parseFunctionBody(closedBy: "endgeneration"))
        case "block": return try parseNamedBlock()
        case "break", "continue":
            guard loopDepth > 0 else {
                throw failure(tag == "break" ? "'break' outside loop" : "'continue' not properly in loop")
            }
            try advance()
            return tag == "break" ? .breakLoop : .continueLoop
        case "include", "import", "from", "extends", "autoescape":
            throw failure("The tag \(tag.pythonQuoted) is not available in a chat template.")
        default:
            openTags.removeLast()
            defer { openTags.append(tag) }
            throw unknownTag(tag)
        }
    }

    private mutating func parsePrint(line: Int) throws(ChatTemplateError) -> [JinjaStatement] {
        try advance()
        var outputs: [JinjaStatement] = []
        while current.kind != .blockEnd {
            if !outputs.isEmpty { try expect(.comma) }
            outputs.append(JinjaStatement(kind: .output(try parseExpression()), line: line))
        }
        return outputs
    }

    private mutating func parseFor() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        let target = try parseTarget(endingAt: "in")
        if target.assigns("loop") {
            throw failure("Can't assign to special loop variable in for-loop target")
        }
        try expect(.name("in"))
        let iterable = try parseTuple(allowsConditional: false, endingAt: "recursive")
        let test = try skip(name: "if") ? try parseExpression() : nil
        let isRecursive = try skip(name: "recursive")
        loopDepth += 1
        let body = try parseLoopBody()
        var otherwise: [JinjaStatement] = []
        if try advance().kind == .name("else") { otherwise = try parseBlock(closedBy: "endfor") }
        return .loop(
            JinjaLoopDefinition(
                target: target,
                iterable: iterable,
                test: test,
                isRecursive: isRecursive,
                body: body,
                otherwise: otherwise
            )
        )
    }

    private mutating func parseLoopBody() throws(ChatTemplateError) -> [JinjaStatement] {
        defer { loopDepth -= 1 }
        return try parseBlock(endingWith: ["endfor", "else"])
    }

    private mutating func parseIf() throws(ChatTemplateError) -> JinjaStatement.Kind {
        var branches: [JinjaBranch] = []
        while true {
            let line = try advance().line
            let test = try parseTuple(allowsConditional: false)
            let body = try parseBlock(endingWith: ["elif", "else", "endif"])
            branches.append(JinjaBranch(test: test, body: body, line: line))
            if isAt(name: "elif") { continue }
            let hasElse = try advance().kind == .name("else")
            return .branches(branches, otherwise: hasElse ? try parseBlock(closedBy: "endif") : [])
        }
    }

    private mutating func parseSet() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        let target = try parseTarget(allowsNamespace: true)
        if try skip(.assign) { return .set(target, try parseTuple()) }
        let filter = isAt(.pipe) ? try parseFilters(of: .blockText) : nil
        return .setBlock(target, filter: filter, body: try parseBlock(closedBy: "endset"))
    }

    private mutating func parseFilterBlock() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        let filter = try parseFilters(of: .blockText, startsInline: true)
        return .filterBlock(filter, body: try parseBlock(closedBy: "endfilter"))
    }

    private mutating func parseWith() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        var bindings: [(target: JinjaTarget, value: JinjaExpression)] = []
        while current.kind != .blockEnd {
            if !bindings.isEmpty { try expect(.comma) }
            let target = try parseTarget()
            try expect(.assign)
            bindings.append((target, try parseExpression()))
        }
        return .with(bindings, body: try parseBlock(closedBy: "endwith"))
    }

    private mutating func parseNamedBlock() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        let name = try expectName()
        if isAt(.subtract) {
            throw failure(
                "Block names in Jinja have to be valid Python identifiers and may not"
                    + " contain hyphens, use an underscore instead."
            )
        }
        let body = try parseFunctionBody(closedBy: "endblock")
        _ = try skip(name: name)
        return .scope(body)
    }
}

extension JinjaParser {
    private mutating func parseMacro() throws(ChatTemplateError) -> JinjaStatement.Kind {
        try advance()
        let name = try parseNameTarget()
        let (parameters, defaults) = try parseSignature()
        let body = try parseFunctionBody(closedBy: "endmacro")
        return .macro(
            JinjaMacroDefinition(name: name, parameters: parameters, defaults: defaults, body: body)
                .findingImplicitNames()
        )
    }

    private mutating func parseCallBlock() throws(ChatTemplateError) -> JinjaStatement.Kind {
        let line = try advance().line
        let (parameters, defaults) = isAt(.leftParenthesis) ? try parseSignature() : ([], [])
        let call = try parseExpression()
        guard case .call = call else { throw failure("expected call", line: line) }
        let body = try parseFunctionBody(closedBy: "endcall")
        let definition = JinjaMacroDefinition(parameters: parameters, defaults: defaults, body: body)
        return .callBlock(definition.findingImplicitNames(), call: call)
    }

    /// Reads a body that runs on its own: a loop around it is out of reach.
    private mutating func parseFunctionBody(closedBy end: String) throws(ChatTemplateError) -> [JinjaStatement] {
        let outerLoops = loopDepth
        loopDepth = 0
        defer { loopDepth = outerLoops }
        return try parseBlock(closedBy: end)
    }

    private mutating func parseSignature() throws(ChatTemplateError) -> ([String], [JinjaExpression]) {
        var parameters: [String] = []
        var defaults: [JinjaExpression] = []
        try expect(.leftParenthesis)
        while !isAt(.rightParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            parameters.append(try parseNameTarget())
            if try skip(.assign) {
                defaults.append(try parseExpression())
            } else if !defaults.isEmpty {
                throw failure("non-default argument follows default argument")
            }
        }
        try expect(.rightParenthesis)
        return (parameters, defaults)
    }

    private mutating func parseNameTarget() throws(ChatTemplateError) -> String {
        let name = try expectName()
        guard !JinjaConstant.isName(name) else { throw failure("can't assign to 'name'") }
        return name
    }

    /// Reads what stands before `=` or `in`: a name, a namespace's attribute, or several with commas between.
    private mutating func parseTarget(
        allowsNamespace: Bool = false,
        endingAt end: String? = nil
    ) throws(ChatTemplateError) -> JinjaTarget {
        let start = current
        var targets: [JinjaTarget] = []
        var isTuple = false
        while true {
            if !targets.isEmpty { try expect(.comma) }
            if isTupleEnd(end) { break }
            targets.append(try parseSingleTarget(allowsNamespace: allowsNamespace))
            guard isAt(.comma) else { break }
            isTuple = true
        }
        if isTuple { return .tuple(targets) }
        if let only = targets.first { return only }
        throw failure("Expected an expression, got \(current.kind.described.pythonQuoted)", line: start.line)
    }

    private mutating func parseSingleTarget(allowsNamespace: Bool) throws(ChatTemplateError) -> JinjaTarget {
        let line = current.line
        if isAt(.leftParenthesis) {
            try advance()
            let inner = try nested { parser throws(ChatTemplateError) in try parser.parseTarget() }
            try expect(.rightParenthesis)
            return inner
        }
        if case .name(let name) = current.kind, !JinjaConstant.isName(name) {
            try advance()
            guard allowsNamespace, isAt(.dot) else { return .name(name) }
            try advance()
            return .namespace(name, attribute: try expectName())
        }
        let value = try parsePrimary()
        throw failure("can't assign to \(value.kindName.pythonQuoted)", line: line)
    }
}

extension JinjaTarget {
    fileprivate func assigns(_ name: String) -> Bool {
        switch self {
        case .name(let own): own == name
        case .namespace: false
        case .tuple(let targets): targets.contains { $0.assigns(name) }
        }
    }
}

extension JinjaConstant {
    static func isName(_ name: String) -> Bool {
        ["true", "false", "none", "True", "False", "None"].contains(name)
    }
}

extension JinjaExpression {
    /// The kind of a primary expression as messages name it.
    fileprivate var kindName: String {
        switch self {
        case .list: "list"
        case .mapping: "dict"
        default: "const"
        }
    }
}

extension JinjaParser {
    mutating func parseExpression(allowsConditional: Bool = true) throws(ChatTemplateError) -> JinjaExpression {
        try nested { parser throws(ChatTemplateError) in
            allowsConditional ? try parser.parseConditional() : try parser.parseOr()
        }
    }

    /// Reads one expression, or several with commas between as a tuple.
    mutating func parseTuple(
        allowsConditional: Bool = true,
        endingAt end: String? = nil,
        isParenthesized: Bool = false
    ) throws(ChatTemplateError) -> JinjaExpression {
        var items: [JinjaExpression] = []
        var isTuple = false
        while true {
            if !items.isEmpty { try expect(.comma) }
            if isTupleEnd(end) { break }
            items.append(try parseExpression(allowsConditional: allowsConditional))
            guard isAt(.comma) else { break }
            isTuple = true
        }
        if isTuple { return .tuple(items) }
        if let only = items.first { return only }
        guard isParenthesized else {
            throw failure("Expected an expression, got \(current.kind.described.pythonQuoted)")
        }
        return .tuple([])
    }

    func isTupleEnd(_ end: String?) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(.rightParenthesis): true
        case .name(let name): name == end
        default: false
        }
    }

    /// Counts an operator, so that no expression becomes a tree too deep to walk.
    private mutating func countOperator() throws(ChatTemplateError) {
        operatorCount += 1
        guard operatorCount <= limits.operators else {
            throw .limit(.nesting, allowed: limits.operators, line: current.line)
        }
    }

    private mutating func parseConditional() throws(ChatTemplateError) -> JinjaExpression {
        var line = current.line
        var value = try parseOr()
        while try skip(name: "if") {
            try countOperator()
            let test = try parseOr()
            var otherwise: JinjaExpression?
            if try skip(name: "else") {
                otherwise = try nested { parser throws(ChatTemplateError) in try parser.parseConditional() }
            }
            value = .conditional(test: test, then: value, otherwise: otherwise, line: line)
            line = current.line
        }
        return value
    }

    private mutating func parseOr() throws(ChatTemplateError) -> JinjaExpression {
        var left = try parseAnd()
        while try skip(name: "or") {
            try countOperator()
            left = .or(left, try parseAnd())
        }
        return left
    }

    private mutating func parseAnd() throws(ChatTemplateError) -> JinjaExpression {
        var left = try parseNot()
        while try skip(name: "and") {
            try countOperator()
            left = .and(left, try parseNot())
        }
        return left
    }

    private mutating func parseNot() throws(ChatTemplateError) -> JinjaExpression {
        guard try skip(name: "not") else { return try parseComparison() }
        return .not(try nested { parser throws(ChatTemplateError) in try parser.parseNot() })
    }

    private mutating func parseComparison() throws(ChatTemplateError) -> JinjaExpression {
        let first = try parseSum()
        var rest: [(JinjaComparison, JinjaExpression)] = []
        while let comparison = try parseComparisonOperator() {
            rest.append((comparison, try parseSum()))
        }
        return rest.isEmpty ? first : .comparison(first, rest)
    }

    private mutating func parseComparisonOperator() throws(ChatTemplateError) -> JinjaComparison? {
        let comparison: JinjaComparison
        switch current.kind {
        case .symbol(.equal): comparison = .equal
        case .symbol(.notEqual): comparison = .notEqual
        case .symbol(.less): comparison = .ordered(.less)
        case .symbol(.lessOrEqual): comparison = .ordered(.lessOrEqual)
        case .symbol(.greater): comparison = .ordered(.greater)
        case .symbol(.greaterOrEqual): comparison = .ordered(.greaterOrEqual)
        case .name("in"): comparison = .contained
        case .name("not"):
            guard next?.kind == .name("in") else { return nil }
            try advance()
            comparison = .notContained
        default: return nil
        }
        try advance()
        return comparison
    }

    private mutating func parseSum() throws(ChatTemplateError) -> JinjaExpression {
        var left = try parseConcatenation()
        while true {
            let operation: JinjaOperator
            switch current.kind {
            case .symbol(.add): operation = .add
            case .symbol(.subtract): operation = .subtract
            default: return left
            }
            try advance()
            try countOperator()
            left = .arithmetic(operation, left, try parseConcatenation())
        }
    }

    private mutating func parseConcatenation() throws(ChatTemplateError) -> JinjaExpression {
        var parts = [try parseProduct()]
        while try skip(.tilde) { parts.append(try parseProduct()) }
        return parts.count == 1 ? parts[0] : .concatenation(parts)
    }

    private mutating func parseProduct() throws(ChatTemplateError) -> JinjaExpression {
        var left = try parsePower()
        while true {
            let operation: JinjaOperator
            switch current.kind {
            case .symbol(.multiply): operation = .multiply
            case .symbol(.divide): operation = .divide
            case .symbol(.floorDivide): operation = .floorDivide
            case .symbol(.modulo): operation = .modulo
            default: return left
            }
            try advance()
            try countOperator()
            left = .arithmetic(operation, left, try parsePower())
        }
    }

    private mutating func parsePower() throws(ChatTemplateError) -> JinjaExpression {
        var left = try parseUnary()
        while try skip(.power) {
            try countOperator()
            left = .arithmetic(.power, left, try parseUnary())
        }
        return left
    }

    private mutating func parseUnary(allowsFilters: Bool = true) throws(ChatTemplateError) -> JinjaExpression {
        var value: JinjaExpression
        if try skip(.subtract) {
            value = .negative(
                try nested { parser throws(ChatTemplateError) in
                    try parser.parseUnary(allowsFilters: false)
                })
        } else if try skip(.add) {
            value = .positive(
                try nested { parser throws(ChatTemplateError) in
                    try parser.parseUnary(allowsFilters: false)
                })
        } else {
            value = try parsePrimary()
        }
        value = try parsePostfix(of: value)
        return allowsFilters ? try parseFiltersAndTests(of: value) : value
    }

    mutating func parsePrimary() throws(ChatTemplateError) -> JinjaExpression {
        let token = current
        switch token.kind {
        case .name(let name):
            try advance()
            return JinjaExpression(name: name)
        case .string(var text):
            try advance()
            while case .string(let more) = current.kind {
                text += more
                try advance()
            }
            return .constant(.text(text))
        case .integer(let value):
            try advance()
            return .constant(.integer(value))
        case .float(let value):
            try advance()
            return .constant(.float(value))
        case .symbol(.leftParenthesis):
            try advance()
            let value = try parseTuple(isParenthesized: true)
            try expect(.rightParenthesis)
            return value
        case .symbol(.leftBracket): return try parseList()
        case .symbol(.leftBrace): return try parseMapping()
        default: throw failure("unexpected \(token.kind.described.pythonQuoted)")
        }
    }

    private mutating func parseList() throws(ChatTemplateError) -> JinjaExpression {
        try advance()
        var items: [JinjaExpression] = []
        while !isAt(.rightBracket) {
            if !items.isEmpty { try expect(.comma) }
            if isAt(.rightBracket) { break }
            items.append(try parseExpression())
        }
        try expect(.rightBracket)
        return .list(items)
    }

    private mutating func parseMapping() throws(ChatTemplateError) -> JinjaExpression {
        try advance()
        var items: [(key: JinjaExpression, value: JinjaExpression)] = []
        while !isAt(.rightBrace) {
            if !items.isEmpty { try expect(.comma) }
            if isAt(.rightBrace) { break }
            let key = try parseExpression()
            try expect(.colon)
            items.append((key, try parseExpression()))
        }
        try expect(.rightBrace)
        return .mapping(items)
    }
}

extension JinjaParser {
    private mutating func parsePostfix(of start: JinjaExpression) throws(ChatTemplateError) -> JinjaExpression {
        var value = start
        while true {
            switch current.kind {
            case .symbol(.dot): value = try parseAttribute(of: value)
            case .symbol(.leftBracket): value = try parseItem(of: value)
            case .symbol(.leftParenthesis): value = .call(value, try parseArguments())
            default: return value
            }
            try countOperator()
        }
    }

    private mutating func parseAttribute(of value: JinjaExpression) throws(ChatTemplateError) -> JinjaExpression {
        try advance()
        let token = try advance()
        switch token.kind {
        case .name(let name): return .attribute(value, name: name)
        case .integer(let index): return .item(value, index: .constant(.integer(index)))
        default: throw failure("expected name or number", line: token.line)
        }
    }

    private mutating func parseItem(of value: JinjaExpression) throws(ChatTemplateError) -> JinjaExpression {
        try advance()
        if isAt(.colon) { return try parseSlice(of: value, start: nil) }
        var indices: [JinjaExpression] = []
        while !isAt(.rightBracket) {
            if !indices.isEmpty { try expect(.comma) }
            indices.append(try parseExpression())
            if indices.count == 1, isAt(.colon) { return try parseSlice(of: value, start: indices[0]) }
        }
        try expect(.rightBracket)
        return .item(value, index: indices.count == 1 ? indices[0] : .tuple(indices))
    }

    private mutating func parseSlice(
        of value: JinjaExpression,
        start: JinjaExpression?
    ) throws(ChatTemplateError) -> JinjaExpression {
        try advance()
        let stop = isAt(.colon) || isAt(.rightBracket) ? nil : try parseExpression()
        var step: JinjaExpression?
        if try skip(.colon), !isAt(.rightBracket) { step = try parseExpression() }
        try expect(.rightBracket)
        return .slice(value, start: start, stop: stop, step: step)
    }

    private mutating func parseFiltersAndTests(
        of start: JinjaExpression
    ) throws(ChatTemplateError) -> JinjaExpression {
        var value = start
        while true {
            switch current.kind {
            case .symbol(.pipe): value = try parseFilters(of: value)
            case .name("is"): value = try parseTest(of: value)
            case .symbol(.leftParenthesis): value = .call(value, try parseArguments())
            default: return value
            }
            try countOperator()
        }
    }

    /// Reads `| name(…) | name`; the first bar may be left out at the start of a filter block.
    mutating func parseFilters(
        of start: JinjaExpression,
        startsInline: Bool = false
    ) throws(ChatTemplateError) -> JinjaExpression {
        var value = start
        var isFirst = startsInline
        while isFirst || isAt(.pipe) {
            if !isFirst { try advance() }
            isFirst = false
            try countOperator()
            let line = current.line
            let name = try parseDottedName()
            let arguments = isAt(.leftParenthesis) ? try parseArguments() : JinjaCallArguments(line: line)
            value = .filter(value, JinjaNamedCall(name: name, arguments: arguments, line: line))
        }
        return value
    }

    private mutating func parseDottedName() throws(ChatTemplateError) -> String {
        var name = try expectName()
        while try skip(.dot) { name += "." + (try expectName()) }
        return name
    }

    private mutating func parseTest(of value: JinjaExpression) throws(ChatTemplateError) -> JinjaExpression {
        let line = try advance().line
        let isNegated = try skip(name: "not")
        let name = try parseDottedName()
        var arguments = JinjaCallArguments(line: line)
        if isAt(.leftParenthesis) {
            arguments = try parseArguments()
        } else if startsTestArgument {
            if isAt(name: "is") { throw failure("You cannot chain multiple tests with is") }
            arguments.positional = [try parsePostfix(of: try parsePrimary())]
        }
        let test = JinjaExpression.test(value, JinjaNamedCall(name: name, arguments: arguments, line: line))
        return isNegated ? .not(test) : test
    }

    private var startsTestArgument: Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .float: true
        case .symbol(.leftBracket), .symbol(.leftBrace): true
        default: false
        }
    }

    private mutating func parseArguments() throws(ChatTemplateError) -> JinjaCallArguments {
        var arguments = JinjaCallArguments(line: current.line)
        try advance()
        var needsComma = false
        while !isAt(.rightParenthesis) {
            if needsComma {
                try expect(.comma)
                if isAt(.rightParenthesis) { break }
            }
            try parseArgument(into: &arguments)
            needsComma = true
        }
        try expect(.rightParenthesis)
        return arguments
    }

    private mutating func parseArgument(into arguments: inout JinjaCallArguments) throws(ChatTemplateError) {
        let hasSpread = arguments.spread != nil || arguments.namedSpread != nil
        let complaint = failure("invalid syntax for function call expression", line: arguments.line)
        if isAt(.multiply) {
            guard !hasSpread else { throw complaint }
            try advance()
            arguments.spread = try parseExpression()
        } else if isAt(.power) {
            guard arguments.namedSpread == nil else { throw complaint }
            try advance()
            arguments.namedSpread = try parseExpression()
        } else if case .name(let name) = current.kind, next?.kind == .symbol(.assign) {
            guard arguments.namedSpread == nil else { throw complaint }
            try advance()
            try advance()
            arguments.named.append((name, try parseExpression()))
        } else {
            guard !hasSpread, arguments.named.isEmpty else { throw complaint }
            arguments.positional.append(try parseExpression())
        }
    }
}

extension JinjaExpression {
    /// A name, or the constant that it spells.
    fileprivate init(name: String) {
        switch name {
        case "true", "True": self = .constant(.boolean(true))
        case "false", "False": self = .constant(.boolean(false))
        case "none", "None": self = .constant(.none)
        default: self = .name(name)
        }
    }
}

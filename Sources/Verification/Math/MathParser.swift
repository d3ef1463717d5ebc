/// Reads an answer: a relation, a list, a set, or an expression.
struct MathParser {
    let tokens: [MathLexer.Token]
    var position = 0
    private var depth = 0
    /// Digits of the current number that were taken already: `\frac13` takes one each.
    var takenDigits = 0
    var isAfterCommand = false

    /// - Throws: ``MathProblem`` for what is not mathematics in this notation.
    static func parse(_ text: String) throws(MathProblem) -> MathNode {
        let tokens = try MathLexer.tokens(of: unescaped(text))
        guard !tokens.isEmpty else { throw .empty }
        if let words = onlyWords(tokens) { return .text(words) }
        var parser = MathParser(tokens: tokens)
        let node = try parser.list()
        parser.skipUnits()
        while parser.take(".") || parser.take("\\\\") {}
        guard parser.current == nil else { throw .unexpected("\(parser.position)") }
        return node
    }

    /// Doubled backslashes before a command, as texts from source code have them. In a matrix they end rows.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\\\"), !text.contains("begin") else { return text }
        return text.replacing("\\\\", with: "\\")
    }

    private init(tokens: [MathLexer.Token]) {
        self.tokens = tokens
    }

    var current: MathLexer.Token? { position < tokens.count ? tokens[position] : nil }

    mutating func take(_ symbol: String) -> Bool {
        guard current == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(MathProblem) {
        guard take(symbol) else { throw .unexpected(symbol) }
    }

    private static func onlyWords(_ tokens: [MathLexer.Token]) -> String? {
        var words: [String] = []
        for token in tokens {
            switch token {
            case .text(let text): words.append(text)
            case .symbol(let mark) where [".", "-", "'"].contains(mark) && !words.isEmpty: continue
            default: return nil
            }
        }
        return words.joined(separator: " ")
    }

    mutating func nested<Result>(
        _ body: (inout MathParser) throws(MathProblem) -> Result
    ) throws(MathProblem) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth < 80 else { throw .tooDeep }
        return try body(&self)
    }

    // MARK: From the loosest binding to the tightest

    mutating func list() throws(MathProblem) -> MathNode {
        var items = [try relation()]
        while takeSeparator() {
            if endsHere { break }
            items.append(try relation())
        }
        return items.count == 1 ? items[0] : .list(items)
    }

    private var endsHere: Bool {
        switch current {
        case nil, .symbol("."), .symbol(")"), .symbol("]"), .symbol("}"), .symbol("\\}"): true
        default: false
        }
    }

    mutating func takeSeparator() -> Bool {
        var found = false
        while true {
            if take(",") || take(";") {
                found = true
            } else if case .text(let text)? = current, ["and", "or"].contains(text.filter(\.isLetter).lowercased()) {
                position += 1
                found = true
            } else {
                return found
            }
        }
    }

    private static let relations: Set<String> = ["=", "<", ">", "<=", ">=", "!=", "≈"]

    mutating func relation() throws(MathProblem) -> MathNode {
        try nested { (self: inout MathParser) throws(MathProblem) -> MathNode in
            var operands = [try self.setExpression()]
            var operators: [String] = []
            while let next = self.relationOperator() {
                operators.append(next)
                operands.append(try self.setExpression())
            }
            return operators.isEmpty ? operands[0] : .relation(operands, operators)
        }
    }

    mutating func relationOperator() -> String? {
        skipUnitsBeforeRelation()
        switch current {
        case .symbol(let symbol) where Self.relations.contains(symbol):
            position += 1
            return symbol
        case .name("in"):
            position += 1
            return "in"
        case .symbol(":"):
            position += 1
            // A ratio.
            return ":"
        case .name("equiv"), .name("to"), .name("rightarrow"), .name("implies"), .name("Rightarrow"):
            position += 1
            return "="
        default: return nil
        }
    }

    mutating func setExpression() throws(MathProblem) -> MathNode {
        var left = try sum()
        while case .name(let name)? = current, ["cup", "cap", "setminus", "backslash"].contains(name) {
            position += 1
            let right = try sum()
            if name == "cup" {
                if case .union(let parts) = left {
                    left = .union(parts + [right])
                } else {
                    left = .union([left, right])
                }
            } else {
                left = .setOperation(name == "cap" ? "cap" : "setminus", left, right)
            }
        }
        return left
    }

    mutating func sum() throws(MathProblem) -> MathNode {
        var terms: [MathNode] = []
        if take("±") { terms = [.plusMinus(nil, try product())] } else { terms = [try product()] }
        while true {
            if take("+") {
                terms.append(try product())
            } else if take("-") {
                terms.append(.negated(try product()))
            } else if take("±") {
                let left: MathNode = terms.count == 1 ? terms[0] : .sum(terms)
                terms = [.plusMinus(left, try product())]
            } else {
                return terms.count == 1 ? terms[0] : .sum(terms)
            }
        }
    }

    mutating func product() throws(MathProblem) -> MathNode {
        var result = try signed()
        while true {
            if take("*") {
                result = Self.multiplied(result, try signed())
            } else if take("/") {
                result = .quotient(result, try signed())
            } else if startsFactor {
                let factor = try power()
                result = Self.joined(result, factor)
            } else if case .text? = current, hasMathAfterUnits == false {
                skipUnits()
                return result
            } else {
                return result
            }
        }
    }

    static func multiplied(_ left: MathNode, _ right: MathNode) -> MathNode {
        if case .product(let factors) = left { return .product(factors + [right]) }
        return .product([left, right])
    }

    /// Side by side: a product, but a mixed number where a fraction of whole numbers follows a whole number.
    private static func joined(_ left: MathNode, _ right: MathNode) -> MathNode {
        if case .number(let whole, false) = left, case .quotient(.number(_, false), .number(_, false)) = right {
            return .sum([.number(whole, isDecimal: false), right])
        }
        return multiplied(left, right)
    }

    mutating func signed() throws(MathProblem) -> MathNode {
        try nested { (self: inout MathParser) throws(MathProblem) -> MathNode in
            if self.take("-") { return .negated(try self.signed()) }
            if self.take("+") { return try self.signed() }
            return try self.power()
        }
    }

    var startsFactor: Bool {
        switch current {
        case .number, .letter, .begin: true
        case .name(let name):
            ![
                "cup", "cap", "setminus", "backslash", "in", "equiv", "to", "rightarrow", "implies", "Rightarrow",
                "circ", "degree",
            ].contains(name)
        case .symbol("("), .symbol("{"), .symbol("\\{"), .symbol("["): true
        default: false
        }
    }

    mutating func power() throws(MathProblem) -> MathNode {
        var base = try postfix(try atom())
        while take("^") {
            if case .name("circ")? = current {
                position += 1
                continue
            }
            if current == .symbol("{"), position + 2 < tokens.count, tokens[position + 1] == .name("circ"),
                tokens[position + 2] == .symbol("}")
            {
                position += 3
                continue
            }
            base = .power(base, try argument())
            base = try postfix(base)
        }
        return base
    }

    mutating func postfix(_ node: MathNode) throws(MathProblem) -> MathNode {
        var node = node
        while true {
            if take("!") {
                node = .function("factorial", [node])
            } else if take("%") {
                node = .percent(node)
            } else if case .name(let name)? = current, name == "circ" || name == "degree" {
                position += 1
            } else if take("_") {
                node = try subscripted(node)
            } else {
                return node
            }
        }
    }

    /// A subscript is part of a variable's name; under a number it is the base that the digits are in.
    mutating func subscripted(_ node: MathNode) throws(MathProblem) -> MathNode {
        let index = try argument()
        switch (node, index) {
        case (.variable(let name), _): return .variable("\(name)_\(index)")
        case (.number(let value, false), .number(let base, false)) where base >= 2 && base <= 36:
            let digits = String(Int(exactly: value) ?? 0)
            return Int(digits, radix: Int(base)).map { .number(Double($0), isDecimal: false) } ?? node
        default: return node
        }
    }

    // MARK: Units

    /// Whether something other than units and separators follows the words that come next.
    private var hasMathAfterUnits: Bool {
        if case .text(let text)? = current {
            return ["and", "or"].contains(text.filter(\.isLetter).lowercased())
        }
        return false
    }

    /// Words after a value, with their exponents: ` cm^2`, ` miles per hour`.
    mutating func skipUnits() {
        while case .text(let text)? = current {
            if ["and", "or"].contains(text.filter(\.isLetter).lowercased()) { return }
            position += 1
            if take("^"), case .some = current {
                if take("{") {
                    while let token = current, token != .symbol("}") { position += token == .symbol("}") ? 0 : 1 }
                    _ = take("}")
                } else {
                    position += 1
                }
            }
            _ = take("/")
        }
    }

    mutating func skipUnitsBeforeRelation() {
        if case .text? = current, !hasMathAfterUnits { skipUnits() }
    }
}

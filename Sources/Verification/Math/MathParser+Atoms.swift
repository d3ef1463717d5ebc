/// What expressions are made of: numbers, letters, brackets, commands and matrices.
extension MathParser {
    /// What a command or an exponent takes: a group in braces, or the next thing.
    mutating func argument() throws(MathProblem) -> MathNode {
        try nested { (self: inout MathParser) throws(MathProblem) -> MathNode in
            if self.take("{") {
                if self.take("}") { return .text("") }
                let node = try self.list()
                self.skipUnits()
                try self.expect("}")
                return node
            }
            if self.take("-") { return .negated(try self.argument()) }
            if case .number(let digits)? = self.current, digits.count > 1, !digits.contains("."), self.isAfterCommand {
                // `\frac13`: one digit each.
                return try self.firstDigit(of: digits)
            }
            return try self.atom()
        }
    }

    mutating func firstDigit(of digits: String) throws(MathProblem) -> MathNode {
        let rest = digits.dropFirst(takenDigits)
        guard let digit = rest.first.flatMap({ Double(String($0)) }) else { throw .unexpected(digits) }
        takenDigits += 1
        if takenDigits >= digits.count {
            takenDigits = 0
            position += 1
        }
        return .number(digit, isDecimal: false)
    }

    mutating func commandArgument() throws(MathProblem) -> MathNode {
        isAfterCommand = true
        defer { isAfterCommand = false }
        if current == .symbol("{") {
            isAfterCommand = false
            return try argument()
        }
        return try argument()
    }

    mutating func restOfDigits() -> MathNode? {
        guard takenDigits > 0, case .number(let digits)? = current else { return nil }
        let rest = String(digits.dropFirst(takenDigits))
        takenDigits = 0
        position += 1
        return Double(rest).map { .number($0, isDecimal: false) }
    }

    mutating func atom() throws(MathProblem) -> MathNode {
        guard let token = current else { throw .unexpected("end") }
        if let rest = restOfDigits() { return rest }
        switch token {
        case .number(let digits):
            guard let value = Double(digits) else { throw .unexpected(digits) }
            position += 1
            return .number(value, isDecimal: digits.contains("."))
        case .letter(let letter):
            position += 1
            return .variable(letter)
        case .begin(let environment): return try matrix(environment)
        case .name(let name):
            position += 1
            return try named(name)
        case .symbol(let symbol): return try bracketed(symbol)
        case .text(let text):
            position += 1
            return .text(text)
        case .end: throw .unexpected("end of environment")
        }
    }

    private static let closing: [String: [String]] = ["(": [")", "]"], "[": ["]", ")"], "⟨": ["⟩"]]

    mutating func bracketed(_ open: String) throws(MathProblem) -> MathNode {
        if take("|") {
            let inside = try sum()
            try expect("|")
            return .function("abs", [inside])
        }
        if take("{") {
            if take("}") { return .text("") }
            let inside = try list()
            skipUnits()
            try expect("}")
            return inside
        }
        if take("\\{") {
            if take("\\}") { return .set([]) }
            let inside = try list()
            try expect("\\}")
            if case .list(let items) = inside { return .set(items) }
            return .set([inside])
        }
        guard let ends = Self.closing[open], take(open) else { throw .unexpected(open) }
        let inside = try list()
        for end in ends where take(end) {
            if case .matrix = inside { return inside }
            if case .list(let items) = inside { return .tuple(open: Character(open), close: Character(end), items) }
            guard open == "(" && end == ")" else {
                return .tuple(open: Character(open), close: Character(end), [inside])
            }
            return inside
        }
        throw .unexpected("no closing bracket")
    }

    private static let functions: Set<String> = [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log",
        "lg",
        "exp", "abs", "floor", "ceil", "min", "max", "gcd", "lcm", "det",
    ]

    mutating func named(_ name: String) throws(MathProblem) -> MathNode {
        switch name {
        case "frac", "dfrac", "tfrac", "cfrac":
            let top = try commandArgument()
            return .quotient(top, try commandArgument())
        case "binom", "dbinom", "tbinom":
            let top = try commandArgument()
            return .function("binom", [top, try commandArgument()])
        case "sqrt": return try root()
        case "boxed", "fbox", "overline", "bar", "vec", "hat", "mathring", "widehat": return try commandArgument()
        case "infty": return .infinity
        case "pi": return .variable("π")
        case "emptyset", "varnothing": return .set([])
        case "lfloor", "lceil":
            let inside = try sum()
            guard case .name(let end)? = current, ["rfloor", "rceil"].contains(end) else { throw .unexpected(name) }
            position += 1
            return .function(name == "lfloor" ? "floor" : "ceil", [inside])
        case _ where Self.functions.contains(name): return try applied(name)
        default: return .variable(name)
        }
    }

    mutating func root() throws(MathProblem) -> MathNode {
        var degree: MathNode = .number(2, isDecimal: false)
        if take("[") {
            degree = try sum()
            try expect("]")
        }
        let inside = try commandArgument()
        return .power(inside, .quotient(.number(1, isDecimal: false), degree))
    }

    /// `\sin^2 x`, `\log_2 8`, `\sin 2x`, `\sin(x)`.
    mutating func applied(_ name: String) throws(MathProblem) -> MathNode {
        var base: MathNode?
        var exponent: MathNode?
        while true {
            if take("_") { base = try argument() } else if take("^") { exponent = try argument() } else { break }
        }
        let inside: MathNode
        if current == .symbol("(") || current == .symbol("{") {
            inside = try atom()
        } else {
            var factors = [try power()]
            while startsFactor, current != .symbol("("), !startsFunction { factors.append(try power()) }
            inside = factors.count == 1 ? factors[0] : .product(factors)
        }
        var arguments = [inside]
        if case .list(let items) = inside { arguments = items }
        if let base { arguments.append(base) }
        let result = MathNode.function(name, arguments)
        return exponent.map { .power(result, $0) } ?? result
    }

    var startsFunction: Bool {
        if case .name(let name)? = current { Self.functions.contains(name) } else { false }
    }

    private static let matrices: Set<String> = [
        "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array",
    ]

    mutating func matrix(_ environment: String) throws(MathProblem) -> MathNode {
        position += 1
        guard Self.matrices.contains(environment) else { throw .unexpected(environment) }
        if environment == "array", current == .symbol("{") { _ = try argument() }
        var rows: [[MathNode]] = [[]]
        while true {
            if case .end? = current {
                position += 1
                break
            }
            if take("\\\\") {
                rows.append([])
            } else if !take("&") {
                guard current != nil else { throw .unexpected("no end of the matrix") }
                rows[rows.count - 1].append(try relation())
            }
        }
        if rows.last?.isEmpty == true { rows.removeLast() }
        return .matrix(rows)
    }
}

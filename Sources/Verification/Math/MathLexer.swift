/// Cuts LaTeX and plain notation into the same tokens.
struct MathLexer {
    enum Token: Hashable, Sendable {
        /// Digits, with the decimal point if there is one.
        case number(String)
        case letter(String)
        /// A function or a Greek letter, without the backslash.
        case name(String)
        /// `\text{…}` and words.
        case text(String)
        case symbol(String)
        case begin(String)
        case end(String)
    }

    static let limit = 4096

    private let source: [Character]
    private var position = 0
    private var tokens: [Token] = []

    static func tokens(of text: String) throws(MathProblem) -> [Token] {
        var lexer = MathLexer(Array(text))
        try lexer.run()
        return lexer.tokens
    }

    private init(_ source: [Character]) {
        self.source = source
    }

    private var current: Character? { position < source.count ? source[position] : nil }

    private func peek(_ offset: Int) -> Character? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private mutating func run() throws(MathProblem) {
        guard source.count <= 16_384 else { throw .tooLong }
        while let character = current {
            guard tokens.count < Self.limit else { throw .tooLong }
            switch character {
            case "\\": try command()
            case _ where character.isASCIIDigit: number()
            case "." where peek(1)?.isASCIIDigit == true: number()
            case _ where character.isWhitespace || character == "~": position += 1
            case "$", "€", "£", "¥": position += 1
            case _ where character.isASCIILetter: letters()
            default: symbol(character)
            }
        }
    }

    private mutating func number() {
        var digits = run { $0.isASCIIDigit }
        if digits.count <= 3 { while let next = groupOfThree(after: digits) { digits += next } }
        if current == ".",
            peek(1)?.isASCIIDigit == true || !digits.isEmpty && peek(1)?.isLetter != true && peek(1) != "."
        {
            position += 1
            digits += "." + run { $0.isASCIIDigit }
        }
        tokens.append(.number(digits.hasPrefix(".") ? "0" + digits : digits))
    }

    /// `,000`, `{,}000`, `\,000`, ` 000` and the like, where the digits before are few enough.
    private mutating func groupOfThree(after digits: String) -> String? {
        guard !digits.isEmpty else { return nil }
        for separator in [",", "{,}", "\\,", "\\!", "{,\\!}", ",\\!", ",\\! ", " ", "\\ "] {
            let mark = Array(separator)
            guard position + mark.count + 3 <= source.count, Array(source[position..<position + mark.count]) == mark
            else {
                continue
            }
            let group = source[(position + mark.count)..<(position + mark.count + 3)]
            let after = position + mark.count + 3 < source.count ? source[position + mark.count + 3] : " "
            guard group.allSatisfy(\.isASCIIDigit), !after.isASCIIDigit, digits.first != "0" else { continue }
            // `(12,102)` is a pair.
            if separator == ",", let last = tokens.last, [.symbol("("), .symbol("["), .symbol("\\{")].contains(last) {
                continue
            }
            position += mark.count + 3
            return String(group)
        }
        return nil
    }

    private mutating func run(_ holds: (Character) -> Bool) -> String {
        let start = position
        while let character = current, holds(character) { position += 1 }
        return String(source[start..<position])
    }

    private static let words: Set<String> = [
        "sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "lg", "exp", "sqrt", "pi", "min", "max", "abs", "floor",
        "ceil", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "theta", "alpha", "beta", "gamma", "infinity",
        "inf",
        "oo", "union", "U",
    ]

    /// A word of plain text, or letters that are multiplied.
    private mutating func letters() {
        let start = position
        let word = run { $0.isASCIILetter }
        if Self.words.contains(word), word != "U" || (start > 0 && ")]} ".contains(source[start - 1])) {
            let isUnion = word == "union" || word == "U"
            return tokens.append(
                isUnion ? .name("cup") : ["inf", "oo", "infinity"].contains(word) ? .name("infty") : .name(word))
        }
        let lower = word.lowercased()
        if ["percent", "pct", "percentage"].contains(lower) { return tokens.append(.symbol("%")) }
        if word.count >= 3 || ["or", "cm", "km", "mm", "kg", "ft", "in", "is"].contains(lower) {
            return tokens.append(.text(word))
        }
        tokens += word.map { .letter(String($0)) }
    }

    private mutating func symbol(_ character: Character) {
        position += 1
        let two = String(character) + (current.map(String.init) ?? "")
        switch two {
        case "<=", ">=", "!=", "**", "==":
            position += 1
            return tokens.append(.symbol(two == "**" ? "^" : two == "==" ? "=" : two))
        default: break
        }
        let simple: [Character: Token] = [
            "≤": .symbol("<="), "≥": .symbol(">="), "≠": .symbol("!="), "×": .symbol("*"), "·": .symbol("*"),
            "÷": .symbol("/"), "−": .symbol("-"), "–": .symbol("-"), "±": .symbol("±"), "π": .name("pi"),
            "∞": .name("infty"), "∪": .name("cup"), "∩": .name("cap"), "∈": .name("in"), "≈": .symbol("≈"),
            "√": .name("sqrt"), "∅": .name("emptyset"), "°": .name("circ"),
        ]
        if let token = simple[character] { return tokens.append(token) }
        if character == "²" || character == "³" {
            tokens += [.symbol("^"), .number(character == "²" ? "2" : "3")]
            return
        }
        tokens.append(.symbol(String(character)))
    }

    // MARK: Commands

    private static let ignored: Set<String> = [
        "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "limits", "quad",
        "qquad",
        "mathrm", "mathbf", "mathbb", "mathit", "boldsymbol", "operatorname", "hspace", "middle", "mathsf", "mathcal",
    ]
    private static let texts: Set<String> = [
        "text", "textbf", "textit", "textrm", "textnormal", "mbox", "hbox", "textsf",
    ]
    private static let symbols: [String: String] = [
        "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
        "geq": ">=",
        "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "pm": "±", "approx": "≈", "lbrace": "\\{",
        "rbrace": "\\}", "lbrack": "[", "rbrack": "]", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|",
        "colon": ":",
        "lparen": "(", "rparen": ")", "langle": "⟨", "rangle": "⟩",
    ]

    private mutating func command() throws(MathProblem) {
        position += 1
        guard let first = current else { return }
        guard first.isASCIILetter else {
            position += 1
            switch first {
            case "{", "}": return tokens.append(.symbol("\\\(first)"))
            case "%": return tokens.append(.symbol("%"))
            case "\\": return tokens.append(.symbol("\\\\"))
            case "|": return tokens.append(.symbol("|"))
            default: return
            }
        }
        var name = run { $0.isASCIILetter }
        for space in ["qquad", "quad"] where name.hasPrefix(space) && name != space {
            position -= name.count - space.count
            name = space
        }
        if Self.ignored.contains(name) {
            // `\left.` has nothing to show.
            if ["left", "right"].contains(name), current == "." { position += 1 }
            return
        }
        if Self.texts.contains(name) { return tokens.append(.text(argument())) }
        if let symbol = Self.symbols[name] { return tokens.append(.symbol(symbol)) }
        if name == "begin" || name == "end" {
            let environment = argument()
            return tokens.append(name == "begin" ? .begin(environment) : .end(environment))
        }
        tokens.append(.name(name))
    }

    /// What stands in braces, as it is.
    private mutating func argument() -> String {
        while current == " " { position += 1 }
        guard current == "{" else { return "" }
        let start = position + 1
        var depth = 0
        while let character = current {
            position += 1
            if character == "{" { depth += 1 }
            if character == "}" {
                depth -= 1
                if depth == 0 { return String(source[start..<(position - 1)]) }
            }
        }
        return String(source[min(start, source.count)...])
    }
}

extension Character {
    /// One scalar alone: a digit with a mark on it, such as a keycap, is none.
    var isASCIIDigit: Bool { asciiValue.map { (0x30...0x39).contains($0) } ?? false }
    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}

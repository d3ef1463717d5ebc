/// The smallest part of a template.
struct JinjaToken: Hashable, Sendable {
    var kind: Kind
    var line: Int

    enum Kind: Hashable, Sendable {
        case data([Unicode.Scalar])
        case blockBegin
        case blockEnd
        case variableBegin
        case variableEnd
        case name(String)
        case string([Unicode.Scalar])
        case integer(Int)
        case float(Double)
        case symbol(Symbol)
        case end
    }

    /// The operators and brackets, by their spelling.
    enum Symbol: String, CaseIterable, Sendable {
        case power = "**"
        case floorDivide = "//"
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case add = "+"
        case subtract = "-"
        case divide = "/"
        case multiply = "*"
        case modulo = "%"
        case tilde = "~"
        case leftBracket = "["
        case rightBracket = "]"
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBrace = "{"
        case rightBrace = "}"
        case greater = ">"
        case less = "<"
        case assign = "="
        case dot = "."
        case colon = ":"
        case pipe = "|"
        case comma = ","
        case semicolon = ";"

        /// The bracket that closes this one.
        var closing: Symbol? {
            switch self {
            case .leftBracket: .rightBracket
            case .leftParenthesis: .rightParenthesis
            case .leftBrace: .rightBrace
            default: nil
            }
        }

        var isClosing: Bool { self == .rightBracket || self == .rightParenthesis || self == .rightBrace }
    }
}

extension JinjaToken.Kind {
    /// How messages name the token.
    var described: String {
        switch self {
        case .data: "template data / text"
        case .blockBegin: "begin of statement block"
        case .blockEnd: "end of statement block"
        case .variableBegin: "begin of print statement"
        case .variableEnd: "end of print statement"
        case .name(let name): name
        case .string: "string"
        case .integer: "integer"
        case .float: "float"
        case .symbol(let symbol): symbol.rawValue
        case .end: "end of template"
        }
    }
}

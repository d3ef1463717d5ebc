/// An answer as it was written: expressions, and what is made of them.
indirect enum MathNode: Hashable, Sendable {
    /// Whether it was written with a decimal point decides how exactly it is compared.
    case number(Double, isDecimal: Bool)
    case variable(String)
    case infinity
    case sum([MathNode])
    case product([MathNode])
    case quotient(MathNode, MathNode)
    case power(MathNode, MathNode)
    case negated(MathNode)
    case function(String, [MathNode])
    case plusMinus(MathNode?, MathNode)
    case percent(MathNode)
    /// Round or square brackets round several things: a point, a vector, or an interval.
    case tuple(open: Character, close: Character, [MathNode])
    case set([MathNode])
    case union([MathNode])
    case setOperation(String, MathNode, MathNode)
    case matrix([[MathNode]])
    /// Several things side by side, without brackets.
    case list([MathNode])
    /// `a < b <= c`: one operator fewer than operands.
    case relation([MathNode], [String])
    case text(String)
}

/// Why a text is not read as mathematics.
enum MathProblem: Error, Hashable {
    case empty, tooLong, tooDeep
    case unexpected(String)
}

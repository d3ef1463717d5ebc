/// An expression of the template language.
indirect enum JinjaExpression: Sendable {
    case constant(JinjaConstant)
    case name(String)
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case mapping([(key: JinjaExpression, value: JinjaExpression)])
    case attribute(JinjaExpression, name: String)
    case item(JinjaExpression, index: JinjaExpression)
    case slice(JinjaExpression, start: JinjaExpression?, stop: JinjaExpression?, step: JinjaExpression?)
    case call(JinjaExpression, JinjaCallArguments)
    case filter(JinjaExpression, JinjaNamedCall)
    case test(JinjaExpression, JinjaNamedCall)
    case not(JinjaExpression)
    case negative(JinjaExpression)
    case positive(JinjaExpression)
    case arithmetic(JinjaOperator, JinjaExpression, JinjaExpression)
    case concatenation([JinjaExpression])
    case comparison(JinjaExpression, [(JinjaComparison, JinjaExpression)])
    case and(JinjaExpression, JinjaExpression)
    case or(JinjaExpression, JinjaExpression)
    case conditional(test: JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?, line: Int)
    /// What stands before the first filter of a filter block or a `set` block: the text of the block.
    case blockText
}

/// A literal.
enum JinjaConstant: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text([Unicode.Scalar])
}

/// An operator that compares.
enum JinjaComparison: Sendable {
    case equal
    case notEqual
    case ordered(JinjaValue.Ordering)
    case contained
    case notContained
}

/// The arguments of a call.
struct JinjaCallArguments: Sendable {
    var positional: [JinjaExpression] = []
    var named: [(name: String, value: JinjaExpression)] = []
    /// `*list`.
    var spread: JinjaExpression?
    /// `**mapping`.
    var namedSpread: JinjaExpression?
    var line = 0
}

/// A filter or a test with its arguments.
struct JinjaNamedCall: Sendable {
    var name: String
    var arguments: JinjaCallArguments
    var line: Int
}

/// A statement, or text to write.
struct JinjaStatement: Sendable {
    var kind: Kind
    var line: Int

    indirect enum Kind: Sendable {
        case text([Unicode.Scalar])
        case output(JinjaExpression)
        case set(JinjaTarget, JinjaExpression)
        case setBlock(JinjaTarget, filter: JinjaExpression?, body: [JinjaStatement])
        case branches([JinjaBranch], otherwise: [JinjaStatement])
        case loop(JinjaLoopDefinition)
        case macro(JinjaMacroDefinition)
        case callBlock(JinjaMacroDefinition, call: JinjaExpression)
        case filterBlock(JinjaExpression, body: [JinjaStatement])
        case with([(target: JinjaTarget, value: JinjaExpression)], body: [JinjaStatement])
        /// A body with variables of its own: `generation` and `block`.
        case scope([JinjaStatement])
        case breakLoop
        case continueLoop
    }
}

/// One `if` or `elif` with its body.
struct JinjaBranch: Sendable {
    var test: JinjaExpression
    var body: [JinjaStatement]
    var line: Int
}

/// What an assignment writes to.
indirect enum JinjaTarget: Sendable {
    case name(String)
    case namespace(String, attribute: String)
    case tuple([JinjaTarget])
}

/// A `for` statement.
struct JinjaLoopDefinition: Sendable {
    var target: JinjaTarget
    var iterable: JinjaExpression
    var test: JinjaExpression?
    var isRecursive: Bool
    var body: [JinjaStatement]
    var otherwise: [JinjaStatement]
}

/// A macro, or the body of a `call` block, which has no name.
struct JinjaMacroDefinition: Sendable {
    var name: String?
    var parameters: [String]
    /// Of the last parameters.
    var defaults: [JinjaExpression]
    var body: [JinjaStatement]
    /// Which of `caller`, `kwargs` and `varargs` the body reads without defining it.
    var implicitNames: Set<String> = []
}

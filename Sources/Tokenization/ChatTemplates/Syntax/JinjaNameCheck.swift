/// Looks for filters and tests that do not exist, and for the names that a macro's body takes for granted.
///
/// An unknown filter is a mistake in the template at once, except inside an `if` or a conditional expression, where
/// it is one only when it is reached: templates guard filters that way.
enum JinjaNameCheck {
    static func check(_ statements: [JinjaStatement], isGuarded: Bool = false) throws(ChatTemplateError) {
        for statement in statements { try check(statement, isGuarded: isGuarded) }
    }

    private static func check(_ statement: JinjaStatement, isGuarded: Bool) throws(ChatTemplateError) {
        switch statement.kind {
        case .branches(let branches, let otherwise):
            for branch in branches {
                try check(branch.test, isGuarded: true)
                try check(branch.body, isGuarded: true)
            }
            try check(otherwise, isGuarded: true)
        case .loop(let loop):
            try check(loop.iterable, isGuarded: isGuarded)
            if let test = loop.test { try check(test, isGuarded: false) }
            try check(loop.body)
            try check(loop.otherwise)
        default:
            for expression in statement.expressions { try check(expression, isGuarded: isGuarded) }
            try check(statement.body)
        }
    }

    private static func check(_ expression: JinjaExpression, isGuarded: Bool) throws(ChatTemplateError) {
        var isGuarded = isGuarded
        switch expression {
        case .conditional: isGuarded = true
        case .filter(_, let call) where !isGuarded && JinjaFilters.all[call.name] == nil:
            throw .syntax(message: "No filter named \(call.name.pythonQuoted).", line: call.line)
        case .test(_, let call) where !isGuarded && JinjaTests.all[call.name] == nil:
            throw .syntax(message: "No test named \(call.name.pythonQuoted).", line: call.line)
        default: break
        }
        for child in expression.children { try check(child, isGuarded: isGuarded) }
    }
}

extension JinjaMacroDefinition {
    /// Notes which of the names that a call provides by itself the body reads.
    func findingImplicitNames() -> JinjaMacroDefinition {
        var result = self
        var finder = JinjaNameFinder(wanted: ["caller", "kwargs", "varargs"])
        finder.visit(body)
        result.implicitNames = finder.found.subtracting(parameters)
        return result
    }
}

/// Finds out which of some names are read before they are set.
private struct JinjaNameFinder {
    var wanted: Set<String>
    var found: Set<String> = []

    mutating func visit(_ statements: [JinjaStatement]) {
        for statement in statements {
            statement.expressions.forEach { visit($0) }
            visit(statement.body)
        }
    }

    mutating func visit(_ expression: JinjaExpression) {
        if case .name(let name) = expression, wanted.contains(name) { found.insert(name) }
        expression.children.forEach { visit($0) }
    }
}

extension JinjaStatement {
    /// The expressions of the statement itself, those in its body left out.
    fileprivate var expressions: [JinjaExpression] {
        switch kind {
        case .text, .scope, .breakLoop, .continueLoop: []
        case .output(let value), .set(_, let value): [value]
        case .setBlock(_, let filter, _): filter.map { [$0] } ?? []
        case .branches(let branches, _): branches.map(\.test)
        case .loop(let loop): [loop.iterable] + (loop.test.map { [$0] } ?? [])
        case .macro(let macro): macro.defaults
        case .callBlock(let macro, let call): macro.defaults + [call]
        case .filterBlock(let filter, _): [filter]
        case .with(let bindings, _): bindings.map(\.value)
        }
    }

    /// The statements inside the statement.
    fileprivate var body: [JinjaStatement] {
        switch kind {
        case .text, .output, .set, .breakLoop, .continueLoop: []
        case .setBlock(_, _, let body), .filterBlock(_, let body), .with(_, let body), .scope(let body): body
        case .branches(let branches, let otherwise): branches.flatMap(\.body) + otherwise
        case .loop(let loop): loop.body + loop.otherwise
        case .macro(let macro), .callBlock(let macro, _): macro.body
        }
    }
}

extension JinjaExpression {
    fileprivate var children: [JinjaExpression] {
        switch self {
        case .constant, .name, .blockText: []
        case .list(let items), .tuple(let items), .concatenation(let items): items
        case .mapping(let items): items.flatMap { [$0.key, $0.value] }
        case .attribute(let base, _), .not(let base), .negative(let base), .positive(let base): [base]
        case .item(let base, let index): [base, index]
        case .slice(let base, let start, let stop, let step): [base] + [start, stop, step].compactMap(\.self)
        case .call(let base, let arguments): [base] + arguments.expressions
        case .filter(let base, let call), .test(let base, let call): [base] + call.arguments.expressions
        case .arithmetic(_, let left, let right), .and(let left, let right), .or(let left, let right): [left, right]
        case .comparison(let first, let rest): [first] + rest.map(\.1)
        case .conditional(let test, let then, let otherwise, _): [test, then] + (otherwise.map { [$0] } ?? [])
        }
    }
}

extension JinjaCallArguments {
    fileprivate var expressions: [JinjaExpression] {
        positional + named.map(\.value) + [spread, namedSpread].compactMap(\.self)
    }
}

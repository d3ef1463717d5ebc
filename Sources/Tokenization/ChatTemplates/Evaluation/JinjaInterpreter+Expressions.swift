extension JinjaInterpreter {
    func evaluate(_ expression: JinjaExpression, in scope: JinjaScope) throws -> JinjaValue {
        try charge(1)
        switch expression {
        case .constant(let constant): return JinjaValue(constant)
        case .name(let name): return scope.value(of: name)
        case .blockText: return .text(blockText)
        default:
            let value = try nested { try evaluateCompound(expression, in: scope) }
            try charge(value.cost)
            return value
        }
    }

    private func evaluateCompound(_ expression: JinjaExpression, in scope: JinjaScope) throws -> JinjaValue {
        switch expression {
        case .attribute(let base, let name):
            return try attribute(name, of: try evaluate(base, in: scope))
        case .item(let base, let index):
            return try item(try evaluate(index, in: scope), of: try evaluate(base, in: scope))
        case .call(let callee, let arguments):
            return try evaluateCall(callee, arguments, in: scope)
        case .filter(let base, let filter):
            return try evaluateFilter(filter, of: base, in: scope)
        case .test(let base, let test):
            return .boolean(try evaluateTest(test, of: base, in: scope))
        case .and(let left, let right):
            let value = try evaluate(left, in: scope)
            return value.isTrue ? try evaluate(right, in: scope) : value
        case .or(let left, let right):
            let value = try evaluate(left, in: scope)
            return value.isTrue ? value : try evaluate(right, in: scope)
        case .not(let operand):
            return .boolean(!(try evaluate(operand, in: scope).isTrue))
        case .arithmetic(let operation, let left, let right):
            return try apply(operation, try evaluate(left, in: scope), try evaluate(right, in: scope))
        default:
            return try evaluateOther(expression, in: scope)
        }
    }

    private func evaluateOther(_ expression: JinjaExpression, in scope: JinjaScope) throws -> JinjaValue {
        switch expression {
        case .list(let items):
            return .list(try JinjaSequence(items.map { try evaluate($0, in: scope) }, limits: limits))
        case .tuple(let items):
            return .tuple(try JinjaSequence(items.map { try evaluate($0, in: scope) }, limits: limits))
        case .mapping(let items): return try evaluateMapping(items, in: scope)
        case .slice(let base, let start, let stop, let step):
            let bounds = try [start, stop, step].map { try $0.map { try evaluate($0, in: scope) } ?? .none }
            return try slice(of: try evaluate(base, in: scope), bounds: bounds)
        case .concatenation(let parts): return try evaluateConcatenation(parts, in: scope)
        case .comparison(let first, let rest): return try evaluateComparison(first, rest, in: scope)
        case .negative(let operand): return try negate(try evaluate(operand, in: scope))
        case .positive(let operand): return try plus(try evaluate(operand, in: scope))
        case .conditional(let test, let then, let otherwise, let line):
            if try evaluate(test, in: scope).isTrue { return try evaluate(then, in: scope) }
            if let otherwise { return try evaluate(otherwise, in: scope) }
            return .undefined(
                JinjaUndefined(
                    message: "the inline if-expression on line \(line) evaluated to false"
                        + " and no else section was defined."
                )
            )
        default: return .none
        }
    }

    private func evaluateMapping(
        _ items: [(key: JinjaExpression, value: JinjaExpression)],
        in scope: JinjaScope
    ) throws -> JinjaValue {
        var mapping = JinjaMapping()
        for (key, value) in items {
            try mapping.set(try evaluate(key, in: scope), to: try evaluate(value, in: scope), limits: limits)
        }
        return .mapping(mapping)
    }

    private func evaluateConcatenation(_ parts: [JinjaExpression], in scope: JinjaScope) throws -> JinjaValue {
        var result = TracedText()
        for part in parts {
            let text = try string(try evaluate(part, in: scope))
            try checkTextLength(result.count + text.count)
            result.append(text)
        }
        return .text(result)
    }

    private func evaluateComparison(
        _ first: JinjaExpression,
        _ rest: [(JinjaComparison, JinjaExpression)],
        in scope: JinjaScope
    ) throws -> JinjaValue {
        var left = try evaluate(first, in: scope)
        for (comparison, expression) in rest {
            let right = try evaluate(expression, in: scope)
            try charge(min(left.weight, right.weight) / 4)
            guard try holds(comparison, left, right) else { return .boolean(false) }
            left = right
        }
        return .boolean(true)
    }

    private func holds(_ comparison: JinjaComparison, _ left: JinjaValue, _ right: JinjaValue) throws -> Bool {
        switch comparison {
        case .equal: left.equals(right)
        case .notEqual: !left.equals(right)
        case .ordered(let ordering): try left.isOrdered(ordering, right)
        case .contained: try contains(left, in: right)
        case .notContained: !(try contains(left, in: right))
        }
    }

    /// Python's `in`.
    func contains(_ value: JinjaValue, in container: JinjaValue) throws -> Bool {
        try charge(container.weight / 4)
        switch container {
        case .text(let text):
            guard case .text(let part) = value else { throw inTextFailure(value) }
            return text.contains(part)
        case .mapping(let mapping): return try mapping.index(of: value) != nil
        case .none, .boolean, .integer, .float, .namespace, .loop, .macro, .function:
            throw JinjaFailure.typeError("argument of type \(container.typeName.pythonQuoted) is not iterable")
        default:
            let iterator = try iterator(over: container)
            while let item = try iterator.next() {
                try charge(1)
                if item.equals(value) { return true }
            }
            return false
        }
    }

    private func inTextFailure(_ value: JinjaValue) -> JinjaFailure {
        .typeError("'in <string>' requires string as left operand, not \(value.typeName)")
    }

    private func negate(_ value: JinjaValue) throws -> JinjaValue {
        switch JinjaNumber(value) {
        case .integer(let number):
            guard number != .min else { throw JinjaFailure.integerOverflow }
            return .integer(-number)
        case .float(let number): return .float(-number)
        case nil: throw badOperand(value, of: "unary -")
        }
    }

    private func plus(_ value: JinjaValue) throws -> JinjaValue {
        switch JinjaNumber(value) {
        case .integer(let number): return .integer(number)
        case .float(let number): return .float(number)
        case nil: throw badOperand(value, of: "unary +")
        }
    }

    func badOperand(_ value: JinjaValue, of operation: String) -> JinjaFailure {
        if case .undefined(let undefined) = value, operation.hasPrefix("unary") { return undefined.failure }
        return .typeError("bad operand type for \(operation): \(value.typeName.pythonQuoted)")
    }
}

extension JinjaInterpreter {
    func evaluate(_ arguments: JinjaCallArguments, in scope: JinjaScope) throws -> JinjaArguments {
        var result = JinjaArguments()
        result.positional = try arguments.positional.map { try evaluate($0, in: scope) }
        result.named = try arguments.named.map { ($0.name, try evaluate($0.value, in: scope)) }
        if let spread = arguments.spread {
            result.positional += try items(of: try evaluate(spread, in: scope))
        }
        if let spread = arguments.namedSpread {
            guard case .mapping(let mapping) = try evaluate(spread, in: scope) else {
                throw JinjaFailure.typeError("argument after ** must be a mapping")
            }
            for (key, value) in zip(mapping.keys, mapping.values) {
                guard case .text(let name) = key else { throw JinjaFailure.typeError("keywords must be strings") }
                result.named.append((name.string, value))
            }
        }
        return result
    }

    private func evaluateFilter(
        _ filter: JinjaNamedCall,
        of base: JinjaExpression,
        in scope: JinjaScope
    ) throws -> JinjaValue {
        guard let body = JinjaFilters.all[filter.name] else {
            throw JinjaFailure.python(
                type: "TemplateRuntimeError",
                message: "No filter named \(filter.name.pythonQuoted) found."
            )
        }
        let value = try evaluate(base, in: scope)
        return try body(self, value, try evaluate(filter.arguments, in: scope))
    }

    private func evaluateTest(
        _ test: JinjaNamedCall,
        of base: JinjaExpression,
        in scope: JinjaScope
    ) throws -> Bool {
        guard let body = JinjaTests.all[test.name] else {
            throw JinjaFailure.python(
                type: "TemplateRuntimeError",
                message: "No test named \(test.name.pythonQuoted) found."
            )
        }
        let value = try evaluate(base, in: scope)
        return try body(self, value, try evaluate(test.arguments, in: scope))
    }

    private func evaluateCall(
        _ callee: JinjaExpression,
        _ arguments: JinjaCallArguments,
        in scope: JinjaScope
    ) throws -> JinjaValue {
        let function = try evaluate(callee, in: scope)
        return try call(function, try evaluate(arguments, in: scope))
    }

    /// Calls a function, a macro, or a recursive loop.
    func call(_ function: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
        switch function {
        case .function(let function): return try function.body(self, arguments)
        case .macro(let macro): return .text(try call(macro, arguments))
        case .loop(let loop): return .text(try recurse(into: loop, arguments))
        case .undefined(let undefined): throw undefined.failure
        default: throw JinjaFailure.typeError("\(function.typeName.pythonQuoted) object is not callable")
        }
    }
}

extension JinjaValue {
    init(_ constant: JinjaConstant) {
        switch constant {
        case .none: self = .none
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .text(let scalars): self = .text(TracedText(scalars, origin: .template))
        }
    }

    /// What it costs to have made the value.
    fileprivate var cost: Int {
        switch self {
        case .text(let text): text.count / 16
        case .list(let sequence), .tuple(let sequence): sequence.items.count / 4
        default: 0
        }
    }
}

extension JinjaInterpreter {
    /// Runs `statements` until one leaves the loop around them.
    func run(
        _ statements: [JinjaStatement],
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        for statement in statements {
            try charge(1)
            line = statement.line
            let flow = try run(statement, in: scope, to: &output)
            if flow != .normal { return flow }
        }
        return .normal
    }

    private func run(
        _ statement: JinjaStatement,
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        switch statement.kind {
        case .text(let text):
            try write(TracedText(text, origin: .template), to: &output)
        case .output(let expression):
            try write(try string(try evaluate(expression, in: scope)), to: &output)
        case .set(let target, let expression):
            try assign(try evaluate(expression, in: scope), to: target, in: scope)
        case .branches(let branches, let otherwise):
            return try runBranches(branches, otherwise: otherwise, in: scope, to: &output)
        case .loop(let definition):
            return try runLoop(definition, in: scope, to: &output)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        default:
            return try runBlock(statement.kind, in: scope, to: &output)
        }
        return .normal
    }

    private func runBlock(
        _ kind: JinjaStatement.Kind,
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        switch kind {
        case .scope(let body):
            return try runInside(body, JinjaScope(parent: scope), to: &output)
        case .setBlock(let target, let filter, let body):
            var text = TracedText()
            let flow = try runInside(body, JinjaScope(parent: scope), to: &text)
            guard flow == .normal else { return flow }
            try assign(try filtered(text, by: filter, in: scope), to: target, in: scope)
        case .filterBlock(let filter, let body):
            var text = TracedText()
            let flow = try runInside(body, JinjaScope(parent: scope), to: &text)
            guard flow == .normal else { return flow }
            try write(try string(try filtered(text, by: filter, in: scope)), to: &output)
        case .with(let bindings, let body):
            let inner = JinjaScope(parent: scope)
            let values = try bindings.map { try evaluate($0.value, in: scope) }
            for (binding, value) in zip(bindings, values) { try assign(value, to: binding.target, in: inner) }
            return try runInside(body, inner, to: &output)
        case .macro(let definition):
            guard let name = definition.name else { break }
            scope.variables[name] = keep(JinjaMacro(definition: definition, scope: scope))
        case .callBlock(let definition, let call):
            try runCallBlock(definition, call: call, in: scope, to: &output)
        default: break
        }
        return .normal
    }

    private func filtered(_ text: TracedText, by filter: JinjaExpression?, in scope: JinjaScope) throws -> JinjaValue {
        guard let filter else { return .text(text) }
        blockText = text
        return try evaluate(filter, in: scope)
    }

    private func runInside(
        _ body: [JinjaStatement],
        _ scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        try nested { try run(body, in: scope, to: &output) }
    }

    private func runBranches(
        _ branches: [JinjaBranch],
        otherwise: [JinjaStatement],
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        for branch in branches {
            line = branch.line
            if try evaluate(branch.test, in: scope).isTrue { return try runInside(branch.body, scope, to: &output) }
        }
        return try runInside(otherwise, scope, to: &output)
    }

    private func runCallBlock(
        _ definition: JinjaMacroDefinition,
        call: JinjaExpression,
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws {
        guard case .call(let callee, let callArguments) = call else { return }
        let caller = keep(JinjaMacro(definition: definition, scope: scope))
        let function = try evaluate(callee, in: scope)
        var arguments = try evaluate(callArguments, in: scope)
        arguments.named.append(("caller", caller))
        try write(try string(try self.call(function, arguments)), to: &output)
    }

    func write(_ text: TracedText, to output: inout TracedText) throws {
        try checkTextLength(output.count + text.count)
        try charge(text.count / 64)
        output.append(text)
    }

    /// Gives `value` to a name, an attribute of a namespace, or several of these.
    func assign(_ value: JinjaValue, to target: JinjaTarget, in scope: JinjaScope) throws {
        switch target {
        case .name(let name): scope.variables[name] = value
        case .namespace(let name, let attribute):
            let holder = scope.value(of: name)
            guard case .namespace(let namespace) = holder else {
                if case .undefined(let undefined) = holder { throw undefined.failure }
                throw JinjaFailure.python(
                    type: "TemplateRuntimeError",
                    message: "cannot assign attribute on non-namespace object"
                )
            }
            try JinjaGlobals.checkNamespaceAttribute(attribute)
            namespace.values[attribute] = value
        case .tuple(let targets):
            guard value.isIterable else {
                throw JinjaFailure.typeError("cannot unpack non-iterable \(value.typeName) object")
            }
            let values = try items(of: value)
            guard values.count == targets.count else {
                throw JinjaFailure.valueError(
                    values.count > targets.count
                        ? "too many values to unpack (expected \(targets.count))"
                        : "not enough values to unpack (expected \(targets.count), got \(values.count))"
                )
            }
            for (target, value) in zip(targets, values) { try assign(value, to: target, in: scope) }
        }
    }
}

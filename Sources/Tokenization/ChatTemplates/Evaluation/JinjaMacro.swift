/// A macro with the variables that were around its definition.
final class JinjaMacro {
    let definition: JinjaMacroDefinition
    let scope: JinjaScope

    init(definition: JinjaMacroDefinition, scope: JinjaScope) {
        self.definition = definition
        self.scope = scope
    }
}

extension JinjaInterpreter {
    /// Runs the macro's body with `arguments` and gives what it writes.
    func call(_ macro: JinjaMacro, _ arguments: JinjaArguments) throws -> TracedText {
        let callLine = line
        let scope = JinjaScope(parent: macro.scope)
        var output = TracedText()
        try nested {
            try bind(arguments, to: macro.definition, in: scope)
            _ = try run(macro.definition.body, in: scope, to: &output)
        }
        line = callLine
        return output
    }

    private func bind(
        _ arguments: JinjaArguments,
        to definition: JinjaMacroDefinition,
        in scope: JinjaScope
    ) throws {
        var named = arguments.named
        let parameters = definition.parameters
        let firstDefault = parameters.count - definition.defaults.count
        for (index, parameter) in parameters.enumerated() {
            if index < arguments.positional.count {
                scope.variables[parameter] = arguments.positional[index]
            } else if let given = named.firstIndex(where: { $0.name == parameter }) {
                scope.variables[parameter] = named.remove(at: given).value
            } else if index >= firstDefault {
                scope.variables[parameter] = try evaluate(definition.defaults[index - firstDefault], in: scope)
            } else {
                let message = "parameter \(parameter.pythonQuoted) was not provided"
                scope.variables[parameter] = .undefined(JinjaUndefined(message: message))
            }
        }
        bindCaller(&named, of: definition, in: scope)
        try bindRest(of: arguments, named: named, definition: definition, in: scope)
    }

    private func bindCaller(
        _ named: inout [(name: String, value: JinjaValue)],
        of definition: JinjaMacroDefinition,
        in scope: JinjaScope
    ) {
        guard definition.implicitNames.contains("caller") else { return }
        if let index = named.firstIndex(where: { $0.name == "caller" }) {
            scope.variables["caller"] = named.remove(at: index).value
        } else {
            scope.variables["caller"] = .undefined(JinjaUndefined(message: "No caller defined"))
        }
    }

    private func bindRest(
        of arguments: JinjaArguments,
        named: [(name: String, value: JinjaValue)],
        definition: JinjaMacroDefinition,
        in scope: JinjaScope
    ) throws {
        let name = definition.name?.pythonQuoted ?? "None"
        if definition.implicitNames.contains("kwargs") {
            var mapping = JinjaMapping()
            for (name, value) in named { try mapping.set(.text(name), to: value, limits: limits) }
            scope.variables["kwargs"] = .mapping(mapping)
        } else if let first = named.first {
            throw JinjaFailure.typeError(
                first.name == "caller"
                    ? "macro \(name) was invoked with two values for the special caller argument."
                        + " This is most likely a bug."
                    : "macro \(name) takes no keyword argument \(first.name.pythonQuoted)"
            )
        }
        if definition.implicitNames.contains("varargs") {
            let rest = Array(arguments.positional.dropFirst(definition.parameters.count))
            scope.variables["varargs"] = .tuple(try JinjaSequence(rest, limits: limits))
        } else if arguments.positional.count > definition.parameters.count {
            throw JinjaFailure.typeError(
                "macro \(name) takes not more than \(definition.parameters.count) argument(s)"
            )
        }
    }
}

/// Runs the statements of a template once, within bounds.
///
/// One interpreter serves one rendering and is used from one thread.
final class JinjaInterpreter {
    let limits: TemplateLimits
    /// What `strftime_now` tells; without it the function is undefined.
    let now: CivilTime?
    /// The line of the statement that runs.
    var line = 1
    /// The text that a filter block or a `set` block hands to its filters.
    var blockText = TracedText()
    private var steps = 0
    private var depth = 0
    private var kept = KeptObjects()

    init(limits: TemplateLimits, now: CivilTime?) {
        self.limits = limits
        self.now = now
    }

    /// What a statement did to the loop around it.
    enum Flow {
        case normal
        case breakLoop
        case continueLoop
    }

    /// Renders `statements` with the given variables.
    func render(
        _ statements: [JinjaStatement],
        variables: [String: JinjaValue]
    ) throws(ChatTemplateError) -> TracedText {
        defer { kept.empty() }
        do {
            let globals = JinjaScope(parent: nil, variables: JinjaGlobals.all(now: now))
            let context = JinjaScope(parent: globals, variables: variables)
            var output = TracedText()
            _ = try run(statements, in: JinjaScope(parent: context), to: &output)
            return output
        } catch let failure as JinjaFailure {
            throw failure.located(atLine: line)
        } catch {
            throw .operation(type: "Exception", message: "\(type(of: error))", line: line)
        }
    }

    /// Counts work done: one for a node, more for long texts and lists.
    func charge(_ work: Int) throws {
        let (sum, overflow) = steps.addingReportingOverflow(work)
        guard !overflow, sum <= limits.steps else { throw JinjaFailure.limit(.steps, allowed: limits.steps) }
        steps = sum
    }

    /// Refuses a text of `length` code points when that is too long; called before the text is made.
    func checkTextLength(_ length: Int) throws {
        guard length <= limits.textLength else {
            throw JinjaFailure.limit(.textLength, allowed: limits.textLength)
        }
    }

    /// Runs `body` one level further in.
    func nested<Result>(_ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.evaluationDepth else {
            throw JinjaFailure.limit(.nesting, allowed: limits.evaluationDepth)
        }
        return try body()
    }

    func keep(_ namespace: JinjaNamespace) -> JinjaValue {
        kept.namespaces.append(namespace)
        return .namespace(namespace)
    }

    func keep(_ iterator: JinjaIterator) throws -> JinjaValue {
        guard iterator.depth < limits.nesting else {
            throw JinjaFailure.limit(.nesting, allowed: limits.nesting)
        }
        kept.iterators.append(iterator)
        return .iterator(iterator)
    }

    func keep(_ macro: JinjaMacro) -> JinjaValue {
        kept.scopes.append(macro.scope)
        return .macro(macro)
    }
}

/// Objects that can refer to each other.
///
/// Emptied one by one after rendering: a template can build a cycle, which would never be freed, or a long chain,
/// whose release would recurse too far.
private struct KeptObjects {
    var namespaces: [JinjaNamespace] = []
    var iterators: [JinjaIterator] = []
    var scopes: [JinjaScope] = []

    func empty() {
        for namespace in namespaces { namespace.values = [:] }
        for iterator in iterators { iterator.close() }
        for scope in scopes { scope.variables = [:] }
    }
}

/// The variables of a body, on top of those around it.
final class JinjaScope {
    let parent: JinjaScope?
    var variables: [String: JinjaValue]

    init(parent: JinjaScope?, variables: [String: JinjaValue] = [:]) {
        self.parent = parent
        self.variables = variables
    }

    func value(of name: String) -> JinjaValue {
        var scope: JinjaScope? = self
        while let current = scope {
            if let value = current.variables[name] { return value }
            scope = current.parent
        }
        return .undefined(.name(name))
    }
}

/// Evaluated arguments of a call.
struct JinjaArguments {
    var positional: [JinjaValue] = []
    var named: [(name: String, value: JinjaValue)] = []

    /// The arguments in the order of `parameters`, nil where one was not given.
    func bound(
        to parameters: [String],
        of function: String,
        required: Int = 0
    ) throws -> [JinjaValue?] {
        guard positional.count <= parameters.count else {
            let given = positional.count
            throw JinjaFailure.typeError(
                "\(function)() takes at most \(parameters.count) arguments (\(given) given)"
            )
        }
        var values: [JinjaValue?] = positional + Array(repeating: nil, count: parameters.count - positional.count)
        for (name, value) in named {
            guard let index = parameters.firstIndex(of: name) else {
                throw JinjaFailure.typeError(
                    "\(function)() got an unexpected keyword argument \(name.pythonQuoted)"
                )
            }
            guard values[index] == nil else {
                throw JinjaFailure.typeError(
                    "\(function)() got multiple values for argument \(name.pythonQuoted)"
                )
            }
            values[index] = value
        }
        if let missing = values.prefix(required).firstIndex(where: { $0 == nil }) {
            throw JinjaFailure.typeError(
                "\(function)() missing 1 required positional argument: \(parameters[missing].pythonQuoted)"
            )
        }
        return values
    }
}

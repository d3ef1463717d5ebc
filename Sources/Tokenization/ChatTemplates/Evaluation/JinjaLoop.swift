/// A running `for` statement, as its body sees it through `loop`.
final class JinjaLoop {
    let definition: JinjaLoopDefinition
    /// The variables around the statement, where a recursive call starts again.
    let scope: JinjaScope
    /// How many calls of a recursive loop are around this one.
    let depth0: Int
    private(set) var index0 = -1
    private(set) var current: JinjaValue?
    private(set) var previous: JinjaValue?
    private var lookahead: JinjaValue?
    private var iterator: JinjaIterator
    private var knownLength: Int?
    /// What `changed` was last called with.
    var lastChanged: [JinjaValue]?

    init(
        _ definition: JinjaLoopDefinition,
        scope: JinjaScope,
        depth0: Int,
        iterator: JinjaIterator,
        length: Int?
    ) {
        self.definition = definition
        self.scope = scope
        self.depth0 = depth0
        self.iterator = iterator
        knownLength = length
    }

    /// Steps to the next item and gives it.
    func advance() throws -> JinjaValue? {
        let upcoming = try peek()
        lookahead = nil
        guard let upcoming else { return nil }
        index0 += 1
        previous = current
        current = upcoming
        return upcoming
    }

    /// The item after the current one.
    func peek() throws -> JinjaValue? {
        if lookahead == nil { lookahead = try iterator.next() }
        return lookahead
    }

    func length() throws -> Int {
        if let knownLength { return knownLength }
        var rest: [JinjaValue] = []
        while let item = try iterator.next() { rest.append(item) }
        iterator = JinjaIterator(rest)
        let length = rest.count + index0 + 1 + (lookahead == nil ? 0 : 1)
        knownLength = length
        return length
    }

    /// Lets go of the items when the loop is over, so that a kept loop keeps nothing else.
    func finish() {
        current = nil
        previous = nil
        lookahead = nil
        lastChanged = nil
        iterator = JinjaIterator([])
    }
}

extension JinjaInterpreter {
    func runLoop(
        _ definition: JinjaLoopDefinition,
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws -> Flow {
        let iterable = try evaluate(definition.iterable, in: scope)
        try runLoop(definition, over: iterable, depth0: 0, in: scope, to: &output)
        return .normal
    }

    /// Renders the body of a recursive loop for other items: `loop(children)`.
    func recurse(into loop: JinjaLoop, _ arguments: JinjaArguments) throws -> TracedText {
        guard loop.definition.isRecursive else {
            throw JinjaFailure.typeError(
                "The loop must have the 'recursive' marker to be called recursively."
            )
        }
        let iterable = try arguments.bound(to: ["iterable"], of: "__call__", required: 1)[0] ?? .none
        let callLine = line
        var output = TracedText()
        try nested {
            try runLoop(loop.definition, over: iterable, depth0: loop.depth0 + 1, in: loop.scope, to: &output)
        }
        line = callLine
        return output
    }

    private func runLoop(
        _ definition: JinjaLoopDefinition,
        over iterable: JinjaValue,
        depth0: Int,
        in scope: JinjaScope,
        to output: inout TracedText
    ) throws {
        var iterator = try iterator(over: iterable)
        if let test = definition.test {
            iterator = selecting(from: iterator, target: definition.target, test: test, in: scope)
        }
        let length = definition.test == nil ? iterable.knownCount : nil
        let loop = JinjaLoop(definition, scope: scope, depth0: depth0, iterator: iterator, length: length)
        defer { loop.finish() }
        while let item = try loop.advance() {
            let inner = JinjaScope(parent: scope, variables: ["loop": .loop(loop)])
            try charge(1)
            try assign(item, to: definition.target, in: inner)
            if try nested({ try run(definition.body, in: inner, to: &output) }) == .breakLoop { break }
        }
        if loop.index0 < 0 {
            _ = try nested { try run(definition.otherwise, in: JinjaScope(parent: scope), to: &output) }
        }
    }

    private func selecting(
        from source: JinjaIterator,
        target: JinjaTarget,
        test: JinjaExpression,
        in scope: JinjaScope
    ) -> JinjaIterator {
        JinjaIterator { [unowned self] in
            while let item = try source.next() {
                let inner = JinjaScope(parent: scope)
                try assign(item, to: target, in: inner)
                if try evaluate(test, in: inner).isTrue { return item }
            }
            return nil
        }
    }
}

extension JinjaValue {
    /// Python's `len`, or nil for a value that has none.
    var knownCount: Int? {
        switch self {
        case .text(let text): text.count
        case .list(let sequence), .tuple(let sequence): sequence.items.count
        case .mapping(let mapping): mapping.count
        case .view(let view): view.mapping.count
        case .range(let range): range.count
        case .undefined: 0
        default: nil
        }
    }
}

/// A pattern as instructions for ``PatternMatcher``.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// One scalar of the set with this index.
        case scalar(Int)
        /// As many scalars of the set as there are, within bounds; gives back one after another where it may.
        case run(set: Int, atLeast: Int, atMost: Int, PatternGreed)
        case jump(Int)
        /// Goes on at the first; at the second where that fails.
        case split(Int, Int)
        /// Remembers the place, for ``progress(_:)``.
        case mark(Int)
        /// Fails where nothing was used up since ``mark(_:)``.
        case progress(Int)
        /// Runs what follows up to ``done`` on its own; then goes on at `next`, or fails.
        case look(next: Int, ahead: Bool, negated: Bool)
        /// As ``look``, and goes on where that ended.
        case atomic(next: Int)
        case assertion(PatternAssertion)
        case done
    }

    /// Bounds the copies that counted repetitions are made of.
    static let mostInstructions = 20_000

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [CompiledSet] = []
    private(set) var markCount = 0
    /// What a match can begin with; nil for anything.
    let first: CompiledSet?

    init(_ node: PatternNode) throws(PatternError) {
        first = node.first.map { CompiledSet($0) }
        try append(node)
        try append(.done)
    }

    private mutating func append(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < Self.mostInstructions else { throw .tooLarge(allowed: Self.mostInstructions) }
        instructions.append(instruction)
    }

    private mutating func append(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .scalar(let set): try append(.scalar(index(of: set)))
        case .sequence(let nodes): for node in nodes { try append(node) }
        case .alternatives(let nodes): try append(alternatives: nodes)
        case .repeated(let inner, let atLeast, let atMost, let greed):
            try append(repeated: inner, atLeast, atMost, greed)
        case .look(let inner, let ahead, let negated):
            let start = try placeholder()
            try append(inner)
            try append(.done)
            instructions[start] = .look(next: instructions.count, ahead: ahead, negated: negated)
        case .atomic(let inner):
            let start = try placeholder()
            try append(inner)
            try append(.done)
            instructions[start] = .atomic(next: instructions.count)
        case .assertion(let kind): try append(Instruction.assertion(kind))
        }
    }

    private mutating func placeholder() throws(PatternError) -> Int {
        try append(.done)
        return instructions.count - 1
    }

    private mutating func index(of set: ScalarSet) -> Int {
        sets.append(CompiledSet(set))
        return sets.count - 1
    }

    private mutating func append(alternatives nodes: [PatternNode]) throws(PatternError) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let start = try placeholder()
            try append(node)
            ends.append(try placeholder())
            instructions[start] = .split(start + 1, instructions.count)
        }
        if let last = nodes.last { try append(last) }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func append(
        repeated node: PatternNode, _ atLeast: Int, _ atMost: Int, _ greed: PatternGreed
    ) throws(PatternError) {
        if case .scalar(let set) = node {
            try append(.run(set: index(of: set), atLeast: atLeast, atMost: atMost, greed))
            return
        }
        if greed == .possessive {
            try append(.atomic(.repeated(node, atLeast: atLeast, atMost: atMost, .greedy)))
            return
        }
        for _ in 0..<atLeast {
            let start = instructions.count
            try append(node)
            // What matches nothing in no steps does so however often it is repeated.
            if instructions.count == start { break }
        }
        if atMost == Int.max {
            try append(endless: node, greed)
        } else {
            try append(optional: node, count: atMost - atLeast, greed)
        }
    }

    private mutating func append(endless node: PatternNode, _ greed: PatternGreed) throws(PatternError) {
        let start = try placeholder()
        let mark = node.canBeEmpty ? markCount : nil
        if let mark {
            markCount += 1
            try append(.mark(mark))
        }
        try append(node)
        if let mark { try append(.progress(mark)) }
        try append(.jump(start))
        instructions[start] =
            greed == .lazy ? .split(instructions.count, start + 1) : .split(start + 1, instructions.count)
    }

    private mutating func append(
        optional node: PatternNode, count: Int, _ greed: PatternGreed
    ) throws(PatternError) {
        var starts: [Int] = []
        for _ in 0..<count {
            starts.append(try placeholder())
            try append(node)
        }
        let end = instructions.count
        for start in starts { instructions[start] = greed == .lazy ? .split(end, start + 1) : .split(start + 1, end) }
    }
}

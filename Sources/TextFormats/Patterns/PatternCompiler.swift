/// One step of a compiled pattern.
enum PatternInstruction: Sendable {
    case set(ScalarSet)
    case assertion(PatternAssertion)
    /// Goes on at both places; the first is preferred.
    case split(Int, Int)
    case jump(Int)
    /// Remembers the place in the text as capture boundary number `slot`.
    case save(slot: Int)
    case accept
}

/// Turns a pattern's tree into a list of instructions.
struct PatternCompiler {
    private static let maximumSize = 2000

    private var program: [PatternInstruction] = []

    /// The program for the node, which remembers the match itself as capture 0.
    static func program(for node: PatternNode) throws(PatternProblem) -> [PatternInstruction] {
        var compiler = PatternCompiler()
        try compiler.emit(.group(node, index: 0))
        try compiler.append(.accept)
        return compiler.program
    }

    private mutating func emit(_ node: PatternNode) throws(PatternProblem) {
        switch node {
        case .set(let set): try append(.set(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let nodes):
            for node in nodes { try emit(node) }
        case .alternatives(let nodes): try emitAlternatives(nodes)
        case .repeated(let node, let least, let most, let isGreedy):
            try emitRepeated(node, least: least, most: most, isGreedy: isGreedy)
        case .group(let node, let index):
            try append(.save(slot: 2 * index))
            try emit(node)
            try append(.save(slot: 2 * index + 1))
        }
    }

    private mutating func emitAlternatives(_ nodes: [PatternNode]) throws(PatternProblem) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            let isLast = index == nodes.count - 1
            let split = program.count
            if !isLast { try append(.split(split + 1, split + 1)) }
            try emit(node)
            guard !isLast else { break }
            ends.append(program.count)
            try append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    private mutating func emitRepeated(
        _ node: PatternNode, least: Int, most: Int?, isGreedy: Bool
    ) throws(PatternProblem) {
        for _ in 0..<least {
            let start = program.count
            try emit(node)
            // What matches nothing in no steps does so however often it is repeated.
            if program.count == start { break }
        }
        guard let most else { return try emitLoop(node, isGreedy: isGreedy) }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(program.count)
            try append(.split(0, 0))
            try emit(node)
        }
        for split in splits { program[split] = Self.split(into: split + 1, or: program.count, isGreedy: isGreedy) }
    }

    private mutating func emitLoop(_ node: PatternNode, isGreedy: Bool) throws(PatternProblem) {
        let start = program.count
        try append(.split(0, 0))
        try emit(node)
        try append(.jump(start))
        program[start] = Self.split(into: start + 1, or: program.count, isGreedy: isGreedy)
    }

    private static func split(into body: Int, or after: Int, isGreedy: Bool) -> PatternInstruction {
        isGreedy ? .split(body, after) : .split(after, body)
    }

    private mutating func append(_ instruction: PatternInstruction) throws(PatternProblem) {
        guard program.count < Self.maximumSize else {
            throw PatternProblem(
                reason: "a pattern of at most \(Self.maximumSize) steps once its repetitions are spelled out")
        }
        program.append(instruction)
    }
}

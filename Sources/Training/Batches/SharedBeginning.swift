/// Rows that sequences can have in common: their first tokens, as far as these are equal and nobody is to predict them.
///
/// Grows by one sequence after another, at the cost of comparing it with the first one.
struct SharedBeginning {
    private var first: TrainingSequence?
    private var count = 0
    private var inputs = 0
    private var common = 0

    init() {}

    init(_ sequences: [TrainingSequence]) {
        for sequence in sequences { add(sequence) }
    }

    mutating func add(_ sequence: TrainingSequence) {
        let limit = first == nil ? .max : common
        common = min(limit, Self.free(sequence), first.map { Self.equal($0.tokens, sequence.tokens) } ?? .max)
        first = first ?? sequence
        count += 1
        inputs += sequence.tokens.count - 1
    }

    /// Rows that all have in common, 0 for one sequence.
    ///
    /// Each keeps a row of its own, and what its first own token is predicted from.
    var length: Int { count > 1 ? common : 0 }

    /// Rows that a pass over the sequences takes.
    var rowCount: Int { inputs - max(0, count - 1) * length }

    /// Rows before the one that the first target is predicted from.
    private static func free(_ sequence: TrainingSequence) -> Int {
        let target = sequence.weights.indices.dropFirst().first(where: sequence.isTarget)
        return max(0, (target ?? sequence.tokens.count - 1) - 1)
    }

    private static func equal(_ a: [Int32], _ b: [Int32]) -> Int {
        let limit = min(a.count, b.count)
        return (0..<limit).first { a[$0] != b[$0] } ?? limit
    }
}

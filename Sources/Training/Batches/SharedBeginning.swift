/// Rows that sequences can have in common: their first tokens, as far as these are equal and nobody is to predict them.
enum SharedBeginning {
    /// Rows that all of `sequences` have in common, 0 for one sequence.
    ///
    /// Each keeps a row of its own, and what its first own token is predicted from.
    static func length(of sequences: [TrainingSequence]) -> Int {
        guard sequences.count > 1, let first = sequences.first else { return 0 }
        return sequences.reduce(free(first)) { min($0, free($1), common(first.tokens, $1.tokens)) }
    }

    /// Rows that a pass over `sequences` takes.
    static func rowCount(of sequences: [TrainingSequence]) -> Int {
        let all = sequences.reduce(0) { $0 + $1.tokens.count - 1 }
        return all - max(0, sequences.count - 1) * length(of: sequences)
    }

    /// Rows before the one that the first target is predicted from.
    private static func free(_ sequence: TrainingSequence) -> Int {
        let target = sequence.weights.indices.dropFirst().first { sequence.weights[$0] != 0 }
        return max(0, (target ?? sequence.tokens.count - 1) - 1)
    }

    private static func common(_ a: [Int32], _ b: [Int32]) -> Int { zip(a, b).prefix { $0 == $1 }.count }
}

internal import Tensors

/// Log-probabilities of given text.
public struct Scoring {
    let model: Transformer
    let threads: Int

    /// Rows whose logits are held at once.
    private static let logitRows = 64

    public init(_ model: Transformer, threads: Int) {
        self.model = model
        self.threads = threads
    }

    /// Natural-log probability of each id after the ones before it: `result[i]` is of `ids[i + 1]`.
    ///
    /// - Throws: ``TransformerError``.
    public func logProbabilities(of ids: [Int32]) throws -> [Float] {
        guard let first = ids.first else { throw TransformerError.emptyPrompt }
        try check(ids)
        guard ids.count <= model.configuration.contextLength else {
            throw TransformerError.contextExceeded(length: ids.count, limit: model.configuration.contextLength)
        }
        let cache = KVCache(model.configuration, capacity: ids.count)
        return try logProbabilities(of: Array(ids.dropFirst()), after: [first], cache: cache)
    }

    /// Natural-log probability of every id of each continuation, the prompt being read once.
    ///
    /// - Throws: ``TransformerError``.
    public func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        guard !prompt.isEmpty else { throw TransformerError.emptyPrompt }
        for ids in continuations { try check(ids) }
        let longest = continuations.reduce(0) { max($0, $1.count) }
        guard prompt.count + longest <= model.configuration.contextLength else {
            throw TransformerError.contextExceeded(
                length: prompt.count + longest, limit: model.configuration.contextLength)
        }
        let cache = KVCache(model.configuration, capacity: prompt.count)
        let next = Matrix(rows: 1, columns: model.configuration.vocabularySize)
        try read(prompt, cache) { final, begin, space in
            guard begin + final.rowCount == prompt.count else { return }
            try model.logits(final.rows((final.rowCount - 1)..<final.rowCount), into: next.slice, space: space)
        }
        return try continuations.map { continuation in
            guard let first = continuation.first else { return [] }
            let rest = Array(continuation.dropFirst())
            let ofFirst = Sampler.logProbability(of: first, next.slice, row: 0)
            try Sampler.requireNumber(ofFirst)
            return try [ofFirst]
                + logProbabilities(of: rest, after: [first], cache: cache.fork(capacity: continuation.count))
        }
    }

    /// Also the last one, which is never read.
    private func check(_ ids: [Int32]) throws {
        let size = model.configuration.vocabularySize
        for id in ids where id < 0 || Int(id) >= size {
            throw TransformerError.tokenOutOfRange(id: id, vocabularySize: size)
        }
    }

    private func logProbabilities(of ids: [Int32], after first: [Int32], cache: KVCache) throws -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(ids.count)
        let inputs = first + ids.dropLast()
        guard !ids.isEmpty else { return [] }
        let logits = Matrix(rows: min(Self.logitRows, inputs.count), columns: model.configuration.vocabularySize)
        try read(inputs, cache) { final, begin, space in
            for chunk in stride(from: 0, to: final.rowCount, by: Self.logitRows) {
                let rows = chunk..<min(final.rowCount, chunk + Self.logitRows)
                let part = logits.rows(0..<rows.count)
                try model.logits(final.rows(rows), into: part, space: space)
                result += parallelMap(rows.count, threads: threads) { row in
                    Sampler.logProbability(of: ids[begin + chunk + row], part, row: row)
                }
            }
        }
        for logProbability in result { try Sampler.requireNumber(logProbability) }
        return result
    }

    /// Reads ids in pieces; `body` sees each piece's final residual stream and the index of its first id.
    private func read(
        _ ids: [Int32], _ cache: KVCache, _ body: (MatrixSlice, Int, Workspace) throws -> Void
    ) throws {
        let space = Workspace(model.configuration, rows: min(512, ids.count), threads: threads)
        for begin in stride(from: 0, to: ids.count, by: space.rowCapacity) {
            let piece = ids[begin..<min(ids.count, begin + space.rowCapacity)]
            try body(try model.forward(TokenBatch(piece, cache: cache), space: space), begin, space)
        }
    }
}

internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Transformers

/// How far one model's predictions are from another's on a text: the Kullback-Leibler divergence of the next token's
/// distribution, in nats, over all positions.
struct Divergence: Encodable {
    var positions: Int
    var mean: Double
    var largest: Double
    /// Fraction of positions where both find the same token most probable.
    var agreement: Double

    /// - Throws: `TransformerError`.
    init(of model: LanguageModel, from exact: LanguageModel, on ids: [Int32]) throws {
        let chunk = 64
        let size = exact.transformer.configuration.vocabularySize
        let expected = Matrix(rows: chunk, columns: size)
        let found = Matrix(rows: chunk, columns: size)
        var left = Reader(model, ids.count), right = Reader(exact, ids.count)
        var divergences: [Double] = []
        var same = 0
        for begin in stride(from: 0, to: ids.count, by: chunk) {
            let piece = ids[begin..<min(ids.count, begin + chunk)]
            try left.read(piece, into: found)
            try right.read(piece, into: expected)
            divergences += parallelMap(piece.count, threads: model.threads) { row in
                Self.divergence(of: found.row(row), from: expected.row(row))
            }
            same += (0..<piece.count).count {
                Sampler.mostProbable(found.row($0)) == Sampler.mostProbable(expected.row($0))
            }
        }
        positions = divergences.count
        mean = divergences.reduce(0, +) / Double(max(1, positions))
        largest = divergences.max() ?? 0
        agreement = Double(same) / Double(max(1, positions))
    }

    /// `sum(p * (log p - log q))`, q being the softmax of `found` and p that of `expected`; both [1, n] logits.
    static func divergence(of found: MatrixSlice, from expected: MatrixSlice) -> Double {
        let foundTotal = RowOperations.logSumExp(found, row: 0)
        let expectedTotal = RowOperations.logSumExp(expected, row: 0)
        return found.withRow(0) { found in
            expected.withRow(0) { expected in
                var sum = 0.0
                for index in 0..<found.count {
                    let logP = Double(expected[index]) - expectedTotal
                    sum += exp(logP) * (logP - (Double(found[index]) - foundTotal))
                }
                return sum
            }
        }
    }
}

/// Reads a text piece by piece.
private struct Reader {
    let model: LanguageModel
    let cache: KVCache
    let space: Workspace

    init(_ model: LanguageModel, _ capacity: Int) {
        self.model = model
        cache = KVCache(model.transformer.configuration, capacity: capacity)
        space = Workspace(model.transformer.configuration, rows: 64, threads: model.threads)
    }

    mutating func read(_ ids: ArraySlice<Int32>, into logits: Matrix) throws {
        let final = try model.transformer.forward(TokenBatch(ids, cache: cache), space: space)
        try model.transformer.logits(final, into: logits.rows(0..<ids.count), space: space)
    }
}

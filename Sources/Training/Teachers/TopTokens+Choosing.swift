internal import Foundation
internal import Tensors

extension TeacherDistribution.TopTokens {
    /// The most probable tokens of one row of logits, in that order; of equal ones the one of the lower id comes first.
    ///
    /// - Parameters:
    ///   - logits: [1, vocabularySize]; divided by the temperature
    ///   - count: of tokens; up to the vocabulary's
    init(_ logits: MatrixSlice, count: Int, temperature: Double) {
        RowOperations.scale(logits, by: Float(1 / temperature), threads: 1)
        let total = RowOperations.logSumExp(logits, row: 0)
        let ids = logits.withRow(0) { Self.largest($0, count) }
        let values = logits.withRow(0) { row in ids.map { Float(Double(row[Int($0)]) - total) } }
        let rest = Self.logSumExp(logits, without: ids)
        self.init(ids: ids, logProbabilities: values, tail: rest.map { Float(exp($0 - total)) } ?? 0)
    }

    /// Of the logits that no id names; nil where all are named.
    ///
    /// - Parameter logits: [1, vocabularySize]
    static func logSumExp(_ logits: MatrixSlice, without ids: [Int32]) -> Double? {
        guard ids.count < logits.columnCount else { return nil }
        let rest = Matrix(rows: 1, columns: logits.columnCount)
        rest.slice.assign(logits)
        rest.slice.withMutableRow(0) { row in
            for id in ids { row[Int(id)] = -.infinity }
        }
        return RowOperations.logSumExp(rest.slice, row: 0)
    }

    /// Whenever twice as many are kept as are wanted, the lesser half goes.
    private static func largest(_ row: Span<Float>, _ count: Int) -> [Int32] {
        var kept: [UInt64] = []
        var least: UInt64 = 0
        for index in 0..<row.count {
            let key = key(row[index], index)
            guard key > least else { continue }
            kept.append(key)
            guard kept.count == 2 * count else { continue }
            kept.sort(by: >)
            kept.removeLast(count)
            least = kept[count - 1]
        }
        return kept.sorted(by: >).prefix(count).map { Int32(truncatingIfNeeded: ~$0) }
    }

    /// Larger for larger logits, then for lower ids; no two are equal.
    private static func key(_ logit: Float, _ id: Int) -> UInt64 {
        let bits = logit.bitPattern
        let ordered = bits >> 31 == 1 ? ~bits : bits | 1 << 31
        return UInt64(ordered) << 32 | UInt64(~UInt32(truncatingIfNeeded: id))
    }
}

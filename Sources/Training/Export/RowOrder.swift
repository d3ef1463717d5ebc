internal import Tensors
internal import Transformers

/// Where each row of a file's matrix lies in ours.
struct RowOrder: Sendable {
    /// `rows[i]` is our row for row i of the file.
    var rows: [Int]

    /// Hugging Face's order of the rows of a projection; nil where it is ours.
    ///
    /// A head whose rotated pairs lie next to each other here, (0, 1), (2, 3), …, has them a half apart there.
    static func huggingFace(of projection: Projection, in configuration: TransformerConfiguration) -> RowOrder? {
        guard configuration.rotaryPairing == .interleaved else { return nil }
        let heads: Int
        switch projection {
        case .query: heads = configuration.headCount
        case .key: heads = configuration.keyValueHeadCount
        default: return nil
        }
        let pairs = configuration.rotaryDimension / 2
        return RowOrder(
            rows: (0..<heads).flatMap { head in
                (0..<configuration.headDimension).map { row in
                    let start = head * configuration.headDimension
                    guard row < 2 * pairs else { return start + row }
                    return start + (row < pairs ? 2 * row : 2 * (row - pairs) + 1)
                }
            })
    }

    /// The way back.
    var inverse: RowOrder {
        var inverse = [Int](repeating: 0, count: rows.count)
        for (index, row) in rows.enumerated() { inverse[row] = index }
        return RowOrder(rows: inverse)
    }

    /// The rows of a matrix in this order; `values` row by row.
    static func gather(_ values: [Float], rows order: RowOrder) -> [Float] {
        let width = values.count / max(order.rows.count, 1)
        return order.rows.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
    }
}

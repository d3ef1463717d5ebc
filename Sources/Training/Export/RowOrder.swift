internal import Transformers

/// Where each row of a file's matrix lies in ours.
struct RowOrder: Sendable {
    /// `rows[i]` is our row for row i of the file.
    var rows: [Int]

    init(rows: [Int]) { self.rows = rows }

    /// - Parameter order: row of the file for each of ours
    init(inverting order: [Int]) {
        rows = order
        for (own, stored) in order.enumerated() { rows[stored] = own }
    }

    /// The order of a projection's rows in GGUF files; nil where it is ours, which is Hugging Face's.
    ///
    /// Files of the family `llama` hold the rows of a head's two halves in turn, so that components that are rotated
    /// together lie next to each other.
    static func gguf(of projection: Projection, in configuration: TransformerConfiguration) -> RowOrder? {
        guard configuration.architecture == "llama" else { return nil }
        let heads: Int
        switch projection {
        case .query: heads = configuration.headCount
        case .key: heads = configuration.keyValueHeadCount
        default: return nil
        }
        let half = configuration.headDimension / 2
        return RowOrder(
            rows: (0..<heads).flatMap { head in
                (0..<configuration.headDimension).map { row in
                    head * configuration.headDimension + row % 2 * half + row / 2
                }
            })
    }

    /// The rows of a matrix in this order; `values` row by row.
    static func gather(_ values: [Float], rows order: RowOrder) -> [Float] {
        let width = values.count / max(order.rows.count, 1)
        return order.rows.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
    }
}

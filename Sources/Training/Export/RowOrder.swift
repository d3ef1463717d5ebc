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

    /// The rows of a matrix in this order; `values` row by row.
    static func gather(_ values: [Float], rows order: RowOrder) -> [Float] {
        let width = values.count / max(order.rows.count, 1)
        return order.rows.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
    }
}

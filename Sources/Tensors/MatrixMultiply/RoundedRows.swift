internal import CKernels

/// Activations rounded to bfloat16, row after row, in memory that somebody else owns.
@safe
struct RoundedRows: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer
    let rowCount: Int
    let columnCount: Int
    private let rowByteCount: Int

    /// - Parameter pointer: to ``byteCount(rows:columns:)`` bytes
    init(_ pointer: UnsafeMutableRawPointer, rows: Int, columns: Int) {
        unsafe self.pointer = pointer
        rowCount = rows
        columnCount = columns
        rowByteCount = ck_bf16_row_bytes(columns)
    }

    static func byteCount(rows: Int, columns: Int) -> Int { rows * ck_bf16_row_bytes(columns) }

    func address(ofRow row: Int) -> UnsafeMutableRawPointer { unsafe pointer + row * rowByteCount }

    /// Rounds some rows, or a part of each.
    ///
    /// - Parameters:
    ///   - x: [rows, columns of the part]
    ///   - first: where its first row goes
    ///   - column: where the part begins: an even number
    func assign(_ x: MatrixSlice, row first: Int, column: Int = 0) {
        let begin = ck_bf16_row_bytes(column)
        for row in 0..<x.rowCount {
            unsafe ck_round_activations_bf16(x.address(ofRow: row), address(ofRow: first + row) + begin, x.columnCount)
        }
    }
}

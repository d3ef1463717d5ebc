internal import CKernels

/// Activations in the form that a product wants them, written over for each product.
///
/// Grows to the largest batch it has met and then stays.
@safe
final class ActivationBuffer {
    private var bytes = AlignedBytes(1 << 16)

    /// Below this many elements a second thread costs more than it brings.
    private static let parallelThreshold = 1 << 15

    /// Rows in 8 bits: [rows][inputs / 32] blocks.
    func quantize(_ x: MatrixSlice, threads: Int) -> UnsafePointer<ck_activation_block> {
        let perRow = x.columnCount / Int(CK_ACTIVATION_BLOCK)
        let blocks = unsafe reserve(x.rowCount * perRow * MemoryLayout<ck_activation_block>.stride)
            .assumingMemoryBound(to: ck_activation_block.self)
        let box = unsafe UncheckedBox(blocks)
        forEachRow(x, threads: threads) { row in
            unsafe ck_quantize_activations(x.address(ofRow: row), box.value + row * perRow, x.columnCount)
        }
        return unsafe UnsafePointer(blocks)
    }

    /// Rows rounded to bfloat16.
    func round(_ x: MatrixSlice, threads: Int) -> RoundedRows {
        let rounded = rounded(rows: x.rowCount, columns: x.columnCount)
        forEachRow(x, threads: threads) { row in rounded.assign(x.rows(row..<(row + 1)), row: row) }
        return rounded
    }

    /// Room for rows that are rounded to bfloat16; what it holds is not defined.
    func rounded(rows: Int, columns: Int) -> RoundedRows {
        unsafe RoundedRows(reserve(RoundedRows.byteCount(rows: rows, columns: columns)), rows: rows, columns: columns)
    }

    private func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if count > bytes.count { bytes = AlignedBytes(max(count, 2 * bytes.count)) }
        return unsafe bytes.pointer
    }

    private func forEachRow(_ x: MatrixSlice, threads: Int, _ body: @Sendable (Int) -> Void) {
        let threads = x.rowCount * x.columnCount >= Self.parallelThreshold ? threads : 1
        let chunk = max(1, (x.rowCount + 4 * threads - 1) / (4 * threads))
        parallelFor(tasks: (x.rowCount + chunk - 1) / chunk, threads: threads) { task, _ in
            for row in (task * chunk)..<min(x.rowCount, (task + 1) * chunk) { body(row) }
        }
    }
}

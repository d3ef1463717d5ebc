internal import CKernels

/// A weight matrix rounded to bfloat16, in panels.
final class BF16Weights: Sendable {
    let outputs: Int
    let inputs: Int
    let panelByteCount: Int
    let bytes: AlignedBytes

    /// Room for a matrix, [outputs, inputs]; ``pack(_:row:)`` fills it.
    init(outputs: Int, inputs: Int) {
        self.outputs = outputs
        self.inputs = inputs
        panelByteCount = ck_bf16_panel_bytes(inputs)
        bytes = AlignedBytes((outputs + Self.panel - 1) / Self.panel * panelByteCount)
    }

    static let panel = Int(CK_BF16_PANEL)

    var byteCount: Int { bytes.count }

    /// Packs rows that begin at a panel: whole panels, or the last rows.
    func pack(_ weights: MatrixSlice, row first: Int) {
        precondition(first % Self.panel == 0 && first + weights.rowCount <= outputs, "\(first) + \(weights.rowCount)")
        precondition(weights.columnCount == inputs, "\(weights.columnCount) inputs for \(inputs)")
        for row in stride(from: 0, to: weights.rowCount, by: Self.panel) {
            let rows = weights.rows(row..<min(weights.rowCount, row + Self.panel))
            unsafe ck_pack_bf16(
                rows.pointer, rows.stride, rows.rowCount, inputs, address(ofColumn: first + row))
        }
    }

    /// Where the panel of an output begins, a multiple of ``panel``.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        unsafe bytes.pointer + column / Self.panel * panelByteCount
    }
}

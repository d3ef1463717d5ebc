internal import CKernels

/// A matrix rounded to bfloat16, for products that sum over its rows. Its memory is used again for the next one.
@safe
public final class RoundedPanels {
    /// Which factor of a product it is. Their forms differ where the processor's own instruction is not used.
    enum Side { case left, right }

    private let side: Side
    /// Rows of the matrix.
    private(set) var inputs = 0
    /// Columns of the matrix.
    private(set) var outputs = 0
    private var bytes = AlignedBytes(64)

    /// The right factor of products.
    public convenience init() { self.init(.right) }

    init(_ side: Side) { self.side = side }

    static let width = Int(CK_BF16_PANEL)

    var panelByteCount: Int {
        side == .right ? ck_bf16_panel_bytes(inputs) : Self.width * ck_bf16_row_bytes(inputs)
    }

    /// Rows that go into all panels before the next ones: read from memory in their order, they stay in the nearest cache
    /// while panel after panel takes its part.
    private static let rowBlock = 16

    /// Takes the numbers of a matrix, [inputs, outputs].
    public func pack(_ matrix: MatrixSlice, threads: Int) {
        (inputs, outputs) = (matrix.rowCount, matrix.columnCount)
        let (panelByteCount, rows, rowBlock) = (panelByteCount, inputs, Self.rowBlock)
        let panels = (outputs + Self.width - 1) / Self.width
        if bytes.count < panels * panelByteCount { bytes = AlignedBytes(panels * panelByteCount) }
        let place = unsafe UncheckedBox(bytes.pointer)
        let packPanel = unsafe side == .right ? ck_pack_bf16_inputs : ck_pack_bf16_columns
        let rowByteCount = side == .right ? ck_bf16_panel_bytes(2) / 2 : Self.width * ck_bf16_row_bytes(2) / 2
        let (width, columns, stride) = (Self.width, outputs, matrix.stride)
        parallelFor(tasks: (rows + rowBlock - 1) / rowBlock, threads: threads) { task, _ in
            let block = (task * rowBlock)..<min(rows, (task + 1) * rowBlock)
            let from = unsafe matrix.rows(block).pointer
            for panel in 0..<panels {
                let to = unsafe place.value + panel * panelByteCount + block.lowerBound * rowByteCount
                unsafe packPanel(
                    from + panel * width, stride, block.count, min(width, columns - panel * width), to)
            }
        }
    }

    /// Where the panel of a column begins, a multiple of ``width``.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        unsafe bytes.pointer + column / Self.width * panelByteCount
    }
}

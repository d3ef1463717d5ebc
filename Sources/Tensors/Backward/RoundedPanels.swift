internal import CKernels

/// A matrix rounded to bfloat16, for products that sum over its rows. Its memory is used again for the next one.
@safe
public final class RoundedPanels {
    /// Rows of the matrix.
    private(set) var inputs = 0
    /// Columns of the matrix.
    private(set) var outputs = 0
    private var bytes = AlignedBytes(64)

    public init() {}

    static let width = Int(CK_BF16_PANEL)

    var panelByteCount: Int { ck_bf16_panel_bytes(inputs) }

    /// Takes the numbers of a matrix, [inputs, outputs].
    public func pack(_ matrix: MatrixSlice, threads: Int) {
        (inputs, outputs) = (matrix.rowCount, matrix.columnCount)
        let (width, panelByteCount, columns, rows) = (Self.width, panelByteCount, outputs, inputs)
        let panels = (columns + width - 1) / width
        if bytes.count < panels * panelByteCount { bytes = AlignedBytes(panels * panelByteCount) }
        let place = unsafe UncheckedBox(bytes.pointer)
        parallelFor(tasks: panels, threads: threads) { panel, _ in
            let part = matrix.columns((panel * width)..<min(columns, (panel + 1) * width))
            unsafe ck_pack_bf16_inputs(
                part.pointer, part.stride, rows, part.columnCount, place.value + panel * panelByteCount)
        }
    }

    /// Where the panel of a column begins, a multiple of ``width``.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        unsafe bytes.pointer + column / Self.width * panelByteCount
    }
}

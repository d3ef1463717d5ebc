internal import CKernels
internal import COneDNN

/// Quantised blocks that become float32 in the cache, a few columns of the result at a time, while they are multiplied.
///
/// The products have the bits of those with ``OneDNNWeights``. What travels from memory is as small as the file.
final class ExpandingWeights: Sendable {
    let blocks: QuantizedWeights
    /// Columns of the result that lie together once they are expanded.
    let columnBlock: Int
    /// Of all columns, once expanded.
    private let whole: OneDNNLayout
    /// Stretch of inputs that oneDNN adds up by itself; nil where products of few rows are its own too.
    let depth: Int?

    /// Nil where oneDNN does not want blocks of columns that each lie in one stretch, one input after another.
    init?(_ blocks: QuantizedWeights) throws {
        let layout = try OneDNNLayout(inputs: blocks.inputs, outputs: blocks.outputs)
        guard let block = layout.columnBlock, layout.isInputMajor, block % QuantizedWeights.panel == 0,
            layout.blockStride == block * blocks.inputs
        else { return nil }
        self.blocks = blocks
        columnBlock = block
        whole = layout
        depth = try OneDNNDepth.stretch(inputs: blocks.inputs)
    }

    /// Most rows that are multiplied with blocks that become float32 in registers: for so few, a way through the cache
    /// costs more than expanding again for every tile of rows.
    static let fewRows = Int(CK_EXPANDING_ROWS)

    /// Whether products of so many rows need no expanded blocks; they have the same bits.
    func multipliesDirectly(rows: Int) -> Bool { depth != nil && rows <= Self.fewRows }

    /// `out = x * transpose(columns)` for 1 to ``fewRows`` rows.
    ///
    /// - Parameters:
    ///   - first: the first column, at the beginning of a panel
    ///   - out: as many columns
    func multiplyDirectly(_ x: MatrixSlice, first: Int, into out: MatrixSlice) {
        precondition(multipliesDirectly(rows: x.rowCount) && x.rowCount > 0, "\(x.rowCount) rows")
        unsafe ck_product_expanding(
            blocks.type.kernel, x.rowCount, inputs, out.columnCount, x.pointer, x.stride,
            blocks.address(ofColumn: first), depth ?? inputs, out.pointer, out.stride)
    }

    var outputs: Int { blocks.outputs }

    var inputs: Int { blocks.inputs }

    /// Floats that ``expand(_:into:)`` writes for so many columns.
    func expandedCount(columns: Int) -> Int { (columns + columnBlock - 1) / columnBlock * columnBlock * inputs }

    /// The layout of some columns once they are expanded.
    func layout(_ columns: Range<Int>) -> OneDNNLayout { whole.part(columns: columns.count) }

    /// Blocks of columns as oneDNN wants them, one after another: `out[input * columnBlock + column]`.
    ///
    /// - Parameter columns: begin at a block and end with one, or with the last column
    func expand(_ columns: Range<Int>, into out: UnsafeMutablePointer<Float>) {
        for (index, first) in stride(from: columns.lowerBound, to: columns.upperBound, by: columnBlock).enumerated() {
            unsafe expandBlock(
                first..<min(columns.upperBound, first + columnBlock), into: out + index * columnBlock * inputs)
        }
    }

    private func expandBlock(_ columns: Range<Int>, into out: UnsafeMutablePointer<Float>) {
        let panel = QuantizedWeights.panel
        for first in stride(from: 0, to: columnBlock, by: panel) {
            if columns.lowerBound + first < columns.upperBound {
                unsafe ck_expand_quantized(
                    blocks.type.kernel, inputs, blocks.address(ofColumn: columns.lowerBound + first), out + first,
                    columnBlock)
            } else {
                unsafe clear(out + first, panel)
            }
        }
    }

    private func clear(_ out: UnsafeMutablePointer<Float>, _ count: Int) {
        for input in 0..<inputs { unsafe (out + input * columnBlock).update(repeating: 0, count: count) }
    }

    /// Copies rows of the weight matrix; `matrix` is [rows.count, inputs].
    func copyRows(_ rows: Range<Int>, to matrix: MatrixSlice) {
        let expanded = Matrix(rows: inputs, columns: columnBlock)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let first = row / columnBlock * columnBlock
            let part = row..<min(rows.upperBound, first + columnBlock)
            unsafe expand(first..<min(outputs, first + columnBlock), into: expanded.pointer)
            let out = matrix.rows((part.lowerBound - rows.lowerBound)..<(part.upperBound - rows.lowerBound))
            unsafe ck_transpose(
                expanded.pointer + (row - first), columnBlock, inputs, part.count, out.pointer, out.stride)
            row = part.upperBound
        }
    }
}

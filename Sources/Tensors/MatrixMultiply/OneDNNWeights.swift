internal import COneDNN
internal import Foundation

/// A weight matrix in the layout that oneDNN's float32 product asks for.
@safe
final class OneDNNWeights: @unchecked Sendable {
    let outputs: Int
    let inputs: Int
    let layout: OneDNNLayout
    let data: UnsafeMutableRawPointer

    /// - Parameter weights: [outputs, inputs].
    init(_ weights: Matrix) throws {
        assay_onednn_use_one_thread()
        outputs = weights.rowCount
        inputs = weights.columnCount
        layout = try OneDNNLayout(inputs: inputs, outputs: outputs)
        guard let memory = unsafe aligned_alloc(64, (layout.byteCount + 63) / 64 * 64) else {
            throw TensorError.oneDNN(status: Int(dnnl_out_of_memory.rawValue), call: "aligned_alloc")
        }
        unsafe data = memory
        try unsafe OneDNN.pack(weights, into: layout.description, at: memory)
    }

    deinit { unsafe free(data) }

    var byteCount: Int { layout.byteCount }

    var columnBlock: Int? { layout.columnBlock }

    /// Where the block of `column` begins. `column` is a multiple of ``columnBlock``, or 0.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        guard let columnBlock, column > 0 else { return unsafe data }
        precondition(column % columnBlock == 0 && column < outputs, "column \(column) begins no block")
        return unsafe data + column / columnBlock * layout.blockStride * MemoryLayout<Float>.stride
    }

    /// The layout of some columns, beginning at a block.
    func layout(_ columns: Range<Int>) -> OneDNNLayout {
        columns.count < outputs ? layout.part(columns: columns.count) : layout
    }
}

internal import COneDNN
internal import Foundation

/// A weight matrix in the layout that oneDNN's float32 product asks for.
@safe
final class OneDNNWeights: @unchecked Sendable {
    let outputs: Int
    let inputs: Int
    let byteCount: Int
    /// Columns of the result that lie together and can be computed alone; nil where the layout has no such blocks.
    let columnBlock: Int?
    let layout: dnnl_memory_desc_t
    let data: UnsafeMutableRawPointer
    /// Elements from one block of columns to the next.
    private let blockStride: Int

    /// - Parameter weights: [outputs, inputs].
    init(_ weights: Matrix) throws {
        assay_onednn_use_one_thread()
        outputs = weights.rowCount
        inputs = weights.columnCount
        layout = try OneDNN.preferredWeightLayout(inputs: inputs, outputs: outputs)
        byteCount = unsafe withUnsafePointer(to: layout) { unsafe dnnl_memory_desc_get_size($0) }
        guard let memory = unsafe aligned_alloc(64, (byteCount + 63) / 64 * 64) else {
            throw TensorError.oneDNN(status: Int(dnnl_out_of_memory.rawValue), call: "aligned_alloc")
        }
        unsafe data = memory
        (columnBlock, blockStride) = OneDNN.columnBlocks(of: layout, inputs: inputs, outputs: outputs)
        try unsafe OneDNN.pack(weights, into: layout, at: memory)
    }

    deinit { unsafe free(data) }

    /// Where the block of `column` begins. `column` is a multiple of ``columnBlock``, or 0.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        guard let columnBlock, column > 0 else { return unsafe data }
        precondition(column % columnBlock == 0 && column < outputs, "column \(column) begins no block")
        return unsafe data + column / columnBlock * blockStride * MemoryLayout<Float>.stride
    }

    /// The layout of `columns` columns beginning at a block.
    func layout(columns: Int) -> dnnl_memory_desc_t {
        guard columns < outputs, let columnBlock else { return layout }
        var part = layout
        let padded = (columns + columnBlock - 1) / columnBlock * columnBlock
        unsafe withUnsafeMutablePointer(to: &part) { part in
            unsafe withUnsafeMutablePointer(to: &part.pointee.dims.1) { unsafe $0.pointee = dnnl_dim_t(columns) }
            unsafe withUnsafeMutablePointer(to: &part.pointee.padded_dims.1) { unsafe $0.pointee = dnnl_dim_t(padded) }
        }
        return part
    }
}

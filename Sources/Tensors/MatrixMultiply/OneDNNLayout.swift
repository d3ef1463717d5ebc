internal import COneDNN

/// The layout that oneDNN's float32 product wants weights in.
struct OneDNNLayout: Sendable {
    let description: dnnl_memory_desc_t
    /// Columns of the result that lie together and can be computed alone; nil where the layout has no such blocks.
    let columnBlock: Int?
    /// Elements from one block of columns to the next.
    let blockStride: Int
    /// Whether a block holds, for one input after another, its columns side by side.
    let isInputMajor: Bool

    init(inputs: Int, outputs: Int) throws {
        description = try OneDNN.preferredWeightLayout(inputs: inputs, outputs: outputs)
        (columnBlock, blockStride) = OneDNN.columnBlocks(of: description, inputs: inputs, outputs: outputs)
        let blocking = unsafe description.format_desc.blocking
        let order = [blocking.inner_idxs.0, blocking.inner_idxs.1].prefix(Int(blocking.inner_nblks))
        isInputMajor = columnBlock != nil && (order.elementsEqual([0, 1]) || order.elementsEqual([1]))
    }

    private init(_ description: dnnl_memory_desc_t, like layout: OneDNNLayout) {
        self.description = description
        columnBlock = layout.columnBlock
        blockStride = layout.blockStride
        isInputMajor = layout.isInputMajor
    }

    /// Bytes of the whole.
    var byteCount: Int { unsafe withUnsafePointer(to: description) { unsafe dnnl_memory_desc_get_size($0) } }

    /// The layout of `columns` columns beginning at a block.
    func part(columns: Int) -> OneDNNLayout {
        guard let columnBlock else { return self }
        var part = description
        let padded = (columns + columnBlock - 1) / columnBlock * columnBlock
        unsafe withUnsafeMutablePointer(to: &part) { part in
            unsafe withUnsafeMutablePointer(to: &part.pointee.dims.1) { unsafe $0.pointee = dnnl_dim_t(columns) }
            unsafe withUnsafeMutablePointer(to: &part.pointee.padded_dims.1) { unsafe $0.pointee = dnnl_dim_t(padded) }
        }
        return OneDNNLayout(part, like: self)
    }
}

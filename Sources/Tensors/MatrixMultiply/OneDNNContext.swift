internal import CKernels
internal import COneDNN
internal import Foundation

/// What one worker keeps between products: a prepared product for each shape it has met.
final class OneDNNContext {
    private var products: [ProductShape: OneDNNProduct] = [:]
    private var staging = Matrix(rows: 1, columns: 1 << 14)
    /// Blocks of columns that become float32 on the way; two products side by side need two.
    private var expanded = [Matrix(rows: 1, columns: 1 << 14), Matrix(rows: 1, columns: 1 << 14)]

    /// Most shapes kept; ragged batches bring new ones for ever.
    private static let capacity = 4096

    /// `out = x * transpose(weights[columns])`.
    func multiply(_ x: MatrixSlice, _ weights: OneDNNWeights, columns: Range<Int>, into out: MatrixSlice) throws {
        try unsafe multiply(
            x, weights.address(ofColumn: columns.lowerBound), weights.layout(columns), into: out)
    }

    /// `out = x * transpose(weights[columns])`, a few rows at a time, so that weights and rows stay in the cache.
    ///
    /// - Parameter columns: whole blocks, or up to the last column
    func multiply(_ x: MatrixSlice, _ weights: ExpandingWeights, columns: Range<Int>, into out: MatrixSlice) throws {
        if weights.multipliesDirectly(rows: x.rowCount) {
            return weights.multiplyDirectly(x, first: columns.lowerBound, into: out)
        }
        let packed = unsafe expand(weights, columns, slot: 0)
        let layout = weights.layout(columns)
        for first in stride(from: 0, to: x.rowCount, by: ProductPiece.rowChunk) {
            let rows = first..<min(x.rowCount, first + ProductPiece.rowChunk)
            try unsafe multiply(x.rows(rows), packed, layout, into: out.rows(rows))
        }
    }

    /// Columns as a kernel reads them.
    @safe
    enum ReadyColumns {
        case floats(UnsafeMutableRawPointer, OneDNNLayout)
        /// Blocks that become floats in registers, beginning with a column.
        case expanding(ExpandingWeights, first: Int)
        case bf16(UnsafeMutableRawPointer, inputs: Int)
        case quantized(UnsafeMutableRawPointer, ck_quantized_type, inputs: Int)
    }

    /// Some columns of a matrix, ready to be multiplied until the next call with this slot.
    ///
    /// - Parameters:
    ///   - columns: begin at a block
    ///   - rows: that they will be multiplied with
    func ready(_ part: WeightColumns, _ columns: Range<Int>, rows: Int, slot: Int) -> ReadyColumns {
        switch part.form {
        case .oneDNN(let packed):
            unsafe .floats(packed.address(ofColumn: columns.lowerBound), packed.layout(columns))
        case .expanding(let packed) where packed.multipliesDirectly(rows: rows):
            .expanding(packed, first: columns.lowerBound)
        case .expanding(let packed): unsafe .floats(expand(packed, columns, slot: slot), packed.layout(columns))
        case .bf16(let packed):
            unsafe .bf16(packed.address(ofColumn: columns.lowerBound), inputs: packed.inputs)
        case .quantized(let packed):
            unsafe .quantized(
                packed.address(ofColumn: columns.lowerBound), packed.type.kernel, inputs: packed.inputs)
        }
    }

    private func expand(_ weights: ExpandingWeights, _ columns: Range<Int>, slot: Int) -> UnsafeMutableRawPointer {
        let needed = weights.expandedCount(columns: columns.count)
        if needed > expanded[slot].columnCount { expanded[slot] = Matrix(rows: 1, columns: needed) }
        unsafe weights.expand(columns, into: expanded[slot].pointer)
        return unsafe UnsafeMutableRawPointer(expanded[slot].pointer)
    }

    /// oneDNN's fast products want rows that lie next to each other: where those of `out` do not, the result takes a way
    /// through the cache.
    func multiply(
        _ x: MatrixSlice, _ packed: UnsafeMutableRawPointer, _ layout: OneDNNLayout, into out: MatrixSlice
    ) throws {
        precondition(x.stride == x.columnCount || x.rowCount == 1, "the input holds parts of rows")
        let product = try prepared(
            ProductShape(
                rows: x.rowCount, inputs: x.columnCount, columns: out.columnCount, columnBlock: layout.columnBlock),
            layout)
        if out.rowCount == 1 || out.stride == out.columnCount {
            try unsafe product.execute(x.pointer, packed, into: out.pointer)
            return
        }
        let elements = out.rowCount * out.columnCount
        if elements > staging.columnCount { staging = Matrix(rows: 1, columns: elements) }
        try unsafe product.execute(x.pointer, packed, into: staging.pointer)
        for row in 0..<out.rowCount {
            unsafe out.address(ofRow: row).update(
                from: staging.pointer + row * out.columnCount, count: out.columnCount)
        }
    }

    private func prepared(_ shape: ProductShape, _ layout: OneDNNLayout) throws -> OneDNNProduct {
        if let product = products[shape] { return product }
        if products.count >= Self.capacity { products.removeAll() }
        let product = try OneDNNProduct(shape, layout: layout.description)
        products[shape] = product
        return product
    }
}

/// Everything that decides which machine code computes a product.
struct ProductShape: Hashable {
    var rows: Int
    var inputs: Int
    var columns: Int
    var columnBlock: Int?
}

/// A product of one shape, ready to be computed by one thread.
@safe
private final class OneDNNProduct {
    private var primitive: dnnl_primitive_t?
    private var stream: dnnl_stream_t?
    private var source: dnnl_memory_t?
    private var weights: dnnl_memory_t?
    private var result: dnnl_memory_t?
    private var scratch: dnnl_memory_t?
    private var scratchBytes: UnsafeMutableRawPointer?

    init(_ shape: ProductShape, layout: dnnl_memory_desc_t) throws {
        assay_onednn_use_one_thread()
        var sourceLayout = try OneDNN.plainLayout(
            rows: shape.rows, columns: shape.inputs, rowStride: shape.inputs)
        var resultLayout = try OneDNN.plainLayout(
            rows: shape.rows, columns: shape.columns, rowStride: shape.columns)
        var weightLayout = layout
        var operation = dnnl_matmul_desc_t()
        try OneDNN.check(
            unsafe dnnl_matmul_desc_init(&operation, &sourceLayout, &weightLayout, nil, &resultLayout),
            "dnnl_matmul_desc_init")
        var attributes: dnnl_primitive_attr_t?
        try OneDNN.check(unsafe dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        defer { unsafe dnnl_primitive_attr_destroy(attributes) }
        try OneDNN.check(
            unsafe dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")
        var description: dnnl_primitive_desc_t?
        try OneDNN.check(
            unsafe dnnl_primitive_desc_create(&description, &operation, attributes, OneDNN.engine, nil),
            "dnnl_primitive_desc_create")
        defer { unsafe dnnl_primitive_desc_destroy(description) }
        try OneDNN.check(unsafe dnnl_primitive_create(&primitive, description), "dnnl_primitive_create")
        try OneDNN.check(
            unsafe dnnl_stream_create(&stream, OneDNN.engine, dnnl_stream_default_flags.rawValue),
            "dnnl_stream_create")
        unsafe source = try memory(&sourceLayout)
        unsafe weights = try memory(&weightLayout)
        unsafe result = try memory(&resultLayout)
        try unsafe makeScratch(description)
    }

    deinit {
        unsafe [source, weights, result, scratch].forEach { unsafe dnnl_memory_destroy($0) }
        unsafe dnnl_primitive_destroy(primitive)
        unsafe dnnl_stream_destroy(stream)
        unsafe free(scratchBytes)
    }

    func execute(
        _ x: UnsafeMutablePointer<Float>, _ packed: UnsafeMutableRawPointer, into out: UnsafeMutablePointer<Float>
    ) throws {
        unsafe dnnl_memory_set_data_handle_v2(source, x, stream)
        unsafe dnnl_memory_set_data_handle_v2(weights, packed, stream)
        unsafe dnnl_memory_set_data_handle_v2(result, out, stream)
        let arguments: InlineArray<4, dnnl_exec_arg_t> = unsafe [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: source),
            dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: weights),
            dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: result),
            dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratch),
        ]
        let status = unsafe arguments.span.withUnsafeBufferPointer {
            unsafe dnnl_primitive_execute(primitive, stream, 4, $0.baseAddress)
        }
        try OneDNN.check(status, "dnnl_primitive_execute")
    }

    private func memory(_ layout: inout dnnl_memory_desc_t) throws -> dnnl_memory_t? {
        var memory: dnnl_memory_t?
        try OneDNN.check(
            unsafe dnnl_memory_create(&memory, &layout, OneDNN.engine, nil), "dnnl_memory_create")
        return unsafe memory
    }

    private func makeScratch(_ description: dnnl_primitive_desc_t?) throws {
        guard let layout = unsafe dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0) else { return }
        let bytes = unsafe dnnl_memory_desc_get_size(layout)
        unsafe scratchBytes = unsafe aligned_alloc(64, max(64, (bytes + 63) / 64 * 64))
        try OneDNN.check(
            unsafe dnnl_memory_create(&scratch, layout, OneDNN.engine, scratchBytes), "dnnl_memory_create")
    }
}

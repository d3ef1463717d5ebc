internal import COneDNN

/// The calls to oneDNN that prepare weights.
enum OneDNN {
    /// One engine for the process. Engines are safe to share.
    nonisolated(unsafe) static let engine: dnnl_engine_t? = {
        var engine: dnnl_engine_t?
        unsafe dnnl_engine_create(&engine, dnnl_cpu, 0)
        return unsafe engine
    }()

    static func check(_ status: dnnl_status_t, _ call: String) throws {
        guard status == dnnl_success else { throw TensorError.oneDNN(status: Int(status.rawValue), call: call) }
    }

    /// A float32 matrix with the given distance between rows, or between columns.
    static func plainLayout(rows: Int, columns: Int, rowStride: Int, columnStride: Int = 1) throws -> dnnl_memory_desc_t
    {
        var layout = dnnl_memory_desc_t()
        var dimensions = [dnnl_dim_t(rows), dnnl_dim_t(columns)]
        var strides = [dnnl_dim_t(rowStride), dnnl_dim_t(columnStride)]
        try check(
            unsafe dnnl_memory_desc_init_by_strides(&layout, 2, &dimensions, dnnl_f32, &strides),
            "dnnl_memory_desc_init_by_strides")
        return layout
    }

    /// The layout that a product of many rows asks for; products of few rows are given the same.
    static func preferredWeightLayout(inputs: Int, outputs: Int) throws -> dnnl_memory_desc_t {
        let rows = 64
        var source = try plainLayout(rows: rows, columns: inputs, rowStride: inputs)
        var result = try plainLayout(rows: rows, columns: outputs, rowStride: outputs)
        var anyWeights = dnnl_memory_desc_t()
        var dimensions = [dnnl_dim_t(inputs), dnnl_dim_t(outputs)]
        try check(
            unsafe dnnl_memory_desc_init_by_tag(&anyWeights, 2, &dimensions, dnnl_f32, dnnl_format_tag_any),
            "dnnl_memory_desc_init_by_tag")
        var operation = dnnl_matmul_desc_t()
        try check(
            unsafe dnnl_matmul_desc_init(&operation, &source, &anyWeights, nil, &result), "dnnl_matmul_desc_init")
        var description: dnnl_primitive_desc_t?
        try check(
            unsafe dnnl_primitive_desc_create(&description, &operation, nil, engine, nil), "dnnl_primitive_desc_create")
        defer { unsafe dnnl_primitive_desc_destroy(description) }
        guard let layout = unsafe dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0) else {
            throw TensorError.oneDNN(status: -1, call: "dnnl_primitive_desc_query_md")
        }
        return unsafe layout.pointee
    }

    /// Reads from a layout how many columns lie together, and how many elements lie between such blocks.
    ///
    /// Recognises only what it can be sure of: blocks of columns outermost, each block complete in one stretch.
    static func columnBlocks(of layout: dnnl_memory_desc_t, inputs: Int, outputs: Int) -> (block: Int?, stride: Int) {
        guard layout.format_kind == dnnl_blocked else { return (nil, 0) }
        let blocking = unsafe layout.format_desc.blocking
        let count = Int(blocking.inner_nblks)
        guard count > 0 && count <= 4 else { return (nil, 0) }
        let indices = [blocking.inner_idxs.0, blocking.inner_idxs.1, blocking.inner_idxs.2, blocking.inner_idxs.3]
        let sizes = [blocking.inner_blks.0, blocking.inner_blks.1, blocking.inner_blks.2, blocking.inner_blks.3]
        let columns = (0..<count).filter { indices[$0] == 1 }.map { Int(sizes[$0]) }.reduce(1, *)
        let rows = (0..<count).filter { indices[$0] == 0 }.map { Int(sizes[$0]) }.reduce(1, *)
        let paddedRows = (inputs + rows - 1) / rows * rows
        let stride = Int(blocking.strides.1)
        guard columns > 1, stride == paddedRows * columns, Int(blocking.strides.0) == rows * columns else {
            return (nil, 0)
        }
        return (columns, stride)
    }

    /// Reorders `weights`, [outputs, inputs], to `layout`.
    static func pack(_ weights: Matrix, into layout: dnnl_memory_desc_t, at data: UnsafeMutableRawPointer) throws {
        var layout = layout
        var plain = try plainLayout(
            rows: weights.columnCount, columns: weights.rowCount, rowStride: 1, columnStride: weights.columnCount)
        var from: dnnl_memory_t?
        var to: dnnl_memory_t?
        var description: dnnl_primitive_desc_t?
        var reorder: dnnl_primitive_t?
        var stream: dnnl_stream_t?
        defer {
            unsafe dnnl_memory_destroy(from)
            unsafe dnnl_memory_destroy(to)
            unsafe dnnl_primitive_desc_destroy(description)
            unsafe dnnl_primitive_destroy(reorder)
            unsafe dnnl_stream_destroy(stream)
        }
        try check(unsafe dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue), "dnnl_stream_create")
        try check(unsafe dnnl_memory_create(&from, &plain, engine, weights.pointer), "dnnl_memory_create")
        try check(unsafe dnnl_memory_create(&to, &layout, engine, data), "dnnl_memory_create")
        try check(
            unsafe dnnl_reorder_primitive_desc_create(&description, &plain, engine, &layout, engine, nil),
            "dnnl_reorder_primitive_desc_create")
        try check(unsafe dnnl_primitive_create(&reorder, description), "dnnl_primitive_create")
        let arguments = unsafe [
            dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: from), dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: to),
        ]
        try check(
            unsafe dnnl_primitive_execute(reorder, stream, Int32(arguments.count), arguments), "dnnl_primitive_execute")
        try check(unsafe dnnl_stream_wait(stream), "dnnl_stream_wait")
    }
}

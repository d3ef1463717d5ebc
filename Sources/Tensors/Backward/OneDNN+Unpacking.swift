internal import COneDNN

extension OneDNN {
    /// Writes weights of any layout to `weights`, [outputs, inputs].
    static func unpack(_ data: UnsafeMutableRawPointer, from layout: dnnl_memory_desc_t, into weights: Matrix) throws {
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
        try check(unsafe dnnl_memory_create(&from, &layout, engine, data), "dnnl_memory_create")
        try check(unsafe dnnl_memory_create(&to, &plain, engine, weights.pointer), "dnnl_memory_create")
        try check(
            unsafe dnnl_reorder_primitive_desc_create(&description, &layout, engine, &plain, engine, nil),
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

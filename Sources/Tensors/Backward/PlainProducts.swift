internal import COneDNN
internal import Foundation

/// oneDNN's products of plain matrices that one worker has met, ready to be computed.
final class PlainProducts {
    private var prepared: [Shape: Prepared] = [:]
    /// Where results go whose rows do not lie next to each other.
    private var staging = Matrix(rows: 1, columns: 1 << 14)

    /// Most shapes kept; ragged batches bring new ones for ever.
    private static let capacity = 4096

    struct Shape: Hashable {
        var rows: Int
        var depth: Int
        var columns: Int
        var aStrides: [Int]
        var bStrides: [Int]
        var adding: Bool
    }

    func execute(_ product: PlainProduct) throws {
        let (a, b, out) = (product.a, product.b, product.out)
        let shape = Shape(
            rows: out.rowCount, depth: product.depth, columns: out.columnCount,
            aStrides: product.aTransposed ? [1, a.stride] : [a.stride, 1],
            bStrides: product.bTransposed ? [1, b.stride] : [b.stride, 1], adding: product.adding)
        let ready = try prepare(shape)
        if out.rowCount == 1 || out.stride == out.columnCount {
            return try unsafe ready.execute(a.pointer, b.pointer, into: out.pointer)
        }
        try unsafe executeStaged(ready, a.pointer, b.pointer, out, adding: product.adding)
    }

    private func executeStaged(
        _ ready: Prepared, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ out: MatrixSlice,
        adding: Bool
    ) throws {
        let (rows, columns) = (out.rowCount, out.columnCount)
        if rows * columns > staging.columnCount { staging = Matrix(rows: 1, columns: rows * columns) }
        let stage = unsafe staging.pointer
        for row in 0..<rows where adding {
            unsafe (stage + row * columns).update(from: out.address(ofRow: row), count: columns)
        }
        try unsafe ready.execute(a, b, into: stage)
        for row in 0..<rows {
            unsafe out.address(ofRow: row).update(from: stage + row * columns, count: columns)
        }
    }

    private func prepare(_ shape: Shape) throws -> Prepared {
        if let ready = prepared[shape] { return ready }
        if prepared.count >= Self.capacity { prepared.removeAll() }
        let ready = try Prepared(shape)
        prepared[shape] = ready
        return ready
    }

    /// A product of one shape.
    @safe
    private final class Prepared {
        private var primitive: dnnl_primitive_t?
        private var stream: dnnl_stream_t?
        private var memories: [dnnl_memory_t?] = unsafe []
        private var scratchBytes: UnsafeMutableRawPointer?

        init(_ shape: Shape) throws {
            assay_onednn_use_one_thread()
            var layouts = [
                try OneDNN.plainLayout(
                    rows: shape.rows, columns: shape.depth, rowStride: shape.aStrides[0],
                    columnStride: shape.aStrides[1]),
                try OneDNN.plainLayout(
                    rows: shape.depth, columns: shape.columns, rowStride: shape.bStrides[0],
                    columnStride: shape.bStrides[1]),
                try OneDNN.plainLayout(rows: shape.rows, columns: shape.columns, rowStride: shape.columns),
            ]
            var operation = dnnl_matmul_desc_t()
            try OneDNN.check(
                unsafe dnnl_matmul_desc_init(&operation, &layouts[0], &layouts[1], nil, &layouts[2]),
                "dnnl_matmul_desc_init")
            let description = try unsafe Self.describe(&operation, adding: shape.adding)
            defer { unsafe dnnl_primitive_desc_destroy(description) }
            try OneDNN.check(unsafe dnnl_primitive_create(&primitive, description), "dnnl_primitive_create")
            try OneDNN.check(
                unsafe dnnl_stream_create(&stream, OneDNN.engine, dnnl_stream_default_flags.rawValue),
                "dnnl_stream_create")
            guard let scratch = unsafe dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0) else {
                throw TensorError.oneDNN(status: -1, call: "dnnl_primitive_desc_query_md")
            }
            let bytes = unsafe dnnl_memory_desc_get_size(scratch)
            unsafe scratchBytes = unsafe aligned_alloc(64, max(64, (bytes + 63) / 64 * 64))
            for index in 0..<3 { unsafe memories.append(try Self.memory(&layouts[index], nil)) }
            unsafe memories.append(try Self.memory(scratch, scratchBytes))
        }

        deinit {
            unsafe memories.forEach { unsafe dnnl_memory_destroy($0) }
            unsafe dnnl_primitive_destroy(primitive)
            unsafe dnnl_stream_destroy(stream)
            unsafe free(scratchBytes)
        }

        func execute(
            _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
        ) throws {
            unsafe dnnl_memory_set_data_handle_v2(memories[0], a, stream)
            unsafe dnnl_memory_set_data_handle_v2(memories[1], b, stream)
            unsafe dnnl_memory_set_data_handle_v2(memories[2], out, stream)
            let arguments: InlineArray<4, dnnl_exec_arg_t> = unsafe [
                dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: memories[0]),
                dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: memories[1]),
                dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: memories[2]),
                dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: memories[3]),
            ]
            let status = unsafe arguments.span.withUnsafeBufferPointer {
                unsafe dnnl_primitive_execute(primitive, stream, 4, $0.baseAddress)
            }
            try OneDNN.check(status, "dnnl_primitive_execute")
        }

        private static func describe(
            _ operation: inout dnnl_matmul_desc_t, adding: Bool
        ) throws -> dnnl_primitive_desc_t? {
            var attributes: dnnl_primitive_attr_t?
            var additions: dnnl_post_ops_t?
            defer {
                unsafe dnnl_post_ops_destroy(additions)
                unsafe dnnl_primitive_attr_destroy(attributes)
            }
            try OneDNN.check(unsafe dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
            try OneDNN.check(
                unsafe dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
                "dnnl_primitive_attr_set_scratchpad_mode")
            if adding {
                try OneDNN.check(unsafe dnnl_post_ops_create(&additions), "dnnl_post_ops_create")
                try OneDNN.check(unsafe dnnl_post_ops_append_sum(additions, 1), "dnnl_post_ops_append_sum")
                try OneDNN.check(
                    unsafe dnnl_primitive_attr_set_post_ops(attributes, additions), "dnnl_primitive_attr_set_post_ops")
            }
            var description: dnnl_primitive_desc_t?
            try OneDNN.check(
                unsafe dnnl_primitive_desc_create(&description, &operation, attributes, OneDNN.engine, nil),
                "dnnl_primitive_desc_create")
            return unsafe description
        }

        private static func memory(
            _ layout: UnsafePointer<dnnl_memory_desc_t>, _ data: UnsafeMutableRawPointer?
        ) throws -> dnnl_memory_t? {
            var memory: dnnl_memory_t?
            try OneDNN.check(unsafe dnnl_memory_create(&memory, layout, OneDNN.engine, data), "dnnl_memory_create")
            return unsafe memory
        }
    }
}

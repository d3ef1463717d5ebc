internal import CKernels

extension CausalAttention {
    /// What the gradient of one sequence's attention reads and writes, each one row per position.
    public struct GradientJob: Sendable {
        /// Rotated queries, rotated keys and values side by side: [rows, queryWidth + 2 * keyValueWidth].
        public var queryKeyValue: MatrixSlice
        /// [rows, queryWidth].
        public var dz: MatrixSlice
        /// Written; the shape of `queryKeyValue`.
        public var dQueryKeyValue: MatrixSlice
        /// Rows before it have a `dz` of 0.
        public var first: Int

        public init(queryKeyValue: MatrixSlice, dz: MatrixSlice, dQueryKeyValue: MatrixSlice, first: Int = 0) {
            self.first = first
            self.queryKeyValue = queryKeyValue
            self.dz = dz
            self.dQueryKeyValue = dQueryKeyValue
        }
    }

    /// Columns that `scratch` of ``attendBackward(_:window:scratch:threads:)`` needs for sequences of up to `rows` positions.
    public func backwardScratchColumns(rows: Int) -> Int { ck_attention_backward_scratch(rows, headDimension) }

    /// Gradients of whole sequences, each from its first position on, that see nothing of each other.
    ///
    /// Patterns are computed again, a block of queries at a time (the idea of Dao et al. 2022, section 3.1).
    ///
    /// - Parameters:
    ///   - window: most positions that a row sees; nil for all up to its own
    ///   - scratch: [threads, backwardScratchColumns]
    public func attendBackward(_ jobs: [GradientJob], window: Int?, scratch: Matrix, threads: Int) {
        let heads = keyValueHeadCount
        parallelFor(tasks: jobs.count * heads, threads: threads) { task, worker in
            var gradient = unsafe gradient(jobs[task / heads], window: window, keyValueHead: task % heads)
            unsafe ck_attend_backward(&gradient, scratch.row(worker).pointer)
        }
    }

    private func gradient(_ job: GradientJob, window: Int?, keyValueHead head: Int) -> ck_attention_gradient {
        let keyStart = headCount * headDimension
        let valueStart = keyStart + keyValueHeadCount * headDimension
        let query = head * group * headDimension
        let key = keyStart + head * headDimension
        let value = valueStart + head * headDimension
        precondition(
            job.queryKeyValue.columnCount == valueStart + keyValueHeadCount * headDimension
                && job.dQueryKeyValue.columnCount == job.queryKeyValue.columnCount
                && job.dz.columnCount == keyStart, "attention of \(headCount) heads of \(headDimension)")
        return unsafe ck_attention_gradient(
            rows: job.queryKeyValue.rowCount, first: job.first, group: group, head_dimension: headDimension,
            window: window ?? 0, scale: scale, soft_cap: softCap ?? 0,
            q: job.queryKeyValue.pointer + query, k: job.queryKeyValue.pointer + key,
            v: job.queryKeyValue.pointer + value, stride: job.queryKeyValue.stride,
            dz: job.dz.pointer + query, dz_stride: job.dz.stride,
            dq: job.dQueryKeyValue.pointer + query, dk: job.dQueryKeyValue.pointer + key,
            dv: job.dQueryKeyValue.pointer + value, gradient_stride: job.dQueryKeyValue.stride)
    }
}

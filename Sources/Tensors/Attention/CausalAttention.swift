internal import CKernels

/// Causal attention with grouped heads (Vaswani et al. 2017; Ainslie et al. 2023) over cached keys and values.
///
/// A sliding window (Beltagy et al. 2020) lets a position see the last positions only, its own included.
public struct CausalAttention: Sendable {
    public let headCount: Int
    public let keyValueHeadCount: Int
    public let headDimension: Int
    public let scale: Float
    /// Scaled scores become `softCap * tanh(score / softCap)`; nil where they stay as they are.
    public let softCap: Float?

    /// - Parameter scale: what scores are multiplied with; usually 1 / sqrt(headDimension).
    public init(headCount: Int, keyValueHeadCount: Int, headDimension: Int, scale: Float, softCap: Float? = nil) {
        precondition(headCount % keyValueHeadCount == 0, "\(headCount) heads for \(keyValueHeadCount)")
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.scale = scale
        self.softCap = softCap
    }

    /// The rows of one sequence in a batch, and the positions that they see.
    public struct Job: Sendable {
        public var rows: Range<Int>
        /// Position of the first row.
        public var first: Int
        /// Oldest first; the last one has stored the rows' own keys and values, whether or not they count yet.
        public var segments: [KeyValueSegment]

        public init(rows: Range<Int>, first: Int, segments: [KeyValueSegment]) {
            self.rows = rows
            self.first = first
            self.segments = segments
        }

        var positions: Int { first + rows.count }
    }

    /// Query heads that share one key-value head.
    var group: Int { headCount / keyValueHeadCount }

    /// Columns that `scratch` needs for sequences of up to `positions` positions.
    public func scratchColumns(positions: Int) -> Int {
        var shape = unsafe shape(UnsafeBufferPointer(start: nil, count: 0))
        return unsafe max(
            ck_attention_scratch(positions), ck_continuation_scratch(&shape, Schedule.sharing, positions))
    }

    /// `z = softmax(scale * q * transpose(keys)) * values` for every job.
    ///
    /// - Parameters:
    ///   - q: [rows, headCount * headDimension], rotated
    ///   - window: most positions that a row sees; nil for all up to its own
    ///   - z: the same shape
    ///   - scratch: [threads, scratchColumns]
    public func attend(
        _ q: MatrixSlice, layer: Int, window: Int? = nil, _ schedule: Schedule, into z: MatrixSlice, scratch: Matrix,
        threads: Int
    ) {
        let tasks = window == nil ? schedule.together : schedule.apart
        parallelFor(tasks: tasks.count, threads: threads) { index, worker in
            let task = tasks[index]
            let scratch = scratch.row(worker)
            guard let rows = task.rows else {
                return attend(q, layer: layer, schedule.jobs[task.jobs], head: task.head, into: z, scratch)
            }
            let job = schedule.jobs[task.jobs.lowerBound]
            let (queries, result) = (part(q, job, rows, task.head), part(z, job, rows, task.head))
            unsafe withShape(layer: layer, window, job, head: task.head) { shape in
                unsafe ck_attend(
                    &shape, queries.pointer, queries.stride, job.first + rows.lowerBound, rows.count, result.pointer,
                    result.stride, scratch.pointer)
            }
        }
    }

    /// Jobs of one row that begin alike.
    private func attend(
        _ q: MatrixSlice, layer: Int, _ jobs: ArraySlice<Job>, head: Int, into z: MatrixSlice, _ scratch: MatrixSlice
    ) {
        guard let beginning = jobs.first?.segments.dropLast() else { return }
        let shared = beginning.reduce(0) { $0 + $1.count }
        unsafe withUnsafeTemporaryAllocation(of: ck_segment.self, capacity: beginning.count) { segments in
            unsafe withUnsafeTemporaryAllocation(of: ck_continuation.self, capacity: jobs.count) { rows in
                for (index, segment) in beginning.enumerated() {
                    unsafe segments[index] = segment.segment(layer: layer, head: head, count: segment.count)
                }
                for (index, job) in jobs.enumerated() {
                    let tail = job.segments[beginning.count]
                    unsafe rows[index] = ck_continuation(
                        q: part(q, job, 0..<1, head).pointer, out: part(z, job, 0..<1, head).pointer,
                        tail: tail.segment(layer: layer, head: head, count: job.positions - shared))
                }
                var shape = unsafe shape(UnsafeBufferPointer(segments))
                unsafe ck_attend_continuations(&shape, rows.baseAddress, jobs.count, scratch.pointer)
            }
        }
    }

    /// The scores of one job before the softmax: [headCount * rows, positions], -infinity where a row may not look.
    public func scores(_ q: MatrixSlice, layer: Int, window: Int? = nil, job: Job) -> Matrix {
        let scores = Matrix(rows: headCount * job.rows.count, columns: Self.paddedPositions(job.positions))
        for head in 0..<keyValueHeadCount {
            let queries = part(q, job, 0..<job.rows.count, head)
            unsafe withShape(layer: layer, window, job, head: head) { shape in
                unsafe ck_attention_scores(
                    &shape, queries.pointer, queries.stride, job.first, job.rows.count,
                    headRows(scores, job, head).pointer, scores.columnCount)
            }
        }
        fillUnseen(scores, window, job, with: -.infinity)
        return scores
    }

    /// Turns scores into attention patterns, in place; 0 where a row may not look.
    public func softmax(_ scores: Matrix, layer: Int, window: Int? = nil, job: Job) {
        for head in 0..<keyValueHeadCount {
            unsafe withShape(layer: layer, window, job, head: head) { shape in
                unsafe ck_attention_pattern(
                    &shape, job.first, job.rows.count, headRows(scores, job, head).pointer, scores.columnCount)
            }
        }
        fillUnseen(scores, window, job, with: 0)
    }

    /// `z = pattern * values` for one job.
    public func mix(_ pattern: Matrix, layer: Int, job: Job, into z: MatrixSlice) {
        for head in 0..<keyValueHeadCount {
            let result = part(z, job, 0..<job.rows.count, head)
            unsafe withShape(layer: layer, nil, job, head: head) { shape in
                unsafe ck_attention_mix(
                    &shape, headRows(pattern, job, head).pointer, pattern.columnCount, job.first, job.rows.count,
                    result.pointer, result.stride)
            }
        }
    }

    /// Room for whole blocks of keys, wherever a segment begins.
    private static func paddedPositions(_ positions: Int) -> Int { ck_attention_scratch(positions) / 4 }

    /// Some rows of a job, of the query heads that share a key-value head.
    private func part(_ x: MatrixSlice, _ job: Job, _ rows: Range<Int>, _ head: Int) -> MatrixSlice {
        let begin = job.rows.lowerBound
        let width = group * headDimension
        return x.rows((begin + rows.lowerBound)..<(begin + rows.upperBound))
            .columns((head * width)..<((head + 1) * width))
    }

    private func headRows(_ scores: Matrix, _ job: Job, _ head: Int) -> MatrixSlice {
        scores.rows((head * group * job.rows.count)..<((head + 1) * group * job.rows.count))
    }

    private func fillUnseen(_ scores: Matrix, _ window: Int?, _ job: Job, with value: Float) {
        for row in 0..<scores.rowCount {
            let end = job.first + row % job.rows.count + 1
            let begin = window.map { max(0, end - $0) } ?? 0
            scores.row(row).withMutableRow(0) { elements in
                for position in 0..<begin { elements[position] = value }
                for position in end..<elements.count { elements[position] = value }
            }
        }
    }

    private func withShape(
        layer: Int, _ window: Int?, _ job: Job, head: Int, _ body: (inout ck_attention_shape) -> Void
    ) {
        unsafe withUnsafeTemporaryAllocation(of: ck_segment.self, capacity: job.segments.count) { segments in
            var left = job.positions
            for (index, segment) in job.segments.enumerated() {
                let count = index == job.segments.count - 1 ? left : segment.count
                left -= count
                unsafe segments[index] = segment.segment(layer: layer, head: head, count: count)
            }
            var shape = unsafe shape(UnsafeBufferPointer(segments), window: window)
            unsafe body(&shape)
        }
    }

    private func shape(_ segments: UnsafeBufferPointer<ck_segment>, window: Int? = nil) -> ck_attention_shape {
        unsafe ck_attention_shape(
            segments: segments.baseAddress, segment_count: segments.count, head_dimension: headDimension,
            value_stride: KeyValueSegment.paddedDimension(headDimension), group: group, scale: scale,
            window: window ?? 0, soft_cap: softCap ?? 0)
    }
}

internal import Tensors
internal import Transformers

/// Attention over the spans of a batch: a span sees itself and the beginning that it goes on from.
extension TrainingPass {
    /// What each span's rows attend to, its keys and values being stored.
    func attentionJobs(keys: MatrixSlice, values: MatrixSlice) -> [CausalAttention.Job] {
        zip(batch.spans, segments).map { span, segment in
            segment.clear()
            segment.store(layer: 0, keys: keys.rows(span.rows), values: values.rows(span.rows))
            segment.advance(by: span.rows.count)
            let before = span.beginning.map { [segments[$0]] } ?? []
            return CausalAttention.Job(rows: span.rows, first: span.first, segments: before + [segment])
        }
    }

    /// From the gradient of mixed values, `dz` [rows, queryWidth], to that of queries, keys and values.
    ///
    /// A span that goes on from another is laid out as one sequence with it, whose first rows no loss depends on
    /// directly; what their keys and values get is then added to the beginning's own.
    ///
    /// - Parameter dqkv: [rows, queryWidth + 2 * keyValueWidth], written
    func attentionGradient(_ qkv: MatrixSlice, dz: MatrixSlice, into dqkv: MatrixSlice, window: Int?) {
        let spans = batch.spans
        let whole = spans.filter { $0.beginning == nil }.map { span in
            CausalAttention.GradientJob(
                queryKeyValue: qkv.rows(span.rows), dz: dz.rows(span.rows), dQueryKeyValue: dqkv.rows(span.rows))
        }
        attendBackward(whole, window: window)
        for group in joinedGroups() {
            let joined = group.map { Joined($0.span, spans[$0.beginning], at: $0.place, space, qkv, dz) }
            attendBackward(joined.map(\.job), window: window)
            for part in joined { part.addGradient(to: dqkv, threads: threads) }
        }
    }

    private func attendBackward(_ jobs: [CausalAttention.GradientJob], window: Int?) {
        model.base.attention.attendBackward(
            jobs, window: window, scratch: space.attentionScratch, threads: threads)
    }

    /// Spans that go on from another, with the row where each is laid out: as many at a time as a pass may have rows.
    private func joinedGroups() -> [[(span: TrainingBatch.Span, beginning: Int, place: Int)]] {
        var groups: [[(span: TrainingBatch.Span, beginning: Int, place: Int)]] = []
        var end = 0
        for span in batch.spans {
            guard let beginning = span.beginning else { continue }
            if groups.isEmpty || end + span.length > space.rowCapacity {
                groups.append([])
                end = 0
            }
            groups[groups.count - 1].append((span, beginning, end))
            end += span.length
        }
        return groups
    }
}

/// A span and the beginning that it goes on from, row after row in scratch space.
private struct Joined {
    let job: CausalAttention.GradientJob
    private let span: TrainingBatch.Span
    private let beginning: TrainingBatch.Span

    init(
        _ span: TrainingBatch.Span, _ beginning: TrainingBatch.Span, at place: Int, _ space: TrainingSpace,
        _ qkv: MatrixSlice, _ dz: MatrixSlice
    ) {
        self.span = span
        self.beginning = beginning
        let end = place + span.length
        func room(_ name: String, like slice: MatrixSlice) -> MatrixSlice {
            space.scratch("joined.\(name)", rows: end, columns: slice.columnCount).rows(place..<end)
        }
        job = CausalAttention.GradientJob(
            queryKeyValue: room("qkv", like: qkv), dz: room("dz", like: dz), dQueryKeyValue: room("dqkv", like: qkv),
            first: span.first)
        job.queryKeyValue.rows(0..<span.first).assign(qkv.rows(beginning.rows))
        job.queryKeyValue.rows(span.first..<span.length).assign(qkv.rows(span.rows))
        RowOperations.scale(job.dz.rows(0..<span.first), by: 0, threads: 1)
        job.dz.rows(span.first..<span.length).assign(dz.rows(span.rows))
    }

    /// Writes the gradient of the span's own rows, and adds that of the beginning's.
    func addGradient(to out: MatrixSlice, threads: Int) {
        out.rows(span.rows).assign(job.dQueryKeyValue.rows(span.first..<span.length))
        let shared = out.rows(beginning.rows)
        RowOperations.add(shared, job.dQueryKeyValue.rows(0..<span.first), into: shared, threads: threads)
    }
}

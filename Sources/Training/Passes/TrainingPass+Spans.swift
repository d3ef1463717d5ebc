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
    /// A span that goes on from another is laid out as one sequence with it, whose first rows nobody's loss depends on
    /// directly; what their keys and values get is then added to the beginning's own.
    ///
    /// - Parameter dqkv: [rows, queryWidth + 2 * keyValueWidth], written
    func attentionGradient(_ qkv: MatrixSlice, dz: MatrixSlice, into dqkv: MatrixSlice, window: Int?) {
        let joined = JoinedSpans(batch, space: space, columns: qkv.columnCount, queryColumns: dz.columnCount)
        let jobs = batch.spans.indices.map { index in
            let rows = batch.spans[index].rows
            return joined.job(index, qkv, dz: dz)
                ?? CausalAttention.GradientJob(
                    queryKeyValue: qkv.rows(rows), dz: dz.rows(rows), dQueryKeyValue: dqkv.rows(rows))
        }
        model.transformer.attention.attendBackward(
            jobs, window: window, scratch: space.attentionScratch, threads: threads)
        for index in batch.spans.indices { joined.addGradient(index, to: dqkv, threads: threads) }
    }
}

/// Copies of spans with the beginning that they go on from, row after row.
private struct JoinedSpans {
    private let batch: TrainingBatch
    /// Rows of each span's copy; nil for those that begin their sequences.
    private let places: [Range<Int>?]
    private let qkv: MatrixSlice
    private let dqkv: MatrixSlice
    private let dz: MatrixSlice

    init(_ batch: TrainingBatch, space: TrainingSpace, columns: Int, queryColumns: Int) {
        self.batch = batch
        var end = 0
        places = batch.spans.map { span in
            guard span.beginning != nil else { return nil }
            end += span.length
            return (end - span.length)..<end
        }
        qkv = space.scratch("joined.qkv", rows: end, columns: columns)
        dqkv = space.scratch("joined.dqkv", rows: end, columns: columns)
        dz = space.scratch("joined.dz", rows: end, columns: queryColumns)
    }

    /// Nil for a span that begins its sequences.
    func job(_ index: Int, _ source: MatrixSlice, dz sourceGradient: MatrixSlice) -> CausalAttention.GradientJob? {
        let span = batch.spans[index]
        guard let place = places[index], let beginning = span.beginning.map({ batch.spans[$0] }) else { return nil }
        let own = (place.lowerBound + span.first)..<place.upperBound
        let before = place.lowerBound..<own.lowerBound
        qkv.rows(before).assign(source.rows(beginning.rows))
        qkv.rows(own).assign(source.rows(span.rows))
        RowOperations.scale(dz.rows(before), by: 0, threads: 1)
        dz.rows(own).assign(sourceGradient.rows(span.rows))
        return CausalAttention.GradientJob(
            queryKeyValue: qkv.rows(place), dz: dz.rows(place), dQueryKeyValue: dqkv.rows(place))
    }

    /// Writes the gradient of a span's own rows, and adds that of the beginning's.
    func addGradient(_ index: Int, to out: MatrixSlice, threads: Int) {
        let span = batch.spans[index]
        guard let place = places[index], let beginning = span.beginning.map({ batch.spans[$0] }) else { return }
        let own = (place.lowerBound + span.first)..<place.upperBound
        out.rows(span.rows).assign(dqkv.rows(own))
        let shared = out.rows(beginning.rows)
        RowOperations.add(shared, dqkv.rows(place.lowerBound..<own.lowerBound), into: shared, threads: threads)
    }
}

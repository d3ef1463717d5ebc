internal import Tensors

extension ForwardPass {
    /// What attention adds to the residual stream: [rows, modelDimension].
    ///
    /// - Parameter x: the normalised residual stream, [rows, modelDimension].
    mutating func attend(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws -> MatrixSlice {
        let qkv = rows(space.queryKeyValue)
        try space.multiplier.multiply(x, weights.queryKeyValue, into: qkv)
        let heads = configuration.headCount
        let keyValueHeads = configuration.keyValueHeadCount
        let keyStart = configuration.queryWidth
        let valueStart = keyStart + configuration.keyValueWidth
        let q = qkv.columns(0..<keyStart)
        let k = qkv.columns(keyStart..<valueStart)
        let v = qkv.columns(valueStart..<(valueStart + configuration.keyValueWidth))
        visit(.query, layer: layer, q, heads: heads)
        visit(.key, layer: layer, k, heads: keyValueHeads)
        visit(.value, layer: layer, v, heads: keyValueHeads)

        RowOperations.rotate(qkv.columns(0..<valueStart), positions: positions, table: rotary, threads: threads)
        visit(.rotatedQuery, layer: layer, q, heads: heads)
        visit(.rotatedKey, layer: layer, k, heads: keyValueHeads)
        for sequence in batch.sequences {
            sequence.cache.open.store(layer: layer, keys: k.rows(sequence.rows), values: v.rows(sequence.rows))
        }

        let z = rows(space.z)
        mixValues(q, layer: layer, into: z)
        visit(.z, layer: layer, z, heads: heads)
        let out = rows(space.sublayerOut)
        try space.multiplier.multiply(z, weights.attentionOutput, into: out)
        visit(.attentionOut, layer: layer, out)
        return out
    }

    /// All at once; or, where somebody wants to see scores or patterns, step by step with the same bits.
    private mutating func mixValues(_ q: MatrixSlice, layer: Int, into z: MatrixSlice) {
        let scoresPoint = HookPoint(.attentionScores, layer: layer)
        let patternPoint = HookPoint(.pattern, layer: layer)
        guard hook.wants(scoresPoint) || hook.wants(patternPoint) else {
            attention.attend(
                q, layer: layer, jobs: jobs, into: z, scratch: space.attentionScratch, threads: threads)
            return
        }
        for (sequence, job) in zip(batch.sequences, jobs) {
            let scores = attention.scores(q, layer: layer, job: job)
            visitScores(scoresPoint, scores, sequence, job)
            attention.softmax(scores, layer: layer, job: job)
            visitScores(patternPoint, scores, sequence, job)
            attention.mix(scores, layer: layer, job: job, into: z)
        }
    }

    private mutating func visitScores(
        _ point: HookPoint, _ scores: Matrix, _ sequence: TokenBatch.Sequence, _ job: CausalAttention.Job
    ) {
        guard hook.wants(point) else { return }
        let seen = job.first + job.rows.count
        hook.visit(
            point,
            Activation(
                tag: sequence.tag, positions: job.first..<seen,
                shape: [configuration.headCount, job.rows.count, seen], rows: scores.slice.columns(0..<seen)))
    }
}

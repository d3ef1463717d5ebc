internal import Tensors

extension ForwardPass {
    /// Makes every row's queries, keys and values, and remembers keys and values.
    ///
    /// - Parameter x: the residual stream, [rows, modelDimension].
    /// - Returns: the queries, [rows, queryWidth].
    mutating func queries(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws -> MatrixSlice {
        let qkv = rows(space.queryKeyValue)
        let input = normalizeInput(x, weights.attentionNorm, layer: layer, .attention)
        try multiply(input, weights.queryKeyValue, into: qkv)
        try visitSplitInputs(x, weights, layer: layer, into: qkv)
        let keyStart = configuration.queryWidth
        let valueStart = keyStart + configuration.keyValueWidth
        let q = qkv.columns(0..<keyStart)
        let k = qkv.columns(keyStart..<valueStart)
        let v = qkv.columns(valueStart..<(valueStart + configuration.keyValueWidth))
        visit(.query, layer: layer, q, heads: configuration.headCount)
        visit(.key, layer: layer, k, heads: configuration.keyValueHeadCount)
        visit(.value, layer: layer, v, heads: configuration.keyValueHeadCount)

        normalizeHeads(q, weights.queryNorm)
        normalizeHeads(k, weights.keyNorm)
        rotate(q, k, qkv.columns(0..<valueStart), layer: layer)
        for sequence in batch.sequences {
            sequence.cache.open.store(
                layer: layer, keys: k.rows(sequence.rows), values: v.rows(sequence.rows), threads: threads)
        }
        return q
    }

    /// Lets every row look at those before it.
    ///
    /// - Parameter q: [rows, queryWidth].
    /// - Returns: what the heads read, side by side: [rows, queryWidth].
    mutating func mixedValues(_ q: MatrixSlice, layer: Int) -> MatrixSlice {
        let z = rows(space.z)
        mixValues(q, layer: layer, into: z)
        visit(.z, layer: layer, z, heads: configuration.headCount)
        return z
    }

    /// Adds what attention makes of the heads' values to the residual stream.
    ///
    /// - Parameters:
    ///   - z: [rows, queryWidth]
    ///   - residual: [rows, modelDimension]
    mutating func addAttention(
        _ z: MatrixSlice, _ weights: BlockWeights, layer: Int, to residual: MatrixSlice
    ) throws {
        if weights.attentionPostNorm == nil,
            canStream(weights.attentionOutput, past: [.result, .attentionOut], layer: layer)
        {
            return try space.multiplier.multiply(z, weights.attentionOutput.weights, addingTo: residual)
        }
        RowOperations.add(
            residual, try attentionOut(z, weights, layer: layer), into: residual, threads: threads)
    }

    /// What attention adds to the residual stream, [rows, modelDimension], in `space.sublayerOut`.
    ///
    /// - Parameter z: [rows, queryWidth].
    mutating func attentionOut(_ z: MatrixSlice, _ weights: BlockWeights, layer: Int) throws -> MatrixSlice {
        let out = rows(space.sublayerOut)
        try multiply(z, weights.attentionOutput, into: out)
        try visitResults(z, weights.attentionOutput, layer: layer, addingTo: out)
        if let norm = weights.attentionPostNorm {
            visit(.attentionResult, layer: layer, out)
            normalize(out, norm, layer: layer, .attentionPost(configuration.normPlacement), into: out)
        }
        visit(.attentionOut, layer: layer, out)
        return out
    }

    /// Rotates queries and keys, which lie side by side in `both`.
    private mutating func rotate(_ q: MatrixSlice, _ k: MatrixSlice, _ both: MatrixSlice, layer: Int) {
        let slides = configuration.window(ofLayer: layer) != nil
        guard let table = slides ? slidingRotary ?? rotary : rotary else { return }
        RowOperations.rotate(both, positions: positions, table: table, threads: threads)
        visit(.rotatedQuery, layer: layer, q, heads: configuration.headCount)
        visit(.rotatedKey, layer: layer, k, heads: configuration.keyValueHeadCount)
    }

    /// All at once; or, where somebody wants to see scores or patterns, step by step with the same bits.
    private mutating func mixValues(_ q: MatrixSlice, layer: Int, into z: MatrixSlice) {
        let scoresPoint = HookPoint(.attentionScores, layer: layer)
        let patternPoint = HookPoint(.pattern, layer: layer)
        let window = configuration.window(ofLayer: layer)
        guard hook.wants(scoresPoint) || hook.wants(patternPoint) else {
            attention.attend(
                q, layer: layer, window: window, schedule, into: z, scratch: space.attentionScratch,
                threads: threads)
            return
        }
        for (sequence, job) in zip(batch.sequences, schedule.jobs) {
            let scores = attention.scores(q, layer: layer, window: window, job: job)
            visitScores(scoresPoint, scores, sequence, job)
            attention.softmax(scores, layer: layer, window: window, job: job)
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
                shape: [configuration.headCount, job.rows.count, seen], rows: scores.slice.columns(0..<seen),
                threads: threads))
    }
}

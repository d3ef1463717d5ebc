internal import Tensors
internal import Transformers

extension TrainingPass {
    /// What attention adds to the residual stream: [rows, modelDimension], in `space.sublayerOut`.
    ///
    /// The arithmetic is the sampler's, kernel by kernel.
    ///
    /// - Parameter x: what attention reads, [rows, modelDimension].
    mutating func attend(_ x: MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int) throws -> MatrixSlice
    {
        let qkv = rows(tape.queryKeyValue)
        try linear(x, block.queryKeyValue, into: qkv)
        let (q, k, v) = split(qkv)
        if let raw = tape.rawQueryKey {
            rows(raw).assign(queriesAndKeys(qkv))
            normalizeHeads(q, block.queryNorm)
            normalizeHeads(k, block.keyNorm)
        }
        if let table = rotary(layer) {
            RowOperations.rotate(queriesAndKeys(qkv), positions: batch.positions, table: table, threads: threads)
        }
        let schedule = CausalAttention.Schedule(
            attentionJobs(keys: k, values: v), heads: configuration.keyValueHeadCount)
        let z = rows(tape.z)
        model.base.attention.attend(
            q, layer: 0, window: configuration.window(ofLayer: layer), schedule, into: z,
            scratch: space.attentionScratch, threads: threads)
        visitForward(.z, layer: layer, z)
        let out = rows(space.sublayerOut)
        try linear(z, block.attentionOutput, into: out)
        postNormalize(out, block.attentionPostNorm, tape.attentionPost)
        visitForward(.attentionOut, layer: layer, out)
        return out
    }

    /// From the gradient of what attention adds, `dout` [rows, modelDimension], to that of what it reads.
    ///
    /// - Parameters:
    ///   - x: what attention reads, [rows, modelDimension]
    ///   - dx: [rows, modelDimension], written
    mutating func attendBackward(
        _ x: () -> MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int, _ dout: MatrixSlice,
        into dx: MatrixSlice
    ) throws {
        let dout = visitAddend(.attentionOut, layer: layer, dout)
        let draw = postNormBackward(tape.attentionPost, block.attentionPostNorm, dout)
        let dz = rows(space.dz)
        try linearBackward(rows(tape.z), block.attentionOutput, draw, into: dz)
        visitGradient(.z, layer: layer, dz)
        let qkv = rows(tape.queryKeyValue)
        let dqkv = rows(space.dQueryKeyValue)
        attentionGradient(qkv, dz: dz, into: dqkv, window: configuration.window(ofLayer: layer))
        if let table = rotary(layer) {
            RowOperations.rotateBack(queriesAndKeys(dqkv), positions: batch.positions, table: table, threads: threads)
        }
        if let raw = tape.rawQueryKey {
            let (dq, dk, _) = split(dqkv)
            let width = configuration.queryWidth
            let raw = rows(raw)
            normalizeHeadsBackward(raw.columns(0..<width), block.queryNorm, dq)
            normalizeHeadsBackward(raw.columns(width..<raw.columnCount), block.keyNorm, dk)
        }
        try linearBackward(x(), block.queryKeyValue, dqkv, into: dx)
    }

    private func rotary(_ layer: Int) -> RotaryTable? {
        let slides = configuration.window(ofLayer: layer) != nil
        return slides ? model.base.slidingRotary ?? model.base.rotary : model.base.rotary
    }

    private func split(_ qkv: MatrixSlice) -> (q: MatrixSlice, k: MatrixSlice, v: MatrixSlice) {
        let keyStart = configuration.queryWidth
        let valueStart = keyStart + configuration.keyValueWidth
        return (
            qkv.columns(0..<keyStart), qkv.columns(keyStart..<valueStart), qkv.columns(valueStart..<qkv.columnCount)
        )
    }

    private func queriesAndKeys(_ qkv: MatrixSlice) -> MatrixSlice {
        qkv.columns(0..<(configuration.queryWidth + configuration.keyValueWidth))
    }

    private func normalizeHeads(_ x: MatrixSlice, _ weight: Parameter?) {
        guard let weight else { return }
        RowOperations.rmsNormalizeGroups(
            x, epsilon: configuration.normEpsilon, weight: weight.vector, threads: threads)
    }

    private func normalizeHeadsBackward(_ x: MatrixSlice, _ weight: Parameter?, _ dy: MatrixSlice) {
        guard let weight else { return }
        RowOperations.groupNormGradient(
            x, epsilon: configuration.normEpsilon, weight: weight.vector, dy, dweight: weight.gradient?.slice,
            threads: threads)
    }
}

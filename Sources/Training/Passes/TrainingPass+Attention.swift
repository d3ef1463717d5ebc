internal import Tensors
internal import Transformers

extension TrainingPass {
    /// What attention adds to the residual stream: [rows, modelDimension], in `space.sublayerOut`.
    ///
    /// The arithmetic is the sampler's, kernel by kernel.
    ///
    /// - Parameter x: the normalised residual stream, [rows, modelDimension].
    mutating func attend(_ x: MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int) throws -> MatrixSlice {
        let qkv = rows(tape.queryKeyValue)
        try linear(x, block.queryKeyValue, into: qkv)
        let keyStart = configuration.queryWidth
        let valueStart = keyStart + configuration.keyValueWidth
        let k = qkv.columns(keyStart..<valueStart)
        let v = qkv.columns(valueStart..<(valueStart + configuration.keyValueWidth))
        let transformer = model.transformer
        RowOperations.rotate(
            qkv.columns(0..<valueStart), positions: batch.positions, table: transformer.rotary, threads: threads)
        let jobs = zip(batch.sequences, segments).map { sequence, segment in
            segment.store(layer: 0, keys: k.rows(sequence), values: v.rows(sequence))
            return CausalAttention.Job(rows: sequence, first: 0, segments: [segment])
        }
        let z = rows(tape.z)
        transformer.attention.attend(
            qkv.columns(0..<keyStart), layer: 0, jobs: jobs, into: z, scratch: space.attentionScratch, threads: threads)
        visitForward(.z, layer: layer, z)
        let out = rows(space.sublayerOut)
        try linear(z, block.attentionOutput, into: out)
        visitForward(.attentionOut, layer: layer, out)
        return out
    }

    /// From the gradient of what attention adds, `dout` [rows, modelDimension], to that of what it reads.
    ///
    /// - Parameters:
    ///   - x: the normalised residual stream, [rows, modelDimension]
    ///   - dx: [rows, modelDimension], written
    mutating func attendBackward(
        _ x: () -> MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int, _ dout: MatrixSlice,
        into dx: MatrixSlice
    ) throws {
        let dz = rows(space.dz)
        try linearBackward(rows(tape.z), block.attentionOutput, dout, into: dz)
        visitGradient(.z, layer: layer, dz)
        let qkv = rows(tape.queryKeyValue)
        let dqkv = rows(space.dQueryKeyValue)
        let jobs = batch.sequences.map { sequence in
            CausalAttention.GradientJob(
                queryKeyValue: qkv.rows(sequence), dz: dz.rows(sequence), dQueryKeyValue: dqkv.rows(sequence))
        }
        model.transformer.attention.attendBackward(jobs, scratch: space.attentionScratch, threads: threads)
        RowOperations.rotateBack(
            dqkv.columns(0..<(configuration.queryWidth + configuration.keyValueWidth)), positions: batch.positions,
            table: model.transformer.rotary, threads: threads)
        try linearBackward(x(), block.queryKeyValue, dqkv, into: dx)
    }
}

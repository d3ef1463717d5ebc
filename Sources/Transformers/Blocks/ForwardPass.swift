internal import Tensors

/// One forward pass under way: the batch, the scratch space, and who looks on.
struct ForwardPass<Hook: ActivationHook> {
    let configuration: TransformerConfiguration
    let attention: CausalAttention
    /// Nil for models that do not rotate.
    let rotary: RotaryTable?
    /// Of layers with a sliding window.
    let slidingRotary: RotaryTable?
    let batch: TokenBatch
    let positions: [Int32]
    let schedule: CausalAttention.Schedule
    let space: Workspace
    var hook: Hook

    init(_ model: Transformer, _ batch: TokenBatch, space: Workspace, hook: Hook) {
        configuration = model.configuration
        attention = model.attention
        rotary = model.rotary
        slidingRotary = model.slidingRotary
        self.batch = batch
        space.plan(batch, heads: model.configuration.keyValueHeadCount)
        positions = space.positions
        schedule = space.schedule
        self.space = space
        self.hook = hook
    }

    /// The same pass with nobody looking on.
    init<Seen: ActivationHook>(unseen pass: ForwardPass<Seen>) where Hook == NoHook {
        configuration = pass.configuration
        attention = pass.attention
        rotary = pass.rotary
        slidingRotary = pass.slidingRotary
        batch = pass.batch
        positions = pass.positions
        schedule = pass.schedule
        space = pass.space
        hook = NoHook()
    }

    var rowCount: Int { batch.ids.count }

    var threads: Int { space.threads }

    /// The rows of a matrix that this batch uses.
    func rows(_ matrix: Matrix) -> MatrixSlice { matrix.rows(0..<rowCount) }

    /// `out = x * transpose(weights) + bias`, and what adapters add; x [rows, inputs], out [rows, outputs].
    func multiply(_ x: MatrixSlice, _ linear: LinearWeights, into out: MatrixSlice) throws {
        try space.multiplier.multiply(x, linear.weights, into: out)
        if let bias = linear.bias { RowOperations.addScaled(out, 1, bias.slice, threads: threads) }
        try add(linear.additions, x, to: out)
    }

    /// Whether a product can be used up a piece at a time: nothing is added to it, and nobody looks at what comes of it
    /// whole.
    func canStream(_ linear: LinearWeights, past sites: [HookPoint.Site], layer: Int) -> Bool {
        linear.bias == nil && linear.additions.isEmpty
            && !sites.contains { hook.wants(HookPoint($0, layer: layer)) }
    }

    /// Shows `rows` to the hook, sequence by sequence.
    ///
    /// - Parameter heads: how many heads lie side by side in a row; nil for none.
    mutating func visit(_ site: HookPoint.Site, layer: Int?, _ rows: MatrixSlice, heads: Int? = nil) {
        let point = HookPoint(site, layer: layer)
        guard hook.wants(point) else { return }
        for sequence in batch.sequences {
            let first = sequence.cache.length
            let count = sequence.rows.count
            let shape = heads.map { [count, $0, rows.columnCount / $0] } ?? [count, rows.columnCount]
            hook.visit(
                point,
                Activation(
                    tag: sequence.tag, positions: first..<(first + count), shape: shape,
                    rows: rows.rows(sequence.rows), threads: threads))
        }
    }
}

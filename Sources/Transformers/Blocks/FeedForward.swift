internal import Tensors

extension ForwardPass {
    /// Adds what the feed-forward layer makes of `x` to the residual stream (Shazeer 2020 for the gate).
    ///
    /// - Parameters:
    ///   - x: the normalised residual stream, [rows, modelDimension]
    ///   - residual: the same shape
    mutating func feedForward(
        _ x: MatrixSlice, _ weights: BlockWeights, layer: Int, addingTo residual: MatrixSlice
    ) throws {
        let post = rows(space.mlpPost)
        let addsAtOnce = weights.mlpPostNorm == nil && canStream(weights.down, past: [.mlpOut], layer: layer)
        if addsAtOnce, canActivateAtOnce(weights, layer: layer), !hook.wants(HookPoint(.mlpPost, layer: layer)) {
            let configuration = configuration
            return try space.multiplier.multiplyHalves(
                x, weights.gateUp.weights, through: weights.down.weights, between: post, addingTo: residual
            ) { gate, up, post in
                configuration.activate(gate, times: up, into: post, threads: 1)
            }
        }
        try activated(x, weights, layer: layer, into: post)
        visit(.mlpPost, layer: layer, post)
        if addsAtOnce {
            return try space.multiplier.multiply(post, weights.down.weights, addingTo: residual)
        }
        let out = rows(space.sublayerOut)
        try multiply(post, weights.down, into: out)
        if let norm = weights.mlpPostNorm {
            visit(.mlpResult, layer: layer, out)
            normalize(out, norm, layer: layer, .mlpPost(configuration.normPlacement), into: out)
        }
        visit(.mlpOut, layer: layer, out)
        RowOperations.add(residual, out, into: residual, threads: threads)
    }

    /// Whether gate and linear part can meet a piece at a time.
    private func canActivateAtOnce(_ weights: BlockWeights, layer: Int) -> Bool {
        configuration.isGated && canStream(weights.gateUp, past: [.mlpPre, .mlpPreLinear], layer: layer)
    }

    /// `post = activation(x * transpose(gate)) * (x * transpose(up))`; without a gate, the activation alone.
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - post: [rows, feedForwardDimension]
    private mutating func activated(
        _ x: MatrixSlice, _ weights: BlockWeights, layer: Int, into post: MatrixSlice
    ) throws {
        if canActivateAtOnce(weights, layer: layer) {
            let configuration = configuration
            return try space.multiplier.multiplyHalves(x, weights.gateUp.weights, into: post) { gate, up, post in
                configuration.activate(gate, times: up, into: post, threads: 1)
            }
        }
        let hidden = configuration.feedForwardDimension
        let gateUp = rows(space.gateUp)
        try multiply(x, weights.gateUp, into: gateUp)
        let gate = gateUp.columns(0..<hidden)
        visit(.mlpPre, layer: layer, gate)
        guard configuration.isGated else {
            return configuration.activate(gate, into: post, threads: threads)
        }
        let up = gateUp.columns(hidden..<(2 * hidden))
        visit(.mlpPreLinear, layer: layer, up)
        configuration.activate(gate, times: up, into: post, threads: threads)
    }
}

extension TransformerConfiguration {
    fileprivate func activate(
        _ gate: MatrixSlice, times up: MatrixSlice, into post: MatrixSlice, threads: Int
    ) {
        if activation == .silu { return RowOperations.siluMultiply(gate, up, into: post, threads: threads) }
        activate(gate, into: post, threads: threads)
        RowOperations.multiplyElements(post, up, into: post, threads: threads)
    }

    fileprivate func activate(_ x: MatrixSlice, into post: MatrixSlice, threads: Int) {
        switch activation {
        case .silu: RowOperations.silu(x, into: post, threads: threads)
        case .gelu: RowOperations.gelu(x, into: post, threads: threads)
        case .geluTanh: RowOperations.geluTanh(x, into: post, threads: threads)
        case .quickGelu: RowOperations.quickGelu(x, into: post, threads: threads)
        case .relu: RowOperations.relu(x, into: post, threads: threads)
        case .reluSquared: RowOperations.reluSquared(x, into: post, threads: threads)
        }
    }
}

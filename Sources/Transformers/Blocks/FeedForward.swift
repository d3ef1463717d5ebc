internal import Tensors

extension ForwardPass {
    /// What the feed-forward layer adds to the residual stream: [rows, modelDimension] (Shazeer 2020 for the gate).
    ///
    /// - Parameter x: the normalised residual stream, [rows, modelDimension].
    mutating func feedForward(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws -> MatrixSlice {
        let hidden = configuration.feedForwardDimension
        let gateUp = rows(space.gateUp)
        try multiply(x, weights.gateUp, into: gateUp)
        let gate = gateUp.columns(0..<hidden)
        visit(.mlpPre, layer: layer, gate)
        let post = rows(space.mlpPost)
        if configuration.isGated {
            let up = gateUp.columns(hidden..<(2 * hidden))
            visit(.mlpPreLinear, layer: layer, up)
            activate(gate, times: up, into: post)
        } else {
            activate(gate, into: post)
        }
        visit(.mlpPost, layer: layer, post)
        let out = rows(space.sublayerOut)
        try multiply(post, weights.down, into: out)
        if let norm = weights.mlpPostNorm {
            visit(.mlpResult, layer: layer, out)
            normalize(out, norm, layer: layer, .mlpPost(configuration.normPlacement), into: out)
        }
        visit(.mlpOut, layer: layer, out)
        return out
    }

    private func activate(_ gate: MatrixSlice, times up: MatrixSlice, into post: MatrixSlice) {
        if configuration.activation == .silu {
            return RowOperations.siluMultiply(gate, up, into: post, threads: threads)
        }
        activate(gate, into: post)
        RowOperations.multiplyElements(post, up, into: post, threads: threads)
    }

    private func activate(_ x: MatrixSlice, into post: MatrixSlice) {
        switch configuration.activation {
        case .silu: RowOperations.silu(x, into: post, threads: threads)
        case .gelu: RowOperations.gelu(x, into: post, threads: threads)
        case .geluTanh: RowOperations.geluTanh(x, into: post, threads: threads)
        }
    }
}

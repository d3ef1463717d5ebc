internal import Tensors
internal import Transformers

/// A linear layer under training: `x * transpose(weights) + bias`, plus what adapters add.
struct TrainableLinear {
    var weights: Parameter
    /// [1, outputs].
    var bias: Parameter?
    var adapters: [Adapter] = []

    init(_ name: String, _ linear: LinearWeights) {
        weights = Parameter(name, linear.weights)
        bias = linear.bias.map { Parameter("\(name).bias", vector: $0) }
    }

    /// The adapters as a sampler computes them.
    var additions: [LowRankAddition] { adapters.map(\.addition) }

    var outputs: Int { weights.rowCount }

    var inputs: Int { weights.columnCount }

    var parameters: [Parameter] { [weights, bias].compactMap { $0 } + adapters.flatMap { [$0.a, $0.b] } }
}

/// A norm under training.
struct TrainableNorm {
    /// [1, width].
    var weight: Parameter
    /// [1, width]; nil for a root mean square norm.
    var bias: Parameter?

    init(_ name: String, _ norm: NormWeights) {
        weight = Parameter(name, vector: norm.weight)
        bias = norm.bias.map { Parameter("\(name).bias", vector: $0) }
    }

    var parameters: [Parameter] { [weight, bias].compactMap { $0 } }
}

/// One block under training. What a family does not have is nil.
struct TrainableBlock {
    var attentionNorm: TrainableNorm?
    var queryKeyValue: TrainableLinear
    /// As wide as a head, or as all of them.
    var queryNorm: Parameter?
    var keyNorm: Parameter?
    var attentionOutput: TrainableLinear
    var attentionPostNorm: TrainableNorm?
    var mlpNorm: TrainableNorm?
    var gateUp: TrainableLinear
    var down: TrainableLinear
    var mlpPostNorm: TrainableNorm?

    init(_ weights: BlockWeights, layer: Int) {
        func name(_ part: String) -> String { "blocks.\(layer).\(part)" }
        attentionNorm = weights.attentionNorm.map { TrainableNorm(name("ln1"), $0) }
        queryKeyValue = TrainableLinear(name("attn.qkv"), weights.queryKeyValue)
        queryNorm = weights.queryNorm.map { Parameter(name("attn.q_norm"), vector: $0) }
        keyNorm = weights.keyNorm.map { Parameter(name("attn.k_norm"), vector: $0) }
        attentionOutput = TrainableLinear(name("attn.o"), weights.attentionOutput)
        attentionPostNorm = weights.attentionPostNorm.map { TrainableNorm(name("ln1_post"), $0) }
        mlpNorm = weights.mlpNorm.map { TrainableNorm(name("ln2"), $0) }
        gateUp = TrainableLinear(name("mlp.gate_up"), weights.gateUp)
        down = TrainableLinear(name("mlp.down"), weights.down)
        mlpPostNorm = weights.mlpPostNorm.map { TrainableNorm(name("ln2_post"), $0) }
    }

    var linears: [TrainableLinear] { [queryKeyValue, attentionOutput, gateUp, down] }

    var parameters: [Parameter] {
        let norms = [attentionNorm, attentionPostNorm, mlpNorm, mlpPostNorm].compactMap { $0 }
        return linears.flatMap(\.parameters) + norms.flatMap(\.parameters) + [queryNorm, keyNorm].compactMap { $0 }
    }
}

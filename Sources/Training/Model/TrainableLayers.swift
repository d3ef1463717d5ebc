internal import Tensors

/// A linear layer under training: `x * transpose(weights) + bias`, plus what adapters add.
struct TrainableLinear {
    var weights: Parameter
    /// [1, outputs].
    var bias: Parameter?
    var adapters: [Adapter] = []

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

    var parameters: [Parameter] { [weight, bias].compactMap { $0 } }
}

/// One block under training.
struct TrainableBlock {
    var attentionNorm: TrainableNorm
    var queryKeyValue: TrainableLinear
    var attentionOutput: TrainableLinear
    var mlpNorm: TrainableNorm
    var gateUp: TrainableLinear
    var down: TrainableLinear

    var linears: [TrainableLinear] { [queryKeyValue, attentionOutput, gateUp, down] }

    var parameters: [Parameter] {
        linears.flatMap(\.parameters) + attentionNorm.parameters + mlpNorm.parameters
    }
}

/// Which tensors of a checkpoint make the weights of a model, and how their rows lie.
struct WeightLayout: Sendable {
    var embedding: String
    /// Learned positions, [contextLength, modelDimension]; nil for rotary models.
    var positions: String?
    var blocks: [BlockLayout]
    var finalNorm: VectorLayout
    var unembedding: MatrixLayout
    /// Tensors that may be there and are not used.
    var unused: Set<String> = []
}

/// The tensors of one block.
struct BlockLayout: Sendable {
    var attentionNorm: VectorLayout?
    /// Parts of the product that gives queries, keys and values, in this order.
    var queryKeyValue: [MatrixLayout]
    var queryNorm: VectorLayout?
    var keyNorm: VectorLayout?
    var attentionOutput: MatrixLayout
    var attentionPostNorm: VectorLayout?
    var mlpNorm: VectorLayout?
    /// Parts of the product that gives the gate and the linear part, in this order.
    var gateUp: [MatrixLayout]
    var down: MatrixLayout
    var mlpPostNorm: VectorLayout?
}

/// A tensor that is the weight of a linear layer, and its bias.
struct MatrixLayout: Hashable, Sendable {
    /// Whether a linear layer has a bias.
    enum Bias: Hashable, Sendable {
        case none
        /// Where the file has one.
        case optional
        case required
    }

    /// Name without `.weight` and `.bias`.
    var name: String
    var outputs: Int
    var inputs: Int
    var bias = Bias.none
    /// Row of the file for each output; nil where they lie in order.
    var order: [Int]?
    /// Whether the file holds [inputs, outputs].
    var isTransposed = false

    var weightName: String { "\(name).weight" }

    var biasName: String { "\(name).bias" }

    var fileShape: [Int] { isTransposed ? [inputs, outputs] : [outputs, inputs] }
}

/// The tensors of a norm.
struct VectorLayout: Hashable, Sendable {
    /// Name without `.weight` and `.bias`.
    var name: String
    var count: Int
    var hasBias = false
    /// Added to every weight: Gemma's checkpoints hold the difference from 1.
    var offset: Float = 0

    var weightName: String { "\(name).weight" }

    var biasName: String { "\(name).bias" }
}

extension WeightLayout {
    /// Names of all tensors that a file of this layout may hold.
    var tensorNames: Set<String> {
        var names = unused.union([embedding, unembedding.weightName, unembedding.biasName])
        if let positions { names.insert(positions) }
        for block in blocks {
            for matrix in block.matrices { names.formUnion(matrix.tensorNames) }
            for vector in block.vectors { names.formUnion(vector.tensorNames) }
        }
        return names.union(finalNorm.tensorNames)
    }

    /// The matrices that are held in memory.
    var matrices: [MatrixLayout] { blocks.flatMap(\.matrices) + [unembedding] }
}

extension BlockLayout {
    var matrices: [MatrixLayout] { queryKeyValue + [attentionOutput] + gateUp + [down] }

    var vectors: [VectorLayout] {
        [attentionNorm, queryNorm, keyNorm, attentionPostNorm, mlpNorm, mlpPostNorm].compactMap { $0 }
    }
}

extension MatrixLayout {
    fileprivate var tensorNames: Set<String> { bias == .none ? [weightName] : [weightName, biasName] }
}

extension VectorLayout {
    fileprivate var tensorNames: Set<String> { hasBias ? [weightName, biasName] : [weightName] }
}

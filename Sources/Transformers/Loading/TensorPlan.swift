/// How one tensor of a checkpoint is made from the weights of a model: the way back of loading.
package struct TensorPlan: Sendable {
    /// Name in the file.
    package var name: String
    /// Sizes in the file, outermost first.
    package var shape: [Int]
    /// Name of the parameter that holds it, such as `blocks.3.attn.qkv`, and where it lies in it: rows of a matrix, or
    /// components of a vector.
    package var parameter: String
    package var range: Range<Int>
    /// Row of the file for each of ours; nil where they lie in order.
    var order: [Int]?
    var isTransposed = false
    /// Subtracted from every number.
    var offset: Float = 0
    /// Whether a file may do without it: some biases.
    var isOptional = false

    package var isVector: Bool { shape.count == 1 }

    /// Our numbers, row by row, as the file has them.
    package func arranged(_ values: [Float]) -> [Float] {
        let rows = range.count
        let width = rows == 0 ? 0 : values.count / rows
        var arranged = offset == 0 ? values : values.map { $0 - offset }
        guard isTransposed || order != nil else { return arranged }
        let source = arranged
        for row in 0..<rows {
            let place = order?[row] ?? row
            for column in 0..<width {
                arranged[isTransposed ? column * rows + place : place * width + column] = source[row * width + column]
            }
        }
        return arranged
    }
}

extension TensorPlan {
    /// Every tensor of a checkpoint, in the names and forms that it has already.
    ///
    /// - Throws: ``TransformerError``.
    package static func tensors(of source: some ModelSource) throws -> [TensorPlan] {
        let architecture = try ArchitectureRegistry.architecture(of: source)
        let configuration = try architecture.configuration(source).validated()
        // Biases that a file may have, and this one has not.
        return tensors(try architecture.layout(source, configuration), configuration).filter {
            source.hasTensor($0.name)
        }
    }

    /// Every tensor that a file of a layout may hold.
    static func tensors(_ layout: WeightLayout, _ configuration: TransformerConfiguration) -> [TensorPlan] {
        let isTied = layout.embedding == layout.unembedding.weightName
        var plans = [
            TensorPlan(
                name: layout.embedding, shape: [configuration.vocabularySize, configuration.modelDimension],
                parameter: isTied ? "unembed" : "embed", range: 0..<configuration.vocabularySize)
        ]
        if let positions = layout.positions {
            plans.append(
                TensorPlan(
                    name: positions, shape: [configuration.contextLength, configuration.modelDimension],
                    parameter: "pos_embed", range: 0..<configuration.contextLength))
        }
        for (layer, block) in layout.blocks.enumerated() { plans += tensors(of: block, "blocks.\(layer)") }
        plans += tensors(layout.finalNorm, "ln_final")
        return plans + tensors([layout.unembedding], "unembed").filter { !isTied || $0.isVector }
    }

    private static func tensors(of block: BlockLayout, _ name: String) -> [TensorPlan] {
        let norms: [(VectorLayout?, String)] = [
            (block.attentionNorm, "ln1"), (block.queryNorm, "attn.q_norm"), (block.keyNorm, "attn.k_norm"),
            (block.attentionPostNorm, "ln1_post"), (block.mlpNorm, "ln2"), (block.mlpPostNorm, "ln2_post"),
        ]
        let matrices: [([MatrixLayout], String)] = [
            (block.queryKeyValue, "attn.qkv"), ([block.attentionOutput], "attn.o"), (block.gateUp, "mlp.gate_up"),
            ([block.down], "mlp.down"),
        ]
        return norms.flatMap { layout, part in layout.map { tensors($0, "\(name).\(part)") } ?? [] }
            + matrices.flatMap { tensors($0, "\(name).\($1)") }
    }

    private static func tensors(_ layout: VectorLayout, _ parameter: String) -> [TensorPlan] {
        var weight = TensorPlan(
            name: layout.weightName, shape: [layout.count], parameter: parameter, range: 0..<layout.count)
        weight.offset = layout.offset
        guard layout.hasBias else { return [weight] }
        return [
            weight,
            TensorPlan(
                name: layout.biasName, shape: [layout.count], parameter: "\(parameter).bias", range: 0..<layout.count),
        ]
    }

    private static func tensors(_ parts: [MatrixLayout], _ parameter: String) -> [TensorPlan] {
        var row = 0
        return parts.flatMap { part -> [TensorPlan] in
            let rows = row..<(row + part.outputs)
            row = rows.upperBound
            var weight = TensorPlan(
                name: part.weightName, shape: part.fileShape, parameter: parameter, range: rows, order: part.order)
            weight.isTransposed = part.isTransposed
            guard part.bias != .none else { return [weight] }
            var bias = TensorPlan(
                name: part.biasName, shape: [part.outputs], parameter: "\(parameter).bias", range: rows,
                order: part.order)
            bias.isOptional = part.bias == .optional
            return [weight, bias]
        }
    }
}

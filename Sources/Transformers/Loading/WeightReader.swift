internal import Tensors

/// Turns tensors of a checkpoint into weights, as a layout says.
struct WeightReader<Source: ModelSource> {
    let source: Source
    let backend: MatrixBackend
    /// Whether every weight is to be kept in float32, so that training can change it.
    var isEditable = false
    var plan = AdapterPlan()

    func block(_ layout: BlockLayout) throws -> BlockWeights {
        BlockWeights(
            attentionNorm: try layout.attentionNorm.map(norm),
            queryKeyValue: try linear(layout.queryKeyValue),
            queryNorm: try layout.queryNorm.map { try norm($0).weight },
            keyNorm: try layout.keyNorm.map { try norm($0).weight },
            attentionOutput: try linear([layout.attentionOutput]),
            attentionPostNorm: try layout.attentionPostNorm.map(norm),
            mlpNorm: try layout.mlpNorm.map(norm),
            gateUp: try linear(layout.gateUp),
            down: try linear([layout.down]),
            mlpPostNorm: try layout.mlpPostNorm.map(norm))
    }

    func norm(_ layout: VectorLayout) throws -> NormWeights {
        let weight = try source.vector(layout.weightName, count: layout.count)
        if layout.offset != 0 {
            weight.slice.withMutableRow(0) { row in
                for index in row.indices { row[index] += layout.offset }
            }
        }
        let bias = layout.hasBias ? try source.vector(layout.biasName, count: layout.count) : nil
        return NormWeights(weight: weight, bias: bias)
    }

    /// The unembedding, which an adapter may hold whole.
    func head(_ layout: MatrixLayout) throws -> LinearWeights {
        guard let whole = plan.ends.head else { return try linear([layout]) }
        let replaced = ReplacedSource(base: source, name: layout.weightName, matrix: whole)
        return try WeightReader<ReplacedSource>(source: replaced, backend: backend, isEditable: isEditable, plan: plan)
            .linear([layout])
    }

    /// Several matrices of one width, stacked and packed.
    func linear(_ parts: [MatrixLayout]) throws -> LinearWeights {
        for part in parts { try source.require(part.weightName, shape: part.fileShape) }
        let weights =
            isCompact
            ? try compactWeights(parts) : try PackedWeights(dense(parts), backend: backend, isEditable: isEditable)
        for part in parts { source.releasePages(ofTensor: part.weightName) }
        return LinearWeights(weights: weights, bias: try bias(parts), additions: try additions(parts))
    }

    /// What adapters compute beside a layer's weights.
    private func additions(_ parts: [MatrixLayout]) throws -> [LowRankAddition] {
        var row = 0
        return try parts.flatMap { part in
            defer { row += part.outputs }
            return try plan.additions(to: part.name, outputs: row..<(row + part.outputs), backend: backend)
        }
    }

    /// Weights decoded to float32, [outputs of all parts, inputs].
    func dense(_ parts: [MatrixLayout]) throws -> Matrix {
        let matrix = Matrix(rows: parts.reduce(0) { $0 + $1.outputs }, columns: parts.first?.inputs ?? 0)
        var row = 0
        for part in parts {
            let rows = row..<(row + part.outputs)
            try readWeight(part, into: matrix.rows(rows))
            plan.apply(to: matrix.rows(rows), named: part.name)
            row = rows.upperBound
        }
        return matrix
    }

    /// [1, outputs of all parts]; nil where none of them has a bias.
    private func bias(_ parts: [MatrixLayout]) throws -> Matrix? {
        let bias = Matrix(rows: 1, columns: parts.reduce(0) { $0 + $1.outputs })
        var hasBias = false
        var row = 0
        for part in parts {
            hasBias = try readBias(part, into: bias.slice.columns(row..<(row + part.outputs))) || hasBias
            row += part.outputs
        }
        return hasBias ? bias : nil
    }

    private func readWeight(_ part: MatrixLayout, into matrix: MatrixSlice) throws {
        if part.isTransposed { return try readTransposed(part, into: matrix) }
        guard let order = part.order else {
            return try source.copyRows(0..<part.outputs, ofTensor: part.weightName, to: matrix)
        }
        for (row, fileRow) in order.enumerated() {
            try source.copyRows(fileRow..<(fileRow + 1), ofTensor: part.weightName, to: matrix.rows(row..<(row + 1)))
        }
    }

    private func readTransposed(_ part: MatrixLayout, into matrix: MatrixSlice) throws {
        let stored = Matrix(rows: part.inputs, columns: part.outputs)
        try source.copyRows(0..<part.inputs, ofTensor: part.weightName, to: stored.slice)
        for output in 0..<part.outputs {
            let column = stored.slice.columns((part.order?[output] ?? output)..<((part.order?[output] ?? output) + 1))
            matrix.rows(output..<(output + 1)).assign(column.copy())
        }
    }

    /// False where there is none.
    private func readBias(_ part: MatrixLayout, into bias: MatrixSlice) throws -> Bool {
        switch part.bias {
        case .none: return false
        case .optional: guard source.hasTensor(part.biasName) else { return false }
        case .required: break
        }
        let stored = try source.vector(part.biasName, count: part.outputs).slice.copy()
        bias.assign(part.order.map { $0.map { stored[$0] } } ?? stored)
        return true
    }
}

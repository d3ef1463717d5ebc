internal import Tensors

// What is only computed where somebody looks: inputs and results of single heads. Each costs a product for every head.
extension ForwardPass {
    /// Shows the residual stream once for each head, and computes the queries, keys and values of what the hooks make
    /// of it.
    ///
    /// - Parameters:
    ///   - x: the residual stream, [rows, modelDimension]
    ///   - qkv: [rows, queryWidth + 2 * keyValueWidth]
    mutating func visitSplitInputs(
        _ x: MatrixSlice, _ weights: BlockWeights, layer: Int, into qkv: MatrixSlice
    ) throws {
        let sites: [HookPoint.Site] = [.attentionIn, .queryInput, .keyInput, .valueInput]
        guard sites.contains(where: { hook.wants(HookPoint($0, layer: layer)) }) else { return }
        let (heads, keyValueHeads) = (configuration.headCount, configuration.keyValueHeadCount)
        let shared = repeated(x, Array(repeating: 0, count: heads))
        visit(.attentionIn, layer: layer, shared, heads: heads)
        let firstOfGroup = (0..<keyValueHeads).map { $0 * (heads / keyValueHeads) }
        var column = 0
        for (site, sources) in [
            (HookPoint.Site.queryInput, Array(0..<heads)), (.keyInput, firstOfGroup), (.valueInput, firstOfGroup),
        ] {
            let inputs = repeated(shared, sources)
            visit(site, layer: layer, inputs, heads: sources.count)
            try project(inputs, heads: sources.count, weights, from: column, into: qkv)
            column += sources.count * configuration.headDimension
        }
    }

    /// Copies of columns of `x`, each modelDimension wide, side by side.
    private func repeated(_ x: MatrixSlice, _ sources: [Int]) -> MatrixSlice {
        let width = configuration.modelDimension
        let copies = Matrix(rows: x.rowCount, columns: sources.count * width).slice
        for (index, source) in sources.enumerated() {
            copies.columns((index * width)..<((index + 1) * width))
                .assign(x.columns((source * width)..<((source + 1) * width)))
        }
        return copies
    }

    /// Each head of its own input: columns of `qkv` from `column` on.
    private func project(
        _ inputs: MatrixSlice, heads: Int, _ weights: BlockWeights, from column: Int, into qkv: MatrixSlice
    ) throws {
        let (width, d) = (configuration.modelDimension, configuration.headDimension)
        let normalized = Matrix(rows: inputs.rowCount, columns: width).slice
        let all = Matrix(rows: inputs.rowCount, columns: qkv.columnCount).slice
        for head in 0..<heads {
            normalized.assign(inputs.columns((head * width)..<((head + 1) * width)))
            if let norm = weights.attentionNorm { normalizeUnseen(normalized, norm) }
            try multiply(normalized, weights.queryKeyValue, into: all)
            let columns = (column + head * d)..<(column + (head + 1) * d)
            qkv.columns(columns).assign(all.columns(columns))
        }
    }

    /// Shows what each head adds, and adds what the hooks change.
    ///
    /// - Parameters:
    ///   - z: [rows, queryWidth]
    ///   - out: the sum of all heads and the bias, [rows, modelDimension]; it keeps its bits where nothing changes
    mutating func visitResults(
        _ z: MatrixSlice, _ output: LinearWeights, layer: Int, addingTo out: MatrixSlice
    ) throws {
        guard hook.wants(HookPoint(.result, layer: layer)) else { return }
        let (heads, d, width) = (configuration.headCount, configuration.headDimension, configuration.modelDimension)
        let results = Matrix(rows: z.rowCount, columns: heads * width).slice
        for head in 0..<heads {
            let alone = Matrix(rows: z.rowCount, columns: z.columnCount).slice
            let columns = (head * d)..<((head + 1) * d)
            alone.columns(columns).assign(z.columns(columns))
            let result = Matrix(rows: z.rowCount, columns: width).slice
            try space.multiplier.multiply(alone, output.weights, into: result)
            try add(output.additions, alone, to: result)
            results.columns((head * width)..<((head + 1) * width)).assign(result)
        }
        let before = results.copy()
        visit(.result, layer: layer, results, heads: heads)
        let after = results.copy()
        for row in 0..<out.rowCount {
            out.withMutableRow(row) { sums in
                for index in 0..<(heads * width) {
                    let place = row * heads * width + index
                    if after[place] != before[place] { sums[index % width] += after[place] - before[place] }
                }
            }
        }
    }
}

internal import Tensors

extension TrainableModel {
    /// Adds every adapter to the weights it adapts, which then give the same without it.
    ///
    /// - Throws: ``TensorError``.
    public func mergeAdapters() throws { try addAdapters(sign: 1) }

    /// Takes off again what ``mergeAdapters()`` has added, up to rounding.
    ///
    /// - Throws: ``TensorError``.
    public func unmergeAdapters() throws { try addAdapters(sign: -1) }

    /// Forgets all adapters.
    public func dropAdapters() {
        for layer in blocks.indices {
            for place in [\TrainableBlock.queryKeyValue, \.attentionOutput, \.gateUp, \.down] {
                blocks[layer][keyPath: place].adapters = []
            }
        }
    }

    private func addAdapters(sign: Float) throws {
        for block in blocks {
            for linear in block.linears {
                for adapter in linear.adapters { try Self.add(adapter, to: linear.weights, sign: sign) }
            }
        }
    }

    /// `w += sign * scale * b * a`, summed in double.
    private static func add(_ adapter: Adapter, to weights: Parameter, sign: Float) throws {
        let a = try adapter.a.values()
        let b = try adapter.b.values()
        let (rank, inputs) = (adapter.rank, weights.columnCount)
        let row = Matrix(rows: 1, columns: inputs)
        let scale = Double(sign * adapter.scale)
        for (index, output) in adapter.outputs.enumerated() {
            try weights.copyRows(output..<(output + 1), to: row.slice)
            var change = [Double](repeating: 0, count: inputs)
            for r in 0..<rank {
                let factor = Double(b[index * rank + r])
                for column in 0..<inputs { change[column] += factor * Double(a[r * inputs + column]) }
            }
            row.slice.withMutableRow(0) { elements in
                for column in elements.indices {
                    elements[column] = Float(Double(elements[column]) + scale * change[column])
                }
            }
            try weights.replaceRows(output..<(output + 1), with: row.slice)
        }
    }
}

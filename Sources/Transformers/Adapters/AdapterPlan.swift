internal import Tensors

/// The changes that adapters make to the matrices of one checkpoint.
struct AdapterPlan {
    /// By name of the matrix in the checkpoint; rows of `b` lie as those of the loaded matrix.
    private(set) var changes: [String: [LoRAAdapter.Change]] = [:]
    /// Whether matrices are loaded with their changes added to them.
    private(set) var isMerged = true
    private(set) var ends = EndChanges()

    init() {}

    /// - Throws: ``TransformerError`` for an adapter of another family, and for one that changes what the model does not
    ///   have, or in another shape.
    init(
        _ adapters: ModelAdapters, for base: WeightLayout, _ architecture: any Architecture.Type,
        _ configuration: TransformerConfiguration
    ) throws {
        isMerged = adapters.isMerged
        for adapter in adapters.lora {
            try TransformerError.naming(adapter: adapter.path) {
                if let made = adapter.architecture, made != configuration.architecture {
                    throw TransformerError.adapterArchitecture(made, model: configuration.architecture)
                }
                let names = try architecture.layout(NamesOnly(convention: adapter.convention), configuration)
                let heads = Self.headNames(names, adapter.convention)
                try add(adapter, pairs(names, base, heads))
                try ends.add(adapter, names, heads, base, configuration)
            }
        }
        ends.changesHead = changes[base.unembedding.name] != nil
    }

    /// What adapters call the unembedding: transformers has renamed GPT-NeoX's.
    private static func headNames(_ names: WeightLayout, _ convention: NamingConvention) -> [String] {
        let own = names.unembedding.name
        return convention == .huggingFace && own != "lm_head" ? [own, "lm_head"] : [own]
    }

    /// Matrices by the adapter's names, each beside the same matrix in the checkpoint.
    private func pairs(
        _ names: WeightLayout, _ base: WeightLayout, _ heads: [String]
    ) -> [String: (own: MatrixLayout, base: MatrixLayout)] {
        var pairs: [String: (own: MatrixLayout, base: MatrixLayout)] = [:]
        for (own, base) in zip(names.blocks, base.blocks) {
            for (matrix, other) in zip(own.matrices, base.matrices) { pairs[matrix.name] = (matrix, other) }
        }
        for head in heads { pairs[head] = (names.unembedding, base.unembedding) }
        return pairs
    }

    private mutating func add(
        _ adapter: LoRAAdapter, _ pairs: [String: (own: MatrixLayout, base: MatrixLayout)]
    ) throws {
        for (name, change) in adapter.changes.sorted(by: { $0.key < $1.key }) {
            guard let (own, base) = pairs[name] else { throw TransformerError.adapterTarget(name) }
            let rank = change.a.rowCount
            guard change.a.columnCount == base.inputs else {
                throw TransformerError.shape(
                    tensor: "\(name) A", found: [rank, change.a.columnCount], expected: [rank, base.inputs])
            }
            guard change.b.rowCount == base.outputs, change.b.columnCount == rank else {
                throw TransformerError.shape(
                    tensor: "\(name) B", found: [change.b.rowCount, change.b.columnCount],
                    expected: [base.outputs, rank])
            }
            var ordered = change
            if let order = own.order { ordered.b = change.b.reordered(order) }
            changes[base.name, default: []].append(ordered)
        }
    }

    /// Whether a matrix is loaded as another one than the checkpoint's.
    func isMerged(into name: String) -> Bool { isMerged && changes[name] != nil }

    /// Bytes of the changes that are computed beside their matrices.
    var byteCount: Int {
        guard !isMerged else { return ends.byteCount }
        let elements = changes.values.joined().map {
            $0.a.rowCount * $0.a.columnCount + $0.b.rowCount * $0.b.columnCount
        }
        return ends.byteCount + elements.reduce(0, +) * MemoryLayout<Float>.size
    }

    /// Changes that are computed beside a matrix whose outputs are `outputs` of a layer's.
    func additions(to name: String, outputs: Range<Int>, backend: MatrixBackend) throws -> [LowRankAddition] {
        guard !isMerged else { return [] }
        return try (changes[name] ?? []).map { try LowRankAddition($0, outputs: outputs, backend: backend) }
    }

    /// Adds the changes that are merged into a matrix, [outputs, inputs], in float32.
    func apply(to matrix: MatrixSlice, named name: String) {
        guard isMerged else { return }
        for change in changes[name] ?? [] {
            for output in 0..<matrix.rowCount {
                let row = matrix.rows(output..<(output + 1))
                let factors = change.b.row(output).copy()
                for (index, factor) in factors.enumerated() {
                    RowOperations.addScaled(row, change.scale * factor, change.a.row(index), threads: 1)
                }
            }
        }
    }
}

extension Matrix {
    /// The rows that `order` names, in its order.
    fileprivate func reordered(_ order: [Int]) -> Matrix {
        let result = Matrix(rows: order.count, columns: columnCount)
        for (index, source) in order.enumerated() { result.row(index).assign(row(source)) }
        return result
    }
}

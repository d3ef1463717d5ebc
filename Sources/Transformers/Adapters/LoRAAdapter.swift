public import Tensors

/// Low-rank changes of a model's matrices: `W + scale * B * A` (Hu et al. 2021).
public struct LoRAAdapter: Sendable {
    /// The change of one matrix.
    public struct Change: Sendable {
        /// [rank, inputs].
        public var a: Matrix
        /// [outputs, rank], in the order of the adapter's files.
        public var b: Matrix
        public var scale: Float

        public init(a: Matrix, b: Matrix, scale: Float) {
            self.a = a
            self.b = b
            self.scale = scale
        }
    }

    /// Whose names the changed matrices have.
    public let convention: NamingConvention
    /// By name of the matrix, without `.weight`.
    public let changes: [String: Change]
    /// Family that the adapter was made for, where it says so.
    let architecture: String?
    /// Where it was read from, for messages; nil for one that was made in memory.
    let path: String?
    /// The model that it was trained on, where it says so.
    package let baseModel: BaseModelMark?

    /// - Parameter architecture: nil where it is not known.
    public init(_ convention: NamingConvention, changes: [String: Change], architecture: String? = nil) {
        self.init(convention, changes: changes, architecture: architecture, path: nil, baseModel: nil)
    }

    init(
        _ convention: NamingConvention, changes: [String: Change], architecture: String? = nil, path: String?,
        baseModel: BaseModelMark?
    ) {
        self.convention = convention
        self.changes = changes
        self.architecture = architecture
        self.path = path
        self.baseModel = baseModel
    }
}

extension LoRAAdapter {
    /// What an adapter of a convention can change in each block of a family's models; the matrix at a place is the same one
    /// in every convention.
    ///
    /// - Throws: ``TransformerError/unknownArchitecture(_:known:)``.
    package static func targets(
        in configuration: TransformerConfiguration, _ convention: NamingConvention
    ) throws -> [[AdapterTarget]] {
        let architecture = try ArchitectureRegistry.architecture(named: configuration.architecture)
        let layout = try architecture.layout(NamesOnly(convention: convention), configuration)
        return layout.blocks.map { $0.matrices.map(AdapterTarget.init) }
    }
}

/// The changes that adapters make to the matrices of one checkpoint.
struct AdapterPlan {
    /// By name of the matrix in the checkpoint; rows of `b` lie as those of the loaded matrix.
    private(set) var changes: [String: [LoRAAdapter.Change]] = [:]
    /// Whether matrices are loaded with their changes added to them.
    private(set) var isMerged = true

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
                try add(adapter, pairs(names, base))
            }
        }
    }

    /// Matrices by the adapter's names, each beside the same matrix in the checkpoint.
    private func pairs(_ names: WeightLayout, _ base: WeightLayout) -> [String: (own: MatrixLayout, base: MatrixLayout)]
    {
        var pairs: [String: (own: MatrixLayout, base: MatrixLayout)] = [:]
        for (own, base) in zip(names.blocks, base.blocks) {
            for (matrix, other) in zip(own.matrices, base.matrices) { pairs[matrix.name] = (matrix, other) }
        }
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
        guard !isMerged else { return 0 }
        let elements = changes.values.joined().map {
            $0.a.rowCount * $0.a.columnCount + $0.b.rowCount * $0.b.columnCount
        }
        return elements.reduce(0, +) * MemoryLayout<Float>.size
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

/// A source that has nothing, to ask an architecture for the names of a convention.
private struct NamesOnly: ModelSource {
    let convention: NamingConvention

    func string(_ key: String) -> String? { nil }

    func integer(_ key: String) -> Int? { nil }

    func float(_ key: String) -> Float? { nil }

    var tensorNames: [String] { [] }

    func shape(ofTensor name: String) -> [Int]? { nil }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        throw TransformerError.missingTensor(name)
    }
}

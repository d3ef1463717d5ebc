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
    /// Changes of embeddings, by the name of the table, without `.weight`.
    let embeddings: [String: EmbeddingChange]
    /// Matrices in place of the model's.
    let wholes: [WholeMatrix]
    /// Tensors of the file that are not put on a model, because llama.cpp does not either.
    package let leftAside: [String]
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
        _ convention: NamingConvention, changes: [String: Change], embeddings: [String: EmbeddingChange] = [:],
        wholes: [WholeMatrix] = [], leftAside: [String] = [], architecture: String? = nil, path: String?,
        baseModel: BaseModelMark?
    ) {
        self.convention = convention
        self.changes = changes
        self.embeddings = embeddings
        self.wholes = wholes
        self.leftAside = leftAside
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

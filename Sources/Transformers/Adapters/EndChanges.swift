internal import Tensors

/// What adapters make of a model's first matrix and of its last: the table of embeddings and the head.
///
/// Where both are one matrix in the checkpoint, each is changed by itself, as PEFT computes it: a change of the head
/// leaves the embeddings alone, and the other way round.
struct EndChanges {
    private var embeddings: [EmbeddingChange] = []
    private(set) var embedding: WholeMatrix?
    private(set) var head: WholeMatrix?
    /// Whether the head has a low-rank change.
    var changesHead = false

    /// Whether embeddings and head are two matrices, whatever they are in the checkpoint.
    var isUntying: Bool { changesHead || !embeddings.isEmpty || embedding != nil || head != nil }

    /// Bytes of the changes of embeddings, which are always computed beside them.
    var byteCount: Int {
        embeddings.reduce(0) { $0 + $1.a.rowCount * $1.a.columnCount + $1.b.rowCount * $1.b.columnCount }
            * MemoryLayout<Float>.size
    }

    /// - Parameters:
    ///   - names: of the adapter's convention
    ///   - heads: what adapters of the convention call the head
    ///   - base: of the checkpoint
    /// - Throws: ``TransformerError`` for other matrices, those of another shape, and a second one for one place.
    mutating func add(
        _ adapter: LoRAAdapter, _ names: WeightLayout, _ heads: [String], _ base: WeightLayout,
        _ configuration: TransformerConfiguration
    ) throws(TransformerError) {
        let table = String(names.embedding.dropLast(".weight".count))
        for (name, change) in adapter.embeddings.sorted(by: { $0.key < $1.key }) {
            guard name == table else { throw .adapterTarget(name) }
            try change.checkShape(name, configuration)
            embeddings.append(change)
        }
        let shape = [configuration.vocabularySize, configuration.modelDimension]
        for whole in adapter.wholes {
            guard ([table] + heads).contains(whole.module) else {
                throw .adapterModule(whole.module, allowed: [table, heads[0]])
            }
            guard whole.shape == shape else { throw .shape(tensor: whole.name, found: whole.shape, expected: shape) }
        }
        let isTied = base.embedding == base.unembedding.weightName
        try replace(adapter.wholes, table: table, heads: heads, isTied: isTied)
    }

    /// The matrix under a change is the model's own, so a tied model has it at both ends.
    private mutating func replace(
        _ wholes: [WholeMatrix], table: String, heads: [String], isTied: Bool
    ) throws(TransformerError) {
        let tables = wholes.filter { $0.module == table }
        let ownHeads = wholes.filter { heads.contains($0.module) }
        if let twice = [tables, ownHeads].first(where: { $0.count > 1 }) {
            throw .adapterKind("two matrices for \(twice[0].module)")
        }
        let (ownTable, ownHead) = (tables.first, ownHeads.first)
        let shared = isTied ? wholes.first(where: \.isBase) : nil
        for (new, old) in [(ownTable ?? shared, embedding), (ownHead ?? shared, self.head)] {
            if let new, old != nil { throw .adapterKind("a second one with the whole of \(new.module)") }
        }
        embedding = ownTable ?? shared ?? embedding
        self.head = ownHead ?? shared ?? self.head
    }

    /// The table of a model whose checkpoint has `stored`.
    func table(over stored: some EmbeddingTable) -> any EmbeddingTable {
        let base: any EmbeddingTable = embedding.map { StoredEmbedding(source: $0, tensor: $0.name) } ?? stored
        return embeddings.isEmpty ? base : AdaptedEmbedding(base: base, changes: embeddings)
    }
}

internal import Synchronization
public import Tensors

extension Transformer {
    /// Builds a model from a checkpoint: packs every tensor for the backend.
    ///
    /// - Parameters:
    ///   - isEditable: whether every weight is kept in float32, so that training can change it; otherwise quantised blocks
    ///     stay as small as they are
    ///   - adapters: merged into the weights in float32, or computed beside them
    ///   - contextLength: positions that the model must have. Beyond the original context of longrope it takes its
    ///     divisors for long texts, for texts of every length
    ///   - memory: bytes that the weights may take; nil for no limit
    /// - Throws: ``TransformerError`` where metadata or tensors are missing, superfluous or of the wrong size, where
    ///   there are not so many positions, or where the weights would not fit in memory; ``TensorError``; errors of the source.
    public convenience init(
        _ source: some ModelSource, backend: MatrixBackend, threads: Int, adapters: ModelAdapters = ModelAdapters(),
        isEditable: Bool = false, contextLength: Int? = nil, memory: Int? = AvailableMemory.bytes
    ) throws {
        let architecture = try ArchitectureRegistry.architecture(of: source)
        let configuration = try architecture.configuration(source).reaching(contextLength).validated()
        let layout = try architecture.layout(source, configuration)
        try Self.checkTensors(source, layout, architecture)
        let plan = try AdapterPlan(adapters, for: layout, architecture, configuration)
        let reader = WeightReader(source: source, backend: backend, isEditable: isEditable, plan: plan)
        try Self.checkSize(reader.byteCount(layout), memory)
        var weights = try Self.load(configuration, layout, reader, threads: threads)
        for (layer, row) in try adapters.controlRows(configuration) { weights.blocks[layer].offset = row }
        source.releasePages()
        self.init(configuration, weights)
    }

    private static func checkTensors(
        _ source: some ModelSource, _ layout: WeightLayout, _ architecture: any Architecture.Type
    ) throws {
        let known = layout.tensorNames
        for name in source.tensorNames where !known.contains(name) && !architecture.isUnused(tensor: name) {
            throw TransformerError.unexpectedTensor(name)
        }
    }

    private static func checkSize(_ needed: Int, _ memory: Int?) throws {
        if let memory, needed > memory { throw TransformerError.tooLarge(needed: needed, available: memory) }
    }

    /// Blocks are loaded side by side, the unembedding, the largest piece, first.
    private static func load(
        _ configuration: TransformerConfiguration, _ layout: WeightLayout, _ reader: WeightReader<some ModelSource>,
        threads: Int
    ) throws -> TransformerWeights {
        let source = reader.source
        try source.require(layout.embedding, shape: [configuration.vocabularySize, configuration.modelDimension])
        if let positions = layout.positions {
            try source.require(positions, shape: [configuration.contextLength, configuration.modelDimension])
        }
        let parts = LoadedParts()
        parallelFor(tasks: configuration.layerCount + 1, threads: threads) { task, _ in
            parts.attempt {
                if task == 0 {
                    $0.unembedding = try reader.head(layout.unembedding)
                } else {
                    $0.blocks[task - 1] = try reader.block(layout.blocks[task - 1])
                }
            }
        }
        let loaded = try parts.finish()
        guard let unembedding = loaded.unembedding, loaded.blocks.count == configuration.layerCount else {
            throw TransformerError.missingTensor(layout.unembedding.weightName)
        }
        return TransformerWeights(
            embedding: reader.plan.ends.table(over: StoredEmbedding(source: source, tensor: layout.embedding)),
            positions: layout.positions.map { StoredEmbedding(source: source, tensor: $0) },
            blocks: (0..<configuration.layerCount).compactMap { loaded.blocks[$0] },
            finalNorm: try reader.norm(layout.finalNorm),
            unembedding: unembedding,
            isTied: layout.embedding == layout.unembedding.weightName && !reader.plan.ends.isUntying)
    }
}

/// Collects what parallel tasks have loaded, or the first error.
private final class LoadedParts: Sendable {
    struct Parts {
        var blocks: [Int: BlockWeights] = [:]
        var unembedding: LinearWeights?
        var error: (any Error)?
    }

    private let parts = Mutex(Parts())

    /// Runs `body` on an empty collection, outside the lock, and merges what it filled in.
    func attempt(_ body: (inout Parts) throws -> Void) {
        var mine = Parts()
        do { try body(&mine) } catch { mine.error = error }
        let loaded = mine
        parts.withLock {
            $0.blocks.merge(loaded.blocks) { first, _ in first }
            $0.unembedding = $0.unembedding ?? loaded.unembedding
            $0.error = $0.error ?? loaded.error
        }
    }

    func finish() throws -> Parts {
        try parts.withLock {
            if let error = $0.error { throw error }
            return $0
        }
    }
}

extension TransformerConfiguration {
    /// Reads the configuration of a checkpoint without its weights.
    ///
    /// - Throws: ``TransformerError``.
    public init(_ source: some ModelSource) throws {
        self = try ArchitectureRegistry.architecture(of: source).configuration(source).validated()
    }
}

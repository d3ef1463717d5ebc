public import Tensors
internal import Synchronization

extension Transformer {
    /// Builds a model from a checkpoint: decodes every tensor to float32 and packs it for the backend.
    ///
    /// - Throws: ``TransformerError`` where metadata or tensors are missing, superfluous or of the wrong size;
    ///   ``TensorError``; errors of the source.
    public convenience init(_ source: some ModelSource, backend: MatrixBackend, threads: Int) throws {
        let architecture = try ArchitectureRegistry.architecture(of: source)
        let configuration = try architecture.configuration(source).validated()
        try Self.checkTensors(source, architecture.tensorNames(source, configuration))
        let weights = try Self.load(architecture, configuration, source, backend, threads: threads)
        let rotary = RotaryTable(
            headDimension: configuration.headDimension, rotatedDimension: configuration.rotaryDimension,
            base: configuration.rotaryBase, pairing: configuration.rotaryPairing,
            contextLength: configuration.contextLength,
            frequencyDivisors: try architecture.frequencyDivisors(source, configuration))
        source.releasePages()
        self.init(configuration, weights, rotary: rotary)
    }

    private static func checkTensors(_ source: some ModelSource, _ known: Set<String>) throws {
        for name in source.tensorNames where !known.contains(name) {
            throw TransformerError.unexpectedTensor(name)
        }
    }

    /// Blocks are loaded side by side, the unembedding, the largest piece, first.
    private static func load(
        _ architecture: any Architecture.Type, _ configuration: TransformerConfiguration, _ source: some ModelSource,
        _ backend: MatrixBackend, threads: Int
    ) throws -> TransformerWeights {
        let outer = architecture.outerTensors(source)
        let parts = LoadedParts()
        parallelFor(tasks: configuration.layerCount + 1, threads: threads) { task, _ in
            parts.attempt {
                if task == 0 {
                    let unembedding = try source.packed(
                        [(outer.unembedding, configuration.vocabularySize)], columns: configuration.modelDimension,
                        backend: backend)
                    $0.unembedding = unembedding
                } else {
                    $0.blocks[task - 1] = try architecture.block(task - 1, configuration, source, backend)
                }
            }
        }
        let loaded = try parts.finish()
        guard let unembedding = loaded.unembedding, loaded.blocks.count == configuration.layerCount else {
            throw TransformerError.missingTensor(outer.unembedding)
        }
        return TransformerWeights(
            embedding: StoredEmbedding(source: source, tensor: outer.embedding),
            blocks: (0..<configuration.layerCount).compactMap { loaded.blocks[$0] },
            finalNorm: try source.vector(outer.finalNorm, count: configuration.modelDimension),
            unembedding: unembedding)
    }
}

/// Collects what parallel tasks have loaded, or the first error.
private final class LoadedParts: Sendable {
    struct Parts {
        var blocks: [Int: BlockWeights] = [:]
        var unembedding: PackedWeights?
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

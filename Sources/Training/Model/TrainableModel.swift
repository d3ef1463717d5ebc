internal import Tensors
public import Transformers

/// A transformer under training: the weights of one that samples, as parameters with gradients.
public final class TrainableModel {
    /// The model that samples, without adapters.
    let base: Transformer
    public let configuration: TransformerConfiguration
    var blocks: [TrainableBlock]
    let finalNorm: TrainableNorm
    var unembedding: TrainableLinear
    /// Token embeddings; the unembedding's parameter where both are one matrix, nil where they are read from a file.
    let embedding: Parameter?
    /// Learned positions; nil for rotary models, and where they are read from a file.
    let positions: Parameter?
    let isTied: Bool

    init(
        _ transformer: Transformer, blocks: [TrainableBlock], finalNorm: TrainableNorm, unembedding: TrainableLinear,
        embedding: Parameter?, positions: Parameter?, isTied: Bool
    ) {
        base = transformer
        configuration = transformer.configuration
        self.blocks = blocks
        self.finalNorm = finalNorm
        self.unembedding = unembedding
        self.embedding = embedding
        self.positions = positions
        self.isTied = isTied
    }

    /// Samples with the weights and adapters as they are now, and as they change: a sampled token's log-probability has
    /// the bits that the trainer computes for it.
    public var transformer: Transformer {
        guard !adapters.isEmpty else { return base }
        return base.replacing { weights in
            for (layer, block) in blocks.enumerated() {
                weights.blocks[layer].queryKeyValue.additions = block.queryKeyValue.additions
                weights.blocks[layer].attentionOutput.additions = block.attentionOutput.additions
                weights.blocks[layer].gateUp.additions = block.gateUp.additions
                weights.blocks[layer].down.additions = block.down.additions
            }
        }
    }

    /// Every parameter once, from the embedding to the unembedding.
    public var parameters: [Parameter] {
        let outer = [isTied ? nil : embedding, positions].compactMap { $0 }
        return outer + blocks.flatMap(\.parameters) + finalNorm.parameters + unembedding.parameters
    }

    /// Parameters that have a gradient.
    public var trained: [Parameter] { parameters.filter(\.isTrained) }

    /// Chooses what is trained, by name.
    public func train(_ isTrained: (String) -> Bool) {
        for parameter in parameters {
            if isTrained(parameter.name) { parameter.train() } else { parameter.freeze() }
        }
    }

    /// Chooses what is trained, by patterns of names.
    ///
    /// - Throws: ``TrainingError/configuration(key:found:allowed:)`` for a pattern that names no parameter.
    public func train(named patterns: [String]) throws {
        let parsed = patterns.map(NamePattern.init)
        let names = parameters.map(\.name)
        if let index = parsed.firstIndex(where: { pattern in !names.contains { pattern.matches($0) } }) {
            throw TrainingError.configuration(
                key: "train", found: "\"\(patterns[index])\", which names no parameter of the model",
                allowed: namesForPatterns.joined(separator: ", "))
        }
        train { name in parsed.contains { $0.matches(name) } }
    }

    /// Names of all parameters, those of the blocks once, with a pattern in place of the number.
    private var namesForPatterns: [String] {
        let first = "blocks.0."
        return parameters.map(\.name).filter { !$0.hasPrefix("blocks.") || $0.hasPrefix(first) }.map {
            $0.hasPrefix(first) ? "blocks.*.\($0.dropFirst(first.count))" : $0
        }
    }

    /// Sets all gradients to zero.
    public func clearGradients(threads: Int) {
        for parameter in trained { parameter.clearGradient(threads: threads) }
    }

    /// The lowest block that a gradient must reach; `layerCount` where none must.
    func lowestTrainedLayer(embeddingWanted: Bool) -> Int {
        if embeddingWanted || embedding?.isTrained == true || positions?.isTrained == true { return 0 }
        return blocks.firstIndex { $0.parameters.contains(where: \.isTrained) } ?? blocks.count
    }
}

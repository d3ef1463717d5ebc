internal import Transformers

/// An adapter with the projection that it changes.
struct PlacedAdapter {
    var layer: Int
    var projection: Projection
    var adapter: Adapter

    /// The matrix that it changes, as a checkpoint of a family with Llama's projections names it, without `.weight`.
    func matrix(_ convention: NamingConvention) -> String {
        switch convention {
        case .gguf: "blk.\(layer).\(projection.ggufName)"
        case .huggingFace: "model.layers.\(layer).\(projection.module).\(projection.rawValue)"
        }
    }
}

extension TrainableModel {
    /// The latest adapter of each projection, block by block.
    var placedAdapters: [PlacedAdapter] {
        blocks.indices.flatMap { layer in
            Projection.allCases.compactMap { projection -> PlacedAdapter? in
                let adapters = blocks[layer][keyPath: place(of: projection).linear].adapters
                guard let adapter = adapters.last(where: { $0.name == "blocks.\(layer).\(projection.rawValue)" }) else {
                    return nil
                }
                return PlacedAdapter(layer: layer, projection: projection, adapter: adapter)
            }
        }
    }

    /// Fails where a file of the adapters would hold what no reader of the family finds: a projection that is a part of a
    /// larger matrix there, or has another name.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `TransformerError`.
    func checkAdapters(namedBy convention: NamingConvention) throws {
        let targets = try LoRAAdapter.targets(in: configuration, convention)
        for placed in placedAdapters {
            let shape = [placed.adapter.b.rowCount, placed.adapter.a.columnCount]
            guard targets[placed.matrix(convention)] == shape else {
                throw TrainingError.writer(
                    found: "an adapter of \(placed.projection.rawValue) for a model of the family "
                        + "\(configuration.architecture), which has no such matrix of its own",
                    allowed: "the whole model with the adapter merged (write: huggingface for a model that was loaded "
                        + "from a folder, gguf-f32 and its like for one from a GGUF file)")
            }
        }
    }
}

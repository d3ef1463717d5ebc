internal import Transformers

/// An adapter with the projection that it changes.
struct PlacedAdapter {
    var layer: Int
    var projection: Projection
    var adapter: Adapter
}

/// One of the two matrices of an adapter, as a file holds it.
struct AdapterSlot {
    var name: String
    var parameter: Parameter
    /// Row of the file for each of ours; nil where they lie in order.
    var order: [Int]?

    var shape: [Int] { [parameter.rowCount, parameter.columnCount] }

    /// In the file's order.
    func values() throws -> [Float] {
        let values = try parameter.values()
        return order.map { RowOrder.gather(values, rows: RowOrder(inverting: $0)) } ?? values
    }

    /// - Parameter values: in the file's order
    func assign(_ values: [Float]) throws {
        try parameter.assign(order.map { RowOrder.gather(values, rows: RowOrder(rows: $0)) } ?? values)
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

    /// The two matrices of every adapter, as files of a convention hold them.
    ///
    /// - Parameters:
    ///   - projections: those whose adapters are meant; nil for all
    ///   - names: of the matrices, from that of what they change, without `.weight`
    /// - Throws: ``TrainingError/writer(found:allowed:)`` where a file would hold what no reader of the family finds: a
    ///   projection that is a part of a larger matrix there; `TransformerError`.
    func adapterSlots(
        _ convention: NamingConvention, of projections: Set<Projection>? = nil,
        names: (String) -> (a: String, b: String)
    ) throws -> [AdapterSlot] {
        let targets = try AdapterTargets(configuration)
        return try placedAdapters.filter { projections?.contains($0.projection) ?? true }.flatMap { placed in
            let (a, b) = (placed.adapter.a, placed.adapter.b)
            guard let target = targets.target(of: placed.projection, layer: placed.layer, convention),
                [target.outputs, target.inputs] == [b.rowCount, a.columnCount]
            else { throw try noMatrix(of: placed.projection) }
            let names = names(target.name)
            return [
                AdapterSlot(name: names.a, parameter: a), AdapterSlot(name: names.b, parameter: b, order: target.order),
            ]
        }
    }

    /// Fails where ``adapterSlots(_:of:names:)`` would.
    func checkAdapters(namedBy convention: NamingConvention) throws {
        _ = try adapterSlots(convention) { ($0, $0) }
    }

    private func noMatrix(of projection: Projection) throws -> TrainingError {
        let own = try Projection.own(in: configuration).map(\.rawValue).joined(separator: ", ")
        return .writer(
            found: "an adapter of \(projection.rawValue) for a model of the family \(configuration.architecture), "
                + "which has no such matrix of its own",
            allowed: "adapters of \(own); or the whole model with the adapter merged (write: huggingface for a model "
                + "that was loaded from a folder, gguf-f32 and its like for one from a GGUF file)")
    }
}

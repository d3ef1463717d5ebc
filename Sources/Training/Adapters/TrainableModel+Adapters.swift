public import Tensors
internal import Transformers

extension TrainableModel {
    /// Adds untrained adapters, which change nothing yet: a is random, b zero (Hu et al. 2021, section 4.1).
    ///
    /// - Parameter seed: decides every a, by the adapter's name and the element's place
    /// - Throws: ``TrainingError/configuration(key:found:allowed:)`` for a projection that the family does not have;
    ///   ``TensorError``.
    public func addAdapters(_ settings: AdapterSettings, backend: MatrixBackend, seed: UInt64) throws {
        let backend = backend.ofAdapters
        let projections = try projections(settings)
        for layer in blocks.indices where settings.layers?.contains(layer) ?? true {
            for projection in projections {
                let place = place(of: projection)
                let linear = blocks[layer][keyPath: place.linear]
                let name = "blocks.\(layer).\(projection.rawValue)"
                let a = Matrix(rows: settings.rank, columns: linear.inputs)
                Self.fill(a, random: CounterRandom(seed: seed, promptID: name))
                let b = Matrix(rows: place.outputs.count, columns: settings.rank)
                blocks[layer][keyPath: place.linear].adapters.append(
                    Adapter(
                        name: name, outputs: place.outputs,
                        a: Parameter("\(name).lora_A", try PackedWeights(a, backend: backend)),
                        b: Parameter("\(name).lora_B", try PackedWeights(b, backend: backend)),
                        scale: Float(settings.scale)))
            }
        }
    }

    /// Trains adapters and nothing else.
    public func trainAdaptersOnly() {
        train { $0.hasSuffix(".lora_A") || $0.hasSuffix(".lora_B") }
    }

    /// Lays out frozen weights for the way back too, where they are compact: more speed for as much memory as weights in
    /// float32 take.
    ///
    /// - Throws: ``TensorError``.
    public func packFrozenWeights(backend: MatrixBackend) throws {
        for linear in blocks.flatMap(\.linears) + [unembedding] {
            try linear.weights.packTransposed(backend: backend)
        }
    }

    /// Computes `body` as the model was without its adapters.
    public func withoutAdapters<Result>(_ body: () throws -> Result) rethrows -> Result {
        let adapted = blocks
        for layer in blocks.indices {
            for place in [\TrainableBlock.queryKeyValue, \.attentionOutput, \.gateUp, \.down] {
                blocks[layer][keyPath: place].adapters = []
            }
        }
        defer { blocks = adapted }
        return try body()
    }

    var adapters: [Adapter] { blocks.flatMap { $0.linears.flatMap(\.adapters) } }

    /// The projections that settings choose.
    private func projections(_ settings: AdapterSettings) throws -> [Projection] {
        var settings = settings
        try settings.chooseProjections(for: configuration)
        let chosen = settings.projections ?? []
        return Projection.allCases.filter { chosen.contains($0) && (configuration.isGated || $0 != .gate) }
    }

    /// The linear layer that a projection is part of, and its outputs there.
    func place(
        of projection: Projection
    ) -> (linear: WritableKeyPath<TrainableBlock, TrainableLinear>, outputs: Range<Int>) {
        let keyStart = configuration.queryWidth
        let valueStart = keyStart + configuration.keyValueWidth
        let hidden = configuration.feedForwardDimension
        switch projection {
        case .query: return (\.queryKeyValue, 0..<keyStart)
        case .key: return (\.queryKeyValue, keyStart..<valueStart)
        case .value: return (\.queryKeyValue, valueStart..<(valueStart + configuration.keyValueWidth))
        case .queryKeyValue, .gpt2QueryKeyValue, .neoxQueryKeyValue:
            return (\.queryKeyValue, 0..<(valueStart + configuration.keyValueWidth))
        case .output, .gpt2Output, .neoxOutput: return (\.attentionOutput, 0..<configuration.modelDimension)
        case .gate: return (\.gateUp, 0..<hidden)
        case .up: return (\.gateUp, configuration.isGated ? hidden..<(2 * hidden) : 0..<hidden)
        case .gateUp, .gpt2Up, .neoxUp: return (\.gateUp, 0..<configuration.gateUpWidth)
        case .down, .gpt2Down, .neoxDown: return (\.down, 0..<configuration.modelDimension)
        }
    }

    /// Uniform in +-1 / sqrt(inputs), as PEFT's Kaiming initialisation with a = sqrt(5).
    private static func fill(_ a: Matrix, random: CounterRandom) {
        let bound = 1 / Float(a.columnCount).squareRoot()
        for row in 0..<a.rowCount {
            a.slice.withMutableRow(row) { elements in
                for column in elements.indices {
                    elements[column] = (2 * Float(random.uniform(sample: row, position: column)) - 1) * bound
                }
            }
        }
    }
}

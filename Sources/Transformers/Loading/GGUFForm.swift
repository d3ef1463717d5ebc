package import Checkpoints
internal import Tensors

/// A GGUF file that a model can be written to: its keys, and which of its tensors hold which weights.
///
/// What it says is read back before it is given out, so that a form that there is describes the model whole.
package struct GGUFForm: Sendable {
    /// Without the tokenizer.
    package let metadata: GGUFMetadata
    package let plans: [TensorPlan]
    /// Tensors that belong to the configuration, in float32.
    package let vectors: [(name: String, values: [Float])]

    /// - Parameters:
    ///   - parameters: names of everything that the model holds, embeddings included
    ///   - isTied: whether embedding and unembedding are one matrix
    /// - Throws: ``TransformerError/noGGUF(_:)`` for a model of which a GGUF file could not say everything.
    package init(_ configuration: TransformerConfiguration, parameters: Set<String>, isTied: Bool) throws {
        let architecture = try ArchitectureRegistry.architecture(named: configuration.architecture)
        var outline = GGUFOutline(architecture.description(of: configuration))
        outline.shapes["token_embd.weight"] = [configuration.vocabularySize, configuration.modelDimension]
        if !isTied { outline.shapes["output.weight"] = outline.shapes["token_embd.weight"] }
        let layout = try architecture.layout(outline, configuration)
        let plans = TensorPlan.tensors(layout, configuration).filter {
            !$0.isOptional || parameters.contains($0.parameter)
        }
        try Self.check(plans, hold: parameters, architecture)
        for plan in plans { outline.shapes[plan.name] = plan.shape }
        try Self.check(try TransformerConfiguration(outline), says: configuration)
        metadata = outline.description.metadata
        vectors = outline.description.vectors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.plans = plans
    }

    private static func check(
        _ plans: [TensorPlan], hold parameters: Set<String>, _ architecture: any Architecture.Type
    ) throws {
        let held = Set(plans.map(\.parameter))
        if let superfluous = parameters.subtracting(held).min() {
            throw TransformerError.noGGUF("\(superfluous), which files of the family \(architecture.name) do not have")
        }
        if let missing = held.subtracting(parameters).min() {
            throw TransformerError.noGGUF("no \(missing), which files of the family \(architecture.name) have")
        }
    }

    private static func check(_ read: TransformerConfiguration, says configuration: TransformerConfiguration) throws {
        guard let difference = configuration.difference(from: read) else { return }
        throw TransformerError.noGGUF("\(difference), which files of its family do not say")
    }
}

/// A GGUF file before there is one: what a family's reading code asks it for.
private struct GGUFOutline: ModelSource {
    let description: GGUFDescription
    /// By name of the tensor, outermost first.
    var shapes: [String: [Int]]

    init(_ description: GGUFDescription) {
        self.description = description
        shapes = description.vectors.mapValues { [$0.count] }
    }

    func string(_ key: String) throws -> String? { try description.metadata.string(key) }

    func integer(_ key: String) throws -> Int? { try description.metadata.integer(key) }

    func float(_ key: String) throws -> Float? { try description.metadata.float(key) }

    func bool(_ key: String) throws -> Bool? { try description.metadata.bool(key) }

    var tensorNames: [String] { shapes.keys.sorted() }

    func shape(ofTensor name: String) -> [Int]? { shapes[name] }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        guard let values = description.vectors[name] else { throw TransformerError.missingTensor(name) }
        matrix.assign(values)
    }
}

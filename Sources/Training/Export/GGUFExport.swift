public import Checkpoints
internal import Transformers

/// Models and adapters as llama.cpp reads them.
public enum GGUFExport {
    /// Element types of matrices that are written; vectors are always float32.
    public static let elementTypes: [String: ElementType] = [
        "f32": .f32, "f16": .f16, "bf16": .bf16, "q8_0": .q8_0, "q4_0": .q4_0, "q4_1": .q4_1,
    ]

    /// `general.file_type` of each (llama.cpp's `llama_ftype`).
    static let fileTypes: [ElementType: UInt32] = [
        .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q8_0: 7, .bf16: 32,
    ]

    /// Writes a model, whatever the form that it came in.
    ///
    /// - Parameter text: keys of tokenizer and chat template
    /// - Throws: `TransformerError.noGGUF` for a model of which a GGUF file could not say everything;
    ///   ``TrainingError/missingParameter(_:)``; `CheckpointError`.
    public static func write(
        _ model: TrainableModel, text: GGUFMetadata, as type: ElementType, to path: String
    ) throws {
        let form = try form(of: model)
        var metadata = form.metadata
        add(type, to: &metadata)
        for key in text.keys { metadata[key] = text[key] }
        let vectors = form.vectors.map {
            (declaration: TensorDeclaration(name: $0.name, shape: [$0.values.count], elementType: .f32), $0.values)
        }
        try write(model, form.plans, beside: vectors, metadata, as: type, to: path)
    }

    /// Fails for a model that ``write(_:text:as:to:)`` would refuse.
    ///
    /// - Throws: `TransformerError.noGGUF`.
    public static func check(_ model: TrainableModel) throws { _ = try form(of: model) }

    private static func form(of model: TrainableModel) throws -> GGUFForm {
        try GGUFForm(model.configuration, parameters: model.heldParameters, isTied: model.base.weights.isTied)
    }

    /// The keys of a file whose matrices have a type.
    static func add(_ type: ElementType, to metadata: inout GGUFMetadata) {
        metadata["general.file_type"] = .uint32(fileTypes[type] ?? 0)
        metadata["general.quantization_version"] = .uint32(2)
    }

    /// - Parameter others: tensors that are no weights
    static func write(
        _ model: TrainableModel, _ plans: [TensorPlan],
        beside others: [(declaration: TensorDeclaration, values: [Float])], _ metadata: GGUFMetadata,
        as type: ElementType, to path: String
    ) throws {
        let weights = plans.map {
            TensorDeclaration(name: $0.name, shape: $0.shape, elementType: elementType(ofShape: $0.shape, type))
        }
        let writer = try GGUFWriter(path: path, metadata: metadata, tensors: weights + others.map(\.declaration))
        for plan in plans { try writer.append(try model.values(of: plan), to: plan.name) }
        for other in others { try writer.append(other.values, to: other.declaration.name) }
        try writer.finish()
    }

    /// Writes the adapters of a model as a GGUF adapter.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `CheckpointError`.
    public static func writeAdapter(_ model: TrainableModel, settings: AdapterSettings, to path: String) throws {
        let slots = try model.adapterSlots(.gguf) { ("\($0).weight.lora_a", "\($0).weight.lora_b") }
        // llama.cpp scales by alpha / rank, whatever the adapter was trained with.
        let alpha = Float(settings.scale * Double(settings.rank))
        let metadata = try GGUFMetadata([
            ("general.architecture", .string(model.configuration.architecture)), ("general.type", .string("adapter")),
            ("adapter.type", .string("lora")), ("adapter.lora.alpha", .float32(alpha)),
            (BaseModelMark.key, .array(.float32(BaseModelMark(model.base).weights))),
        ])
        let writer = try GGUFWriter(
            path: path, metadata: metadata,
            tensors: slots.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32) })
        for slot in slots { try writer.append(try slot.values(), to: slot.name) }
        try writer.finish()
    }

    /// Fails for adapters of what is no matrix of its own in the family's GGUF files.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``.
    public static func checkAdapter(_ model: TrainableModel) throws { try model.checkAdapters(namedBy: .gguf) }

    /// A row that is no whole number of blocks stays float16, as llama.cpp's own converter leaves it.
    static func elementType(ofShape shape: [Int], _ type: ElementType) -> ElementType {
        guard shape.count > 1, let columns = shape.last else { return .f32 }
        return columns % type.blockElementCount == 0 ? type : .f16
    }
}

extension TrainableModel {
    /// Names of everything that the model holds, embeddings included, without adapters.
    var heldParameters: Set<String> {
        let weights = base.weights
        var names = Set(withoutAdapters { parameters.map(\.name) })
        if !weights.isTied { names.insert("embed") }
        if weights.positions != nil { names.insert("pos_embed") }
        return names
    }
}

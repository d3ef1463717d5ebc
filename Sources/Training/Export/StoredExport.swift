public import Checkpoints
internal import Foundation
internal import Tensors
internal import Transformers

/// A model in the form of the checkpoint that it was loaded from: the same tensors, by the same names, with the weights
/// as they are now. For every family.
public enum StoredExport {
    /// Writes a GGUF file like `source`, its matrices as `type`.
    ///
    /// - Throws: ``TrainingError/missingParameter(_:)``; `TransformerError`; `CheckpointError`.
    public static func write(
        _ model: TrainableModel, like source: GGUFFile, as type: ElementType, to path: String
    ) throws {
        var metadata = source.metadata
        GGUFExport.add(type, to: &metadata)
        // What was split is one file again.
        for key in ["split.no", "split.count", "split.tensors.count"] { metadata[key] = nil }
        let plans = model.untied(try TensorPlan.tensors(of: source))
        // Factors of the rotation, which belong to the configuration.
        let others = try source.tensors.filter { tensor in !plans.contains { $0.name == tensor.name } }.map {
            (
                declaration: TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32),
                values: try source.floats(of: $0.name)
            )
        }
        try GGUFExport.write(model, plans, beside: others, metadata, as: type, to: path)
    }

    /// Writes a folder like `source`, with its configuration and tokenizer, in float32 and one file.
    ///
    /// - Throws: ``TrainingError/missingParameter(_:)``, ``TrainingError/writer(found:allowed:)`` for the folder of the
    ///   source itself; `TransformerError`; `CheckpointError`; errors of the file system.
    public static func write(_ model: TrainableModel, like source: HuggingFaceFolder, toFolder folder: String) throws {
        try check(folder: folder, source)
        try check(model, like: source)
        let plans = try TensorPlan.tensors(of: source)
        let texts = try textFiles.compactMap { name -> (name: String, data: Data)? in
            let path = "\(source.path)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            return (name, name == HuggingFaceFolder.configurationFile ? ConfigurationText.inFloat32(data) : data)
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try SafetensorsWriter(
            path: "\(folder)/model.safetensors", metadata: ["format": "pt"],
            tensors: plans.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32) })
        for plan in plans { try writer.append(try model.values(of: plan), to: plan.name) }
        try writer.finish()
        for text in texts {
            try text.data.write(to: URL(fileURLWithPath: "\(folder)/\(text.name)"), options: .atomic)
        }
        try HuggingFaceExport.removeIndex(inFolder: folder)
    }

    /// Fails for the folder of the source itself, whose files would be written while they are read, and for a source of
    /// which only a part was loaded.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``.
    public static func check(folder: String, _ source: HuggingFaceFolder) throws(TrainingError) {
        guard resolved(folder) != resolved(source.path) else {
            throw .writer(found: "to the folder of the model itself, \(folder)", allowed: "another folder")
        }
        guard !source.isTextPart else {
            throw .writer(
                found: "the text part of a model that sees images to a folder of transformers",
                allowed: "a GGUF file, or an adapter")
        }
    }

    /// Fails for a model whose adapters have made two matrices of the one that its folder has as embeddings and head:
    /// `config.json` says that there is one.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `TransformerError`.
    public static func check(_ model: TrainableModel, like source: HuggingFaceFolder) throws {
        guard model.isUntied(from: try TensorPlan.tensors(of: source)) else { return }
        throw TrainingError.writer(
            found: "a model whose embeddings and head are one matrix, which its adapters changed at one end, to a "
                + "folder of transformers",
            allowed: "a GGUF file, or the adapters as they are")
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    /// What makes a folder of transformers a model, beside the weights.
    private static let textFiles = [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json", "vocab.json",
        "merges.txt",
    ]
}

extension TrainableModel {
    /// Whether the model has two matrices where the file of these tensors has one.
    fileprivate func isUntied(from plans: [TensorPlan]) -> Bool {
        !base.weights.isTied && !plans.contains { $0.parameter == "embed" }
    }

    /// The tensors of a GGUF file, with a head of its own where the model has two matrices for the file's one.
    fileprivate func untied(_ plans: [TensorPlan]) -> [TensorPlan] {
        guard isUntied(from: plans),
            let shared = plans.firstIndex(where: { $0.parameter == "unembed" && !$0.isVector })
        else { return plans }
        var (plans, head) = (plans, plans[shared])
        plans[shared].parameter = "embed"
        head.name = "output.weight"
        return plans + [head]
    }

    /// The numbers of a tensor as its file has them.
    func values(of plan: TensorPlan) throws -> [Float] {
        if let parameter = parameters.first(where: { $0.name == plan.parameter }) {
            guard !plan.isVector else { return plan.arranged(Array(try parameter.values()[plan.range])) }
            let matrix = Matrix(rows: plan.range.count, columns: parameter.columnCount)
            try parameter.copyRows(plan.range, to: matrix.slice)
            return plan.arranged(matrix.slice.copy())
        }
        // Embeddings that nothing was to change are still in their file.
        let tables = ["embed": transformer.weights.embedding, "pos_embed": transformer.weights.positions]
        guard let table = tables[plan.parameter] ?? nil else { throw TrainingError.missingParameter(plan.parameter) }
        let matrix = Matrix(rows: plan.range.count, columns: configuration.modelDimension)
        for row in plan.range { try table.copyEmbedding(of: Int32(row), to: matrix.row(row)) }
        return matrix.slice.copy()
    }
}

internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Training
internal import Transformers

/// Writes what a recipe asks for when training has ended.
struct TrainedModelWriter {
    let recipe: TrainingRecipe
    let model: TrainableModel
    let language: LanguageModel
    let backend: MatrixBackend

    /// Where the recipe names none, all weights in the form that the model came in.
    private var formats: [String] {
        if let formats = recipe.formats { return formats }
        guard recipe.settings.adapter == nil else { return ["adapter"] }
        if case .gguf = language.files { return ["gguf-f32"] }
        return ["huggingface"]
    }

    /// Fails where a format cannot be written, before anything is trained.
    func check(folder: String) throws {
        for format in formats {
            switch format {
            case "adapter", "adapter-f16": try PEFTAdapter.check(model)
            case "gguf-lora": try GGUFExport.checkAdapter(model)
            default:
                try WholeModel(model: model, language: language).check(
                    Self.elementType(format), at: place(of: format, folder))
            }
        }
    }

    /// The folder for what a format writes: one of its own for a whole model that would lie beside an adapter.
    private func place(of format: String, _ folder: String) -> String {
        guard format == "huggingface" else { return folder }
        let isBesideAdapter =
            formats.contains { Self.isAdapter($0) }
            || FileManager.default.fileExists(atPath: "\(folder)/\(LoRAAdapter.configurationFile)")
        return isBesideAdapter ? "\(folder)/\(TrainingRecipe.mergedFolder)" : folder
    }

    private static func isAdapter(_ format: String) -> Bool { ["adapter", "adapter-f16"].contains(format) }

    /// Of a GGUF file's matrices; nil for another format.
    private static func elementType(_ format: String) -> ElementType? {
        format.hasPrefix("gguf-") ? GGUFExport.elementTypes[String(format.dropFirst(5))] : nil
    }

    /// - Returns: what was written.
    func write(toFolder folder: String) throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let written = try formats.map { try write($0, place(of: $0, folder)) }
        let older = "\(folder)/\(TrainingRecipe.fileName(ofFormat: "huggingface"))"
        if formats.contains(where: Self.isAdapter), FileManager.default.fileExists(atPath: older) {
            StandardError.write(
                "assay: warning: \(older), an earlier result, lies beside the adapter; transformers would load both, "
                    + "one on the other: remove it or move it away\n")
        }
        return written
    }

    private func write(_ format: String, _ folder: String) throws -> String {
        let path = "\(folder)/\(TrainingRecipe.fileName(ofFormat: format))"
        if let adapter = recipe.settings.adapter {
            switch format {
            case "adapter", "adapter-f16":
                try PEFTAdapter.write(
                    model, settings: adapter, baseModel: recipe.model, as: format == "adapter" ? .f32 : .f16,
                    toFolder: folder)
                return path
            case "gguf-lora":
                try GGUFExport.writeAdapter(model, settings: adapter, to: path)
                return path
            default: try model.mergeAdapters()
            }
            defer { try? model.unmergeAdapters() }
            try writeModel(format, folder, path)
            return path
        }
        try writeModel(format, folder, path)
        return path
    }

    private func writeModel(_ format: String, _ folder: String, _ path: String) throws {
        if format == "huggingface" {
            return try WholeModel(model: model, language: language).writeFolder(folder)
        }
        guard let type = Self.elementType(format) else {
            throw TrainingError.configuration(
                key: "write", found: format, allowed: TrainingRecipe.knownFormats.joined(separator: ", "))
        }
        try WholeModel(model: model, language: language).writeGGUF(path, as: type)
    }
}

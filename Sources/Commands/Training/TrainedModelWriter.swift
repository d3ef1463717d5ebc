internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Training

/// Writes what a recipe asks for when training has ended.
struct TrainedModelWriter {
    let recipe: TrainingRecipe
    let model: TrainableModel
    let language: LanguageModel
    let backend: MatrixBackend

    /// Where the recipe names none, a form that holds all of the model: a folder that comes from a GGUF file may lack its
    /// tokenizer.
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
                let place = format == "huggingface" ? modelFolder(folder) : folder
                try WholeModel(model: model, language: language).check(Self.elementType(format), at: place)
            }
        }
    }

    /// Of a GGUF file's matrices; nil for another format.
    private static func elementType(_ format: String) -> ElementType? {
        format.hasPrefix("gguf-") ? GGUFExport.elementTypes[String(format.dropFirst(5))] : nil
    }

    /// - Returns: what was written.
    func write(toFolder folder: String) throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try formats.map { try write($0, folder) }
    }

    private func write(_ format: String, _ folder: String) throws -> String {
        let folder = format == "huggingface" ? modelFolder(folder) : folder
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

    /// Where the folder of a whole model goes: beside an adapter it has one of its own, because transformers puts an adapter that
    /// lies in a model's folder on the model.
    private func modelFolder(_ folder: String) -> String {
        let hasAdapter = formats.contains { $0.hasPrefix("adapter") }
        let isThere = FileManager.default.fileExists(atPath: "\(folder)/adapter_config.json")
        return hasAdapter || isThere ? "\(folder)/merged" : folder
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

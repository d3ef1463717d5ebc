internal import Checkpoints
internal import Foundation
internal import Transformers

/// A model as transformers reads it: `config.json` and `model.safetensors`.
public enum HuggingFaceExport {
    /// Ids of special tokens that `config.json` names.
    public struct TokenIDs: Sendable {
        public var beginning: Int32?
        public var end: Int32?
        public var padding: Int32?

        public init(beginning: Int32?, end: Int32?, padding: Int32?) {
            self.beginning = beginning
            self.end = end
            self.padding = padding
        }
    }

    /// Writes weights in float32 and the configuration.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `CheckpointError`; errors of the file system.
    public static func write(_ model: TrainableModel, tokens: TokenIDs, toFolder folder: String) throws {
        let form = try form(of: model)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try SafetensorsWriter(
            path: "\(folder)/model.safetensors", metadata: ["format": "pt"],
            tensors: form.plans.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32) })
        for plan in form.plans { try writer.append(try model.values(of: plan), to: plan.name) }
        try writer.finish()
        let text = form.configurationText(tokens: [
            "bos_token_id": tokens.beginning, "eos_token_id": tokens.end, "pad_token_id": tokens.padding,
        ])
        let file = URL(fileURLWithPath: "\(folder)/\(HuggingFaceFolder.configurationFile)")
        try Data(text.utf8).write(to: file, options: .atomic)
        try removeIndex(inFolder: folder)
    }

    /// Removes an index of older weights, which some programs would read in place of the one file.
    static func removeIndex(inFolder folder: String) throws {
        let index = "\(folder)/\(HuggingFaceFolder.indexFile)"
        guard FileManager.default.fileExists(atPath: index) else { return }
        try FileManager.default.removeItem(atPath: index)
    }

    /// Fails for models of which `config.json` would not say everything.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``.
    public static func check(_ model: TrainableModel) throws { _ = try form(of: model) }

    private static func form(of model: TrainableModel) throws -> FolderForm {
        do {
            return try FolderForm(
                model.configuration, parameters: model.heldParameters, isTied: model.base.weights.isTied)
        } catch TransformerError.noFolder(let part) {
            throw TrainingError.writer(
                found: "a model with \(part) from a GGUF file to a folder of transformers",
                allowed: "a GGUF file, or an adapter")
        }
    }
}

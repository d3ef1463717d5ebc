internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Training
internal import Transformers

struct ModelConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a model in another form: quantised anew, or merged with adapters.",
        discussion: """
            A GGUF file, or a folder of transformers whose tokenizer such a file can hold, to a GGUF file of the types \
            \(types.joined(separator: ", ")); a folder to another one; and a GGUF file whose keys config.json can say to a folder.

              assay model convert --model smollm2-135m-instruct \\
                --adapter fixtures/adapters/smollm2-guarded --type q8_0 \\
                --out guarded.gguf
            """)

    private static let types = GGUFExport.elementTypes.keys.sorted()

    @OptionGroup var model: ModelOptions
    @Option(
        help: "Element type of matrices, or huggingface for a folder in float32.",
        completion: .list(Self.types + ["huggingface"]))
    var type: String
    @Option(help: "The file or folder to write; must not exist.", completion: .anyFile)
    var out: String
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var path: String
        var type: String
        var bytes: Int
    }

    mutating func validate() throws {
        guard type == "huggingface" || GGUFExport.elementTypes[type] != nil else {
            let allowed = Self.types + ["huggingface"]
            throw ValidationError("--type is \(type); allowed: \(allowed.joined(separator: ", "))")
        }
        guard model.mode == .f32 else { throw ValidationError("--mode is \(model.mode.rawValue); allowed: f32") }
        guard !FileManager.default.fileExists(atPath: out) else {
            throw ValidationError("--out is \(out), which exists; name a new one")
        }
    }

    func run() throws {
        try OutputPath.check(out)
        let language = try model.load(isEditable: true)
        let weights = try TrainableModel(language.transformer, ownsEmbedding: true)
        let path = try write(weights, language)
        let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let result = Result(path: path, type: type, bytes: bytes)
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line("\(result.path), \(result.type), \(result.bytes) bytes")
    }

    /// - Returns: the file with the weights.
    private func write(_ weights: TrainableModel, _ language: LanguageModel) throws -> String {
        let whole = WholeModel(model: weights, language: language)
        guard let element = GGUFExport.elementTypes[type] else {
            try whole.writeFolder(out)
            return "\(out)/model.safetensors"
        }
        try whole.writeGGUF(out, as: element)
        return out
    }
}

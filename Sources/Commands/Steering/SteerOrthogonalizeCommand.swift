internal import ArgumentParser
internal import LanguageModels
internal import Steering
internal import Tensors
internal import Transformers

struct SteerOrthogonalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orthogonalize",
        abstract: "Writes a model that cannot write along a direction.",
        discussion: """
            The direction is taken out of the embeddings of tokens and positions, and out of the matrices and biases of the \
            outputs of attention and feed-forward. A model with a norm behind attention or feed-forward, such as Gemma 2 or \
            OLMo 2, is refused: it can only be ablated while it runs (assay steer generate --operation ablate).

            What changes is stored as float32, so the file is larger. Where the model shares its embedding with its \
            unembedding, the new file has both.

              assay steer orthogonalize --model smollm2-135m-instruct --layer 15 \\
                --directions refusal.safetensors --out changed.gguf
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "A file of directions.", completion: .tensors)
    var directions: String
    @Option(help: "The direction's layer.")
    var layer: Int
    @Option(help: "The GGUF file to write.", completion: .file(extensions: ["gguf"]))
    var out: String

    mutating func validate() throws {
        guard model.adapter.isEmpty else {
            throw ValidationError(
                "--adapter is \(model.adapter.joined(separator: ", ")), which the new file would lack; merge it first with "
                    + "assay model convert --type f32, and give the file that it writes")
        }
        guard model.mode == .f32 else { throw ValidationError("--mode is \(model.mode.rawValue); allowed: f32") }
    }

    func run() throws {
        try OutputPath.check(out)
        let loaded = try model.load()
        let file = try DirectionFile(path: directions).fitting(loaded.transformer.configuration)
        let direction = try file.direction(layer: layer)
        guard case .gguf(let file) = loaded.files else {
            throw SteeringError.setting(name: "--model", value: "a folder", allowed: "a .gguf file")
        }
        try Orthogonalization(direction).write(file, to: out)
        StandardOutput.line(out)
    }
}

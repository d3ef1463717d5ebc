internal import ArgumentParser
internal import LanguageModels
internal import Steering
internal import Transformers

struct SteerOrthogonalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orthogonalize",
        abstract: "Writes a model that cannot write along a direction.",
        discussion: """
            What changes is stored as float32, so the file is larger. Where the model shares its embedding with its
            unembedding, the new file has both.
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "A file of directions.")
    var directions: String
    @Option(help: "The direction's layer.")
    var layer: Int
    @Option(help: "The GGUF file to write.")
    var out: String

    func run() throws {
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

internal import ArgumentParser
internal import LanguageModels
internal import Steering
internal import Transformers

struct SteerExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes directions as a control vector that llama.cpp and repeng read.",
        discussion: """
            direction.L of the file acts on the output of block L. A direction that was measured before block L \
            (hook_resid_pre) is that of the output of block L - 1, and is written there; llama.cpp cannot steer block 0.

              assay steer export --model smollm2-135m-instruct \\
                --directions harm.safetensors --out harm.gguf
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "A file of directions.", completion: .tensors)
    var directions: String
    @Option(help: "The GGUF file to write.", completion: .file(extensions: ["gguf"]))
    var out: String
    @Option(help: "Factor of every direction.")
    var strength = 1.0

    mutating func validate() throws {
        guard strength.isFinite else { throw ValidationError("--strength is \(strength); allowed: a finite number") }
    }

    func run() throws {
        try OutputPath.check(out)
        let loaded = try model.load()
        let file = try DirectionFile(path: directions).fitting(loaded.transformer.configuration)
        var found: [Int: [Float]] = [:]
        for direction in file.directions {
            guard let layer = direction.reading.layer else { continue }
            let block: Int
            switch direction.reading.site {
            case .residPost: block = layer
            case .residPre: block = layer - 1
            default: throw CommandFailure.badData("\(direction.reading) is not in the residual stream between blocks")
            }
            if block >= 1 { found[block] = direction.vector.map { Float(Double($0) * strength) } }
        }
        guard !found.isEmpty else { throw SteeringError.layerZero }
        let hint = loaded.transformer.configuration.architecture
        try ControlVector(modelHint: hint, directions: found).write(to: out)
        StandardOutput.line("\(out): blocks \(found.keys.sorted().map(String.init).joined(separator: ", "))")
    }
}

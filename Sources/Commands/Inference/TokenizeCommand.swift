internal import ArgumentParser
internal import Checkpoints
internal import LanguageModels
internal import Tokenization

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Splits text into a model's tokens.",
        discussion: """
            No BOS token is added, and the spelling of a control token is ordinary text unless --special is given.

              assay tokenize --model smollm2-135m-instruct --text "Hello, world" --json
            """)

    @Option(
        name: [.long, .short],
        help: "A .gguf file (vocabulary alone is enough), a folder of transformers, or a cached name.",
        completion: .model)
    var model: String

    @OptionGroup var input: TextOptions
    @Flag(help: "Read the spelling of a control token as that token.")
    var special = false
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var ids: [Int32]
        var pieces: [String]
    }

    mutating func validate() throws {
        guard [input.text, input.file].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give one of --text and --file")
        }
    }

    func run() throws {
        let text = try input.value() ?? ""
        let tokenizer = try LanguageModel.tokenizer(atPath: ModelLocation(finding: model).path)
        let tokens = tokenizer.encode(text, special: special ? .everywhere : .nowhere)
        let result = Result(ids: tokens.map(\.id), pieces: tokens.map { tokenizer.piece(of: $0.id) })
        if output.json { return try StandardOutput.json(result) }
        for (id, piece) in zip(result.ids, result.pieces) { StandardOutput.line("\(id)\t\(piece)") }
    }
}

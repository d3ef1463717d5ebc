internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tokenization
internal import Transformers

struct ModelInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows a model's configuration, tensors, tokenizer, template and digest.",
        discussion: "  assay model inspect smollm2-135m-instruct")

    @Argument(help: "A .gguf file, a folder of transformers, or a cached name.", completion: .model)
    var model: String
    @OptionGroup var output: OutputOptions

    struct Tensor: Encodable {
        var name: String
        var shape: [Int]
        var type: String
        var bytes: Int
    }

    struct TokenizerFacts: Encodable {
        var vocabularySize: Int
        var addsBOS: Bool
        var bos: Int32?
        var eos: Int32?
        var endOfGeneration: [Int32]
    }

    struct Result: Encodable {
        var path: String
        var sha256: String
        var configuration: TransformerConfiguration
        var parameters: Int
        var tokenizer: TokenizerFacts
        var chat_template: String?
        var tensors: [Tensor]
    }

    func run() throws {
        let path = try ModelLocation(finding: model).path
        let files = try ModelFiles(path: path)
        let (tokenizer, template) = try files.text()
        let special = tokenizer.specialTokens
        let result = Result(
            path: path, sha256: try files.digest(),
            configuration: try files.configuration(),
            parameters: files.tensors.reduce(0) { $0 + $1.elementCount },
            tokenizer: TokenizerFacts(
                vocabularySize: tokenizer.vocabularySize, addsBOS: special.addsBeginningOfSequence,
                bos: special.beginningOfSequence, eos: special.endOfSequence,
                endOfGeneration: special.endOfGeneration.sorted()),
            chat_template: template,
            tensors: files.tensors.map {
                Tensor(name: $0.name, shape: $0.shape, type: $0.elementType.rawValue, bytes: $0.byteCount)
            })
        if output.json { return try StandardOutput.json(result) }
        print(result)
    }

    private func context(_ configuration: TransformerConfiguration) -> String {
        let longer = configuration.longContext.map { "; \($0.contextLength) where --context asks for more" }
        return "\(configuration.contextLength)\(longer ?? "")"
    }

    private func print(_ result: Result) {
        let configuration = result.configuration
        let types = Dictionary(grouping: result.tensors, by: \.type).map { "\($0.value.count) \($0.key)" }.sorted()
        let facts = [
            ("path", result.path), ("sha256", result.sha256), ("architecture", configuration.architecture),
            ("parameters", "\(result.parameters)"), ("layers", "\(configuration.layerCount)"),
            ("model dimension", "\(configuration.modelDimension)"),
            (
                "heads",
                "\(configuration.headCount), key-value \(configuration.keyValueHeadCount), of \(configuration.headDimension)"
            ),
            ("feed-forward", "\(configuration.feedForwardDimension)"), ("context", context(configuration)),
            ("vocabulary", "\(configuration.vocabularySize)"), ("tensors", types.joined(separator: ", ")),
            (
                "bos, eos",
                "\(result.tokenizer.bos.map(String.init) ?? "none"), \(result.tokenizer.eos.map(String.init) ?? "none")"
            ),
            ("chat template", result.chat_template.map { "\($0.utf8.count) bytes" } ?? "none"),
        ]
        for (name, value) in facts {
            StandardOutput.line(name.padding(toLength: 17, withPad: " ", startingAt: 0) + value)
        }
    }
}

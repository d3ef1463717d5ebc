internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Tokenization
internal import Transformers

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Log-probabilities of given text under a model.",
        discussion: """
            logprobs[i] is the natural-log probability of ids[i + 1] after ids[0 ... i]. A BOS token comes first where the \
            model wants one. --ids takes a file with token ids, separated by spaces, commas or line breaks.

              assay score --model smollm2-135m-instruct \\
                --text "The capital of France is Paris." --json
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var input: TextOptions
    @Option(help: "A file of token ids, taken as they are.")
    var ids: String?
    @Option(help: "Score the first N tokens.")
    var maxTokens: Int?
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var ids: [Int32]
        var logprobs: [Float]
        var mean_nll: Double
        var perplexity: Double
    }

    mutating func validate() throws {
        guard [input.text, input.file, ids].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give one of --text, --file and --ids")
        }
        if let maxTokens, maxTokens < 2 { throw ValidationError("--max-tokens is \(maxTokens); allowed: 2 or more") }
    }

    func run() throws {
        let model = try model.load()
        let all = try tokens(model)
        let tokens = maxTokens.map { Array(all.prefix($0)) } ?? all
        guard tokens.count >= 2 else {
            throw CommandFailure.badData("the text has \(tokens.count) tokens; two or more are needed to score it")
        }
        let logprobs = try Scoring(model.transformer, threads: model.threads).logProbabilities(of: tokens)
        let mean = -logprobs.reduce(0) { $0 + Double($1) } / Double(logprobs.count)
        let result = Result(ids: tokens, logprobs: logprobs, mean_nll: mean, perplexity: exp(mean))
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line("tokens      \(tokens.count)")
        StandardOutput.line(String(format: "mean nll    %.6f nats", mean))
        StandardOutput.line(String(format: "perplexity  %.4f", result.perplexity))
    }

    private func tokens(_ model: LanguageModel) throws -> [Int32] {
        if let ids { return try TokenIDs.read(ids) }
        guard let text = try input.value() else { return [] }
        return try model.render(text: text).ids
    }
}

/// Token ids in a text file.
enum TokenIDs {
    static func read(_ path: String) throws -> [Int32] {
        let separators = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: ",[]"))
        return try TextFile.read(path).components(separatedBy: separators).filter { !$0.isEmpty }.map { word in
            guard let id = Int32(word) else {
                throw CommandFailure.badData("\"\(path)\" holds \"\(word.prefix(20))\" where a token id should be")
            }
            return id
        }
    }
}

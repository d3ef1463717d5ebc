internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Tokenization

struct BenchTokenizationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenization",
        abstract: "Bytes per second of splitting text into tokens, on one thread.",
        discussion: """
            Every line of the file is a text of its own. Of runs after one that is not counted, the median.

              assay bench tokenization --model smollm2-135m-instruct \\
                --file prompts/harmful.jsonl --json
            """)

    @Option(name: [.long, .short], help: "A .gguf file (vocabulary alone is enough), a folder, or a cached name.")
    var model: String
    @Option(help: "A UTF-8 file.")
    var file: String
    @Option(help: "Runs of each measurement.")
    var runs = 9
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var texts: Int
        var bytes: Int
        var tokens: Int
        var runs: Int
        var load_seconds: Double
        /// Lower quartile, median, upper quartile.
        var bytes_per_second: [Double]
    }

    mutating func validate() throws {
        guard (1...1000).contains(runs) else { throw ValidationError("--runs is \(runs); allowed: 1 to 1000") }
    }

    func run() throws {
        let texts = try TextFile.read(file).utf8.split(separator: 10).map { String(Substring($0)) }
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        guard bytes > 0 else { throw ValidationError("\(file) holds no text") }
        let begin = DispatchTime.now()
        let tokenizer = try LanguageModel.tokenizer(atPath: ModelLocation(finding: model).path)
        let loadSeconds = begin.secondsSince
        var tokens = 0
        let seconds = (0...runs).map { _ in
            let begin = DispatchTime.now()
            tokens = texts.reduce(0) { $0 + tokenizer.encode($1, special: .nowhere).count }
            return begin.secondsSince
        }.dropFirst()
        let result = Result(
            texts: texts.count, bytes: bytes, tokens: tokens, runs: runs, load_seconds: loadSeconds,
            bytes_per_second: seconds.map { Double(bytes) / $0 }.quartiles)
        if output.json { return try StandardOutput.json(result) }
        let rates = result.bytes_per_second.map { $0 / 1e6 }
        StandardOutput.line(
            "\(result.texts) texts, \(bytes) bytes, \(tokens) tokens, \(runs) runs, one thread\n"
                + String(format: "%.2f [%.2f, %.2f] MB/s, loaded in %.3f s", rates[1], rates[0], rates[2], loadSeconds))
    }
}

internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Tokenization

struct BenchInferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference",
        abstract: "Tokens per second of reading and of writing, and memory.",
        discussion: """
            Each figure is the median of several runs after one that is not counted. The first token is timed from the \
            start of the process, so files that the system does not hold in memory make it slower.

            With --text, also how far the mode's predictions are from float32's on that text.

              assay bench inference --model smollm2-135m-instruct --mode native \\
                --threads 2 --json
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "Runs of each measurement.")
    var runs = 5
    @Option(help: "Tokens of the prompt that is read.")
    var promptTokens = 512
    @Option(help: "Completions decoded together.")
    var samples = 64
    @Option(help: "Tokens of each completion.")
    var maxTokens = 64
    @Option(help: "A UTF-8 file: measures the divergence from float32 on it.")
    var text: String?
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var model: String
        var mode: String
        var backend: String
        var threads: Int
        var runs: Int
        var first_token_seconds: Double
        var load_seconds: Double
        var prefill_tokens: Int
        var prefill_tokens_per_second: Double
        var capture_tokens_per_second: Double
        var stream_tokens_per_second: Double
        var samples: Int
        var batch_tokens_per_second: Double
        var resident_bytes: Int
        var peak_bytes: Int
        var divergence: Divergence?
    }

    mutating func validate() throws {
        guard runs >= 1, promptTokens >= 1, samples >= 1, maxTokens >= 2 else {
            throw ValidationError("--runs, --prompt-tokens and --samples must be at least 1, --max-tokens at least 2")
        }
    }

    func run() throws {
        let begin = DispatchTime.now()
        let loaded = try model.load()
        let loadSeconds = begin.secondsSince
        let benchmark = InferenceBenchmark(model: loaded, runs: runs)
        try benchmark.firstToken()
        let firstTokenSeconds = ProcessFacts.secondsSinceStart
        let stream = try benchmark.decode(samples: 1, tokens: maxTokens)
        let resident = ProcessFacts.residentBytes
        let (prefill, capture) = try benchmark.prefillAndCapture(tokens: promptTokens)
        var result = Result(
            model: loaded.name, mode: loaded.backend.mode.rawValue, backend: loaded.backend.description,
            threads: loaded.threads, runs: runs, first_token_seconds: firstTokenSeconds, load_seconds: loadSeconds,
            prefill_tokens: promptTokens, prefill_tokens_per_second: prefill, capture_tokens_per_second: capture,
            stream_tokens_per_second: stream, samples: samples,
            batch_tokens_per_second: try benchmark.decode(samples: samples, tokens: maxTokens),
            resident_bytes: resident, peak_bytes: ProcessFacts.peakBytes)
        result.divergence = try text.map { try divergence(of: loaded, on: TextFile.read($0)) }
        try report(result)
    }

    private func divergence(of model: LanguageModel, on text: String) throws -> Divergence {
        let exact = try self.model.load(mode: .f32)
        let ids = try model.render(text: text).ids
        return try Divergence(of: model, from: exact, on: Array(ids.prefix(1024)))
    }

    private func report(_ result: Result) throws {
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line("\(result.model), \(result.mode), \(result.backend), \(result.threads) threads")
        func line(_ name: String, _ value: Double, _ unit: String, digits: Int = 1) {
            let padded = name.padding(toLength: 34, withPad: " ", startingAt: 0)
            StandardOutput.line(padded + String(format: "%10.\(digits)f \(unit)", value))
        }
        line("first token, from process start", result.first_token_seconds, "s", digits: 3)
        line("of which loading", result.load_seconds, "s", digits: 3)
        line("prefill \(promptTokens)", result.prefill_tokens_per_second, "tok/s")
        line("the same, keeping residual streams", result.capture_tokens_per_second, "tok/s")
        line("decode, 1 stream, greedy", result.stream_tokens_per_second, "tok/s")
        line("decode, \(samples) samples of one prompt", result.batch_tokens_per_second, "tok/s")
        line("resident, decoding", Double(result.resident_bytes) / 1_048_576, "MiB")
        line("most resident at any time", Double(result.peak_bytes) / 1_048_576, "MiB")
        guard let divergence = result.divergence else { return }
        line("KL divergence from f32, mean", divergence.mean * 1000, "mnat", digits: 4)
        line("KL divergence from f32, largest", divergence.largest * 1000, "mnat", digits: 4)
        line("same most probable token", divergence.agreement * 100, "%", digits: 2)
    }
}

internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Transformers

struct BenchInferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference",
        abstract: "Tokens per second of reading and of writing.",
        discussion: """
            Each figure is the median of several runs after one that is not counted.

              assay bench inference --model smollm2-135m-instruct --threads 2
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
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var model: String
        var backend: String
        var mode: String
        var threads: Int
        var load_seconds: Double
        var prefill_tokens_per_second: Double
        var decode_tokens_per_second: Double
        var batch_tokens_per_second: Double
        var resident_bytes: Int
    }

    mutating func validate() throws {
        guard runs >= 1, promptTokens >= 1, samples >= 1, maxTokens >= 2 else {
            throw ValidationError("--runs, --prompt-tokens and --samples must be at least 1, --max-tokens at least 2")
        }
    }

    func run() throws {
        let begin = DispatchTime.now()
        let model = try model.load()
        let loadSeconds = seconds(since: begin)
        let result = Result(
            model: model.name, backend: model.backend.description, mode: "f32", threads: model.threads,
            load_seconds: loadSeconds, prefill_tokens_per_second: try prefill(model),
            decode_tokens_per_second: try decode(model, samples: 1),
            batch_tokens_per_second: try decode(model, samples: samples), resident_bytes: Self.residentBytes)
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line("\(result.model), \(result.mode), \(result.backend), \(result.threads) threads")
        StandardOutput.line(String(format: "load               %8.3f s", result.load_seconds))
        StandardOutput.line(String(format: "prefill %4d       %8.1f tok/s", promptTokens, result.prefill_tokens_per_second))
        StandardOutput.line(String(format: "decode, 1 stream   %8.1f tok/s", result.decode_tokens_per_second))
        StandardOutput.line(
            String(format: "decode, %3d streams%8.1f tok/s", samples, result.batch_tokens_per_second))
        StandardOutput.line(String(format: "resident           %8.1f MiB", Double(result.resident_bytes) / 1_048_576))
    }

    private func prompt(_ model: LanguageModel, count: Int) -> [Int32] {
        let size = model.transformer.configuration.vocabularySize
        return (0..<count).map { Int32(($0 &* 7919 &+ 13) % min(size, 40_000)) }
    }

    private func prefill(_ model: LanguageModel) throws -> Double {
        let ids = prompt(model, count: promptTokens)
        let space = Workspace(model.transformer.configuration, rows: ids.count, threads: model.threads)
        return try median { begin in
            let cache = KVCache(model.transformer.configuration, capacity: ids.count)
            let start = begin()
            _ = try model.transformer.forward(TokenBatch(ids, cache: cache), space: space)
            return Double(ids.count) / seconds(since: start)
        }
    }

    /// Tokens per second of completions of one prompt of 128 tokens, its reading included.
    private func decode(_ model: LanguageModel, samples: Int) throws -> Double {
        let sampling = try SamplingOptions(temperature: samples > 1 ? 0.8 : 0)
        let generator = Generator(
            model.transformer, sampling: sampling,
            limits: Generator.Limits(maxTokens: maxTokens, endTokens: [], batch: samples), threads: model.threads)
        let request = Generator.Prompt(
            ids: prompt(model, count: 128), samples: Array(0..<samples), random: CounterRandom(seed: 1, promptID: "bench"))
        return try median { begin in
            var tokens = 0
            var hook = NoHook()
            let start = begin()
            try generator.run([request], hooks: &hook) { tokens += $0.ids.count }
            return Double(tokens) / seconds(since: start)
        }
    }

    private func median(_ measure: (() -> DispatchTime) throws -> Double) rethrows -> Double {
        _ = try measure(DispatchTime.now)
        let values = try (0..<runs).map { _ in try measure(DispatchTime.now) }.sorted()
        return values.count % 2 == 1
            ? values[values.count / 2] : (values[values.count / 2 - 1] + values[values.count / 2]) / 2
    }

    private func seconds(since start: DispatchTime) -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

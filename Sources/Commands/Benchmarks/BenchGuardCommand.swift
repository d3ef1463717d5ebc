internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import LatentGuard
internal import Tensors
internal import Tokenization
internal import Transformers

struct BenchGuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "What a guard's verdict costs beside the reading of the prompt.",
        discussion: """
            Three sides take turns: the verdict alone, the model's whole reading of the prompt up to the first token, and \
            the same with the guard reading along. Medians; the interval of a ratio is that of the paired runs' middle half.

              assay bench guard --model smollm2-135m-instruct \\
                --guard fixtures/guards/smollm2.safetensors
            """)

    @OptionGroup var model: ModelOptions
    @Option(name: .customLong("guard"), help: "The guard's file.", completion: .tensors)
    var file: String
    @Option(help: "Tokens of the instruction, the template's own not counted.")
    var promptTokens = 64
    @Option(help: "Runs of each side, after three that are not counted.")
    var runs = 51
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var instruction_tokens: Int
        var rendered_tokens: Int
        /// Blocks that the verdict alone runs, of all.
        var depth: Int
        var layers: Int
        var runs: Int
        var threads: Int
        var backend: String
        /// Milliseconds, medians.
        var verdict: Double
        var reading: Double
        var reading_along: Double
        /// Quartiles of the ratios of paired runs.
        var verdict_share: [Double]
        var along_share: [Double]
    }

    mutating func validate() throws {
        guard (1...4096).contains(promptTokens), (3...10_000).contains(runs) else {
            throw ValidationError("allowed: --prompt-tokens 1 to 4096, --runs 3 to 10000")
        }
    }

    func run() throws {
        let language = try model.load()
        let bench = try GuardBenchmark(language, LatentGuard(model: language, file: file), tokens: promptTokens)
        let times = try (0..<(runs + 3)).map { try bench.times(turn: $0) }.dropFirst(3)
        let result = Result(
            instruction_tokens: bench.instructionTokens, rendered_tokens: bench.prompt.ids.count,
            depth: bench.latentGuard.depth, layers: language.transformer.configuration.layerCount, runs: runs,
            threads: language.threads, backend: language.backend.description,
            verdict: times.map(\.verdict).median, reading: times.map(\.reading).median,
            reading_along: times.map(\.along).median,
            verdict_share: times.map { $0.verdict / $0.reading }.quartiles,
            along_share: times.map { $0.along / $0.reading }.quartiles)
        if output.json { return try StandardOutput.json(result) }
        report(result)
    }

    private func report(_ result: Result) {
        StandardOutput.line(
            "\(result.instruction_tokens) tokens, \(result.rendered_tokens) with the template; \(result.depth) of "
                + "\(result.layers) blocks; \(result.runs) runs, \(result.threads) threads, \(result.backend)")
        func line(_ name: String, _ milliseconds: Double, _ share: [Double]?) {
            let padded = name.padding(toLength: 34, withPad: " ", startingAt: 0)
            let ratio = share.map { String(format: "  x %.3f [%.3f, %.3f]", $0[1], $0[0], $0[2]) } ?? ""
            StandardOutput.line(padded + String(format: "%8.2f ms", milliseconds) + ratio)
        }
        line("verdict alone", result.verdict, result.verdict_share)
        line("reading, up to the first token", result.reading, nil)
        line("the same with the guard", result.reading_along, result.along_share)
    }
}

/// The measurements of `assay bench guard`.
struct GuardBenchmark {
    let latentGuard: LatentGuard
    let prompt: RenderedPrompt
    let instructionTokens: Int
    private let text: String
    private let generator: Generator

    /// Milliseconds of one run of each side.
    struct Times {
        var verdict = 0.0
        var reading = 0.0
        var along = 0.0
    }

    /// - Parameter tokens: at least so many of the instruction
    init(_ language: LanguageModel, _ latentGuard: LatentGuard, tokens: Int) throws {
        self.latentGuard = latentGuard
        let words = ["Explain", "to", "a", "visitor", "how", "the", "old", "mill", "grinds", "its", "corn", "and"]
        var chosen: [String] = []
        var text = ""
        var count = 0
        while count < tokens {
            chosen.append(words[chosen.count % words.count])
            text = chosen.joined(separator: " ")
            count = language.tokenizer.encode(text, special: .nowhere).count
        }
        self.text = text
        instructionTokens = count
        prompt = try language.render([ChatMessage(role: "user", content: text)], date: latentGuard.date)
        generator = Generator(
            language.transformer, sampling: try SamplingOptions(temperature: 0),
            limits: Generator.Limits(maxTokens: 1, endTokens: [], batch: 1), threads: language.threads)
    }

    /// Sides change places, so that none always comes after the same one.
    func times(turn: Int) throws -> Times {
        var times = Times()
        let sides: [(WritableKeyPath<Times, Double>, () throws -> Void)] = [
            (\.verdict, { _ = try latentGuard.assess(text) }), (\.reading, { try read(NoHook()) }),
            (\.along, { try read(latentGuard.observer(for: [prompt])) }),
        ]
        for offset in 0..<3 {
            let (place, body) = sides[(turn + offset) % 3]
            let begin = DispatchTime.now()
            try body()
            times[keyPath: place] = begin.secondsSince * 1000
        }
        return times
    }

    private func read(_ hook: some ActivationHook) throws {
        var hook = hook
        try generator.run(
            [Generator.Prompt(ids: prompt.ids, samples: [0], random: CounterRandom(key: 1))], hooks: &hook
        ) { _ in }
    }
}

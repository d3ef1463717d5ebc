internal import ArgumentParser
internal import Evaluation
internal import LanguageModels
internal import Tensors
internal import Tokenization
internal import Transformers

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Writes completions of a prompt.",
        discussion: """
            The prompt goes through the model's chat template; --raw continues it as plain text.

              assay generate --model smollm2-135m-instruct --prompt "Why is the sky blue?"
              assay generate --model smollm2-135m-instruct --raw \\
                --prompt "Once upon a time" --samples 4 --temperature 0.8
            """)

    @OptionGroup var model: ModelOptions
    @Option(name: [.long, .short], help: "The instruction, or with --raw the text to continue.")
    var prompt: String
    @Flag(help: "Continue the prompt as plain text, without the chat template.")
    var raw = false
    @Option(help: "System message.")
    var system: String?
    @Option(help: "Words that the reply starts with.")
    var prefill: String?
    @OptionGroup var dating: DateOptions
    @Option(help: "Completions decoded together. No result depends on it.")
    var batch = 32
    @OptionGroup var generation: GenerationOptions
    @OptionGroup var output: OutputOptions

    struct Sample: Encodable {
        var ids: [Int32]
        var text: String
        var finish: String
        var logprobs: [Float]
    }

    struct Result: Encodable {
        var samples: [Sample]
    }

    mutating func validate() throws {
        guard (1...4096).contains(batch) else { throw ValidationError("--batch is \(batch); allowed: 1 to 4096") }
        if raw && (system != nil || prefill != nil || dating.date != nil) {
            throw ValidationError("--raw has no chat template; leave out --system, --prefill and --date")
        }
    }

    func run() throws {
        let sampling = try SamplingOptions(
            temperature: generation.temperature, topK: generation.topK, topP: generation.topP, minP: generation.minP)
        let model = try model.load(date: dating.date)
        let rendered = try raw ? model.render(text: prompt) : model.render(messages, prefill: prefill)
        let samples = try sample(model, rendered.ids, sampling)
        if output.json { return try StandardOutput.json(Result(samples: samples)) }
        for (index, sample) in samples.enumerated() {
            if samples.count > 1 { StandardOutput.line("--- sample \(index) (\(sample.finish))") }
            StandardOutput.foreignLine((prefill ?? "") + sample.text)
        }
    }

    private var messages: [ChatMessage] {
        (system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + [ChatMessage(role: "user", content: prompt)]
    }

    private func sample(_ model: LanguageModel, _ ids: [Int32], _ sampling: SamplingOptions) throws -> [Sample] {
        let stop = StopTexts(
            generation.stop, tokenizer: model.tokenizer, continuesText: raw || !(prefill ?? "").isEmpty)
        let limits = Generator.Limits(
            maxTokens: generation.maxTokens, endTokens: model.tokenizer.specialTokens.endOfGeneration, batch: batch)
        let generator = Generator(model.transformer, sampling: sampling, limits: limits, threads: model.threads)
        let request = Generator.Prompt(
            ids: ids, samples: Array(0..<generation.samples),
            random: CounterRandom(seed: generation.seed, promptID: ""))
        var progress = ReplyProgress(
            "generate", total: generation.samples, unit: "samples", maxTokens: generation.maxTokens)
        let isShown = generation.samples > 1
        var samples = [Int: Sample]()
        var hook = NoHook()
        try generator.run(
            [request], hooks: &hook, shouldStop: { _, ids in stop.isReached(ids) },
            onStep: { if isShown { progress.decode(GenerationStep($0)) } }
        ) { completion in
            samples[completion.tag.sample ?? 0] = Sample(
                ids: completion.ids, text: stop.text(completion.ids),
                finish: completion.finish == .stop ? "stop" : "length", logprobs: completion.logProbabilities)
            if isShown { progress.finish(tokens: completion.ids.count) }
        }
        progress.end()
        return (0..<generation.samples).compactMap { samples[$0] }
    }
}

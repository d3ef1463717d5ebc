internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Training
internal import Transformers

struct BenchTrainingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Measures steps of training.",
        discussion: """
            Whole steps of AdamW on random tokens: forward, backward, update. One step warms up. Benchmarks/peers/training.py \
            does the same with torch.

              assay bench training --model smollm2-135m-instruct
              assay bench training --model smollm2-135m-instruct --lora
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "Sequences of a step.")
    var batch = 4
    @Option(help: "Tokens of a sequence.")
    var length = 256
    @Option(help: "Most tokens of one pass; a step takes as many passes as it needs.")
    var tokensPerPass = 256
    @Option(help: "Steps that are measured; the median counts.")
    var steps = 3
    @Flag(help: "Train adapters of rank 8 on all projections, and nothing else.")
    var lora = false
    @Flag(help: "Compute blocks again on the way back.")
    var recompute = false
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var mode: String
        var products: String
        var tokens_per_second: Double
        var resident_bytes: Int
        var batch: Int
        var length: Int
        var tokens_per_pass: Int
        var threads: Int
        var backend: String
        var loss: Double
    }

    mutating func validate() throws {
        guard model.mode != .native else { throw ValidationError("--mode is native; allowed: f32, bf16") }
        guard (1...1024).contains(batch), (2...65_536).contains(length), (1...1000).contains(steps) else {
            throw ValidationError("allowed: --batch 1 to 1024, --length 2 to 65536, --steps 1 to 1000")
        }
        guard tokensPerPass >= length else { throw ValidationError("--tokens-per-pass must be at least --length") }
    }

    func run() throws {
        let language = try model.load(isEditable: !lora || model.mode == .bf16)
        let trainable = try TrainableModel(language.transformer, ownsEmbedding: !lora)
        let adapter = lora ? AdapterSettings() : nil
        if let adapter {
            try trainable.addAdapters(adapter, backend: language.backend, seed: 0)
            trainable.trainAdaptersOnly()
            try trainable.packFrozenWeights(backend: language.backend)
        } else {
            trainable.train { _ in true }
        }
        let settings = TrainingSettings(
            method: .supervised,
            schedule: LearningRateSchedule(peak: 1e-5, shape: .constant, warmup: 0, steps: steps + 1), adapter: adapter,
            batch: batch, tokensPerPass: tokensPerPass, recomputes: recompute)
        let trainer = try Trainer(
            trainable, data: examples(language), settings: settings, backend: language.backend,
            threads: language.threads)
        var seconds: [Double] = []
        var loss = 0.0
        try trainer.run { event in
            if case .step(let metrics) = event {
                if metrics.step > 1 { seconds.append(metrics.seconds) }
                loss = metrics.loss
            }
        }
        try show(seconds.sorted()[seconds.count / 2], loss, language)
    }

    private func examples(_ language: LanguageModel) -> TrainingData {
        let random = CounterRandom(seed: 0, promptID: "bench")
        let size = Double(language.transformer.configuration.vocabularySize)
        let examples = (0..<batch).map { index in
            let tokens = (0...length).map { Int32(random.uniform(sample: index, position: $0) * size) }
            return TrainingExample(
                id: "\(index)", sequences: [TrainingSequence(tokens: tokens, weights: tokens.map { _ in 1 })])
        }
        return TrainingData(examples: examples, heldOut: [])
    }

    private func show(_ seconds: Double, _ loss: Double, _ language: LanguageModel) throws {
        let result = Result(
            mode: lora ? "lora" : "full", products: model.mode.rawValue,
            tokens_per_second: Double(batch * length) / seconds,
            resident_bytes: Self.peakResidentBytes(), batch: batch, length: length, tokens_per_pass: tokensPerPass,
            threads: language.threads, backend: language.backend.description, loss: loss)
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line(
            String(
                format: "%@ %@  %.0f tokens/s  %.2f GB  %d threads  %@", result.mode, result.products,
                result.tokens_per_second,
                Double(result.resident_bytes) / 1e9, result.threads, result.backend))
    }

    /// The largest resident size so far.
    private static func peakResidentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}

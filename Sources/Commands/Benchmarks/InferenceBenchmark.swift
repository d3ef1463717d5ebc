internal import Foundation
internal import Hooks
internal import LanguageModels
internal import Tensors
internal import Tokenization
internal import Transformers

/// The measurements of `assay bench inference`.
struct InferenceBenchmark {
    let model: LanguageModel
    let runs: Int

    /// Tokens of the prompt that samples continue.
    static let samplePrompt = 128

    /// Reads a short prompt and decodes one token.
    func firstToken() throws {
        let ids = try model.render(text: "The capital of France is").ids
        var none = NoHook()
        try generator(samples: 1, tokens: 1).run(
            [Generator.Prompt(ids: ids, samples: [0], random: CounterRandom(key: 1))], hooks: &none
        ) { _ in }
    }

    /// Tokens per second of reading a prompt up to the logits of its last token, without and with keeping every layer's
    /// residual stream.
    ///
    /// The two take turns, so that what else the machine does weighs on both.
    func prefillAndCapture(tokens count: Int) throws -> (prefill: Double, capture: Double) {
        let ids = prompt(count)
        let configuration = model.transformer.configuration
        let space = Workspace(configuration, rows: ids.count, threads: model.threads)
        let points = HookPoint.all(of: model.transformer.configuration).filter {
            $0.site == .residPre || ($0.site == .residPost && $0.layer == configuration.layerCount - 1)
        }
        let logits = Matrix(rows: 1, columns: configuration.vocabularySize)
        var plain: [Double] = []
        var captured: [Double] = []
        for run in 0...runs {
            var none = NoHook()
            let first = try seconds { try read(into: $0, hooks: &none) }
            var hook = CaptureHook(points, positions: [0: .all])
            let second = try seconds { try read(into: $0, hooks: &hook) }
            guard run > 0 else { continue }
            plain.append(Double(count) / first)
            captured.append(Double(count) / second)
        }
        return (plain.median, captured.median)

        func read<Hook: ActivationHook>(into cache: KVCache, hooks: inout Hook) throws {
            let last = try model.transformer.forward(
                TokenBatch(ids, cache: cache), returning: .last, space: space, hooks: &hooks)
            try model.transformer.logits(last, into: logits.slice, space: space)
        }
        func seconds(_ body: (KVCache) throws -> Void) rethrows -> Double {
            let cache = KVCache(configuration, capacity: ids.count)
            let begin = DispatchTime.now()
            try body(cache)
            return begin.secondsSince
        }
    }

    /// Tokens per second of completions of one prompt, its reading included. One stream is greedy.
    func decode(samples: Int, tokens: Int) throws -> Double {
        var none = NoHook()
        let rates = try (0...runs).map { _ in try samplingRate(samples: samples, tokens: tokens, hooks: &none) }
        return Array(rates.dropFirst()).median
    }

    /// The same, once, with somebody looking on.
    func samplingRate<Hook: ActivationHook>(samples: Int, tokens: Int, hooks: inout Hook) throws -> Double {
        let generator = try generator(samples: samples, tokens: tokens)
        let request = Generator.Prompt(
            ids: prompt(Self.samplePrompt), samples: Array(0..<samples),
            random: CounterRandom(seed: 1, promptID: "bench"))
        var decoded = 0
        let begin = DispatchTime.now()
        try generator.run([request], hooks: &hooks) { decoded += $0.ids.count }
        return Double(decoded) / begin.secondsSince
    }

    private func generator(samples: Int, tokens: Int) throws -> Generator {
        Generator(
            model.transformer, sampling: try SamplingOptions(temperature: samples > 1 ? 0.8 : 0),
            limits: Generator.Limits(maxTokens: tokens, endTokens: [], batch: samples), threads: model.threads)
    }

    /// Ids all over the vocabulary.
    private func prompt(_ count: Int) -> [Int32] {
        let size = min(model.transformer.configuration.vocabularySize, 40_000)
        return (0..<count).map { Int32(($0 &* 7919 &+ 13) % size) }
    }
}

extension DispatchTime {
    /// Seconds from then to now.
    var secondsSince: Double {
        Double(DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) / 1e9
    }
}

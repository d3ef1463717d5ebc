import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

private let prompts: [Generator.Prompt] = (0..<9).map(prompt)

private func prompt(_ index: Int) -> Generator.Prompt {
    let ids = (0...(index * 3)).map { position in Int32((position * 7 + index) % 50) }
    return Generator.Prompt(
        ids: ids, samples: Array(0..<(1 + index % 4)), random: CounterRandom(seed: 3, promptID: "prompt-\(index)"))
}

private struct Key: Hashable {
    var prompt: Int
    var sample: Int
}

private func completions(
    _ prompts: [Generator.Prompt] = prompts, batch: Int, threads: Int = 1, temperature: Double = 0.9,
    stop: (SequenceTag, [Int32]) -> Bool = { _, _ in false }
) throws -> [Key: Generator.Completion] {
    let generator = Generator(
        try TinyModel().makeModel(), sampling: try SamplingOptions(temperature: temperature),
        limits: Generator.Limits(maxTokens: 20, endTokens: [0], batch: batch), threads: threads)
    var result: [Key: Generator.Completion] = [:]
    var hook = NoHook()
    try generator.run(prompts, hooks: &hook, shouldStop: stop) { completion in
        let key = Key(prompt: completion.tag.prompt, sample: completion.tag.sample ?? -1)
        #expect(result[key] == nil, "\(key) came twice")
        result[key] = completion
    }
    return result
}

@Test func samplesDoNotDependOnBatchOrThreads() throws {
    let one = try completions(batch: 1)
    #expect(one.count == prompts.reduce(0) { $0 + $1.samples.count })
    for batch in [2, 5, 32] {
        for threads in [1, 2] {
            #expect(try completions(batch: batch, threads: threads) == one, "batch \(batch), \(threads) threads")
        }
    }
    #expect(Set(one.values.map(\.ids)).count > 10)
}

@Test(arguments: [1, 5, 32]) func stepsCountTokensAndChangeNothing(batch: Int) throws {
    let generator = Generator(
        try TinyModel().makeModel(), sampling: try SamplingOptions(temperature: 0.9),
        limits: Generator.Limits(maxTokens: 20, endTokens: [0], batch: batch), threads: 1)
    var steps: [Generator.Step] = []
    var result: [Key: Generator.Completion] = [:]
    var hook = NoHook()
    try generator.run(prompts, hooks: &hook, onStep: { steps.append($0) }) { completion in
        result[Key(prompt: completion.tag.prompt, sample: completion.tag.sample ?? -1)] = completion
    }
    #expect(try result == completions(batch: batch))
    let tokens = result.values.reduce(0) { $0 + $1.ids.count }
    let last = try #require(steps.last)
    #expect(last.tokens == tokens && last.endedTokens == tokens)
    #expect(last.endedSamples == result.count && last.activeSamples == 0)
    for (step, next) in zip(steps, steps.dropFirst()) {
        #expect(step.tokens <= next.tokens && step.endedSamples <= next.endedSamples)
        #expect(step.activeSamples <= batch && step.endedTokens <= step.tokens)
    }
    // Every sample under way gets a token in each step, so the first one is told long before the first batch ends.
    #expect(steps[0].tokens <= 2 * (batch + steps[0].endedSamples))
}

@Test func samplesDoNotDependOnWhoElseIsThere() throws {
    let all = try completions(batch: 5)
    let alone = try completions([prompts[7]], batch: 5)
    for (key, completion) in alone {
        #expect(all[Key(prompt: 7, sample: key.sample)]?.ids == completion.ids)
        #expect(all[Key(prompt: 7, sample: key.sample)]?.logProbabilities == completion.logProbabilities)
    }
    var resumed = prompts[7]
    resumed.samples = [2]
    #expect(try completions([resumed], batch: 1)[Key(prompt: 0, sample: 2)]?.ids == all[Key(prompt: 7, sample: 2)]?.ids)
}

/// The log-probability that sampling recorded is the one that scoring computes, bit for bit.
@Test func recordedLogProbabilitiesEqualScoredOnes() throws {
    let model = try TinyModel().makeModel()
    for (key, completion) in try completions(batch: 7) {
        let scored = try Scoring(model, threads: 1).logProbabilities(
            of: [completion.ids], given: prompts[key.prompt].ids)
        expectIdentical(scored[0], completion.logProbabilities)
        let whole = try Scoring(model, threads: 2).logProbabilities(of: prompts[key.prompt].ids + completion.ids)
        expectIdentical(Array(whole.suffix(completion.ids.count)), completion.logProbabilities)
    }
}

/// The last id is never read, and counts all the same.
@Test(arguments: [50, -1, Int32.max])
func idsOutsideTheVocabularyAreNotScored(_ id: Int32) throws {
    let scoring = Scoring(try TinyModel().makeModel(), threads: 1)
    let error = TransformerError.tokenOutOfRange(id: id, vocabularySize: 50)
    #expect(throws: error) { try scoring.logProbabilities(of: [1, 2, id]) }
    #expect(throws: error) { try scoring.logProbabilities(of: [[3], [id]], given: [1, 2]) }
}

/// The prompt is read once for all continuations; each is scored as if it were alone.
@Test func continuationsOfEveryLengthAreScoredAlike() throws {
    let model = try TinyModel().makeModel()
    let scoring = Scoring(model, threads: 2)
    let continuations: [[Int32]] = [[7], [], [7, 8, 9], [3], [0, 49]]
    for prompt in prompts.map(\.ids) + [[5]] {
        let scored = try scoring.logProbabilities(of: continuations, given: prompt)
        #expect(scored.map(\.count) == [1, 0, 3, 1, 2])
        for (continuation, found) in zip(continuations, scored) {
            let whole = try scoring.logProbabilities(of: prompt + continuation)
            expectIdentical(Array(whole.suffix(continuation.count)), found)
        }
    }
}

@Test func completionsEndWhereTheyShould() throws {
    for completion in try completions(batch: 4).values {
        let ended = completion.ids.last == 0
        #expect(completion.finish == (ended ? .stop : .length))
        #expect(completion.ids.count == 20 || ended)
        #expect(!completion.ids.dropLast().contains(0))
        #expect(completion.ids.count == completion.logProbabilities.count)
    }
    let short = try completions(batch: 4, stop: { _, ids in ids.count == 3 })
    #expect(short.values.allSatisfy { $0.ids.count <= 3 && $0.finish == .stop })
}

@Test func theContextEndsACompletion() throws {
    let long = Generator.Prompt(
        ids: [Int32](repeating: 5, count: 90), samples: [0], random: CounterRandom(seed: 1, promptID: "long"))
    let completion = try #require(try completions([long], batch: 2).values.first)
    #expect(completion.ids.count <= 6)
    #expect(throws: TransformerError.contextExceeded(length: 97, limit: 96)) {
        var tooLong = long
        tooLong.ids = [Int32](repeating: 5, count: 96)
        _ = try completions([tooLong], batch: 2)
    }
    #expect(throws: TransformerError.emptyPrompt) {
        _ = try completions([Generator.Prompt(ids: [], samples: [0], random: long.random)], batch: 1)
    }
}

/// Room for eight million positions, 2.8 GB, of which one is used.
@Test func memoryIsTakenAsPositionsAreWritten() throws {
    func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
    let model = try TinyModel().makeModel()
    let space = Workspace(model.configuration, rows: 1, threads: 1)
    func stream(_ cache: KVCache) throws -> [Float] {
        try model.forward(TokenBatch([7], cache: cache), space: space).copy()
    }
    let expected = try stream(KVCache(model.configuration, capacity: 1))
    let before = try residentKilobytes()
    let cache = KVCache(model.configuration, capacity: 8_000_000)
    expectIdentical(try stream(cache), expected)
    #expect(try residentKilobytes() - before < 1 << 20)
    #expect(cache.length == 1)
}

@Test func editsWorkWhileDecoding() throws {
    /// Silences the residual stream of decoded positions of one sample.
    struct Edit: ActivationHook {
        var visits = 0

        func wants(_ point: HookPoint) -> Bool { point == HookPoint(.residPost, layer: 1) }

        mutating func visit(_ point: HookPoint, _ activation: Activation) {
            guard activation.tag.sample == 1, activation.positions.lowerBound >= activation.tag.promptLength else {
                return
            }
            visits += 1
            activation.rows.assign([Float](repeating: 0, count: activation.rows.rowCount * activation.rows.columnCount))
        }
    }
    let generator = Generator(
        try TinyModel().makeModel(), sampling: .greedy,
        limits: Generator.Limits(maxTokens: 6, endTokens: [], batch: 3), threads: 1)
    var hook = Edit()
    var ids: [Int: [Int32]] = [:]
    try generator.run(
        [Generator.Prompt(ids: [1, 2, 3], samples: [0, 1, 2], random: CounterRandom(seed: 0, promptID: "p"))],
        hooks: &hook
    ) { ids[$0.tag.sample ?? -1] = $0.ids }
    #expect(hook.visits == 5)
    #expect(ids[0] == ids[2])
    // Logits of a silenced stream are all zero: the first id wins.
    #expect(ids[1]?.dropFirst() == [0, 0, 0, 0, 0])
    #expect(ids[1]?.first == ids[0]?.first)
}

@Test func logitsAreEditedWhereTheyAreComputed() throws {
    /// Makes one token certain, another one for the prompt's last position.
    struct Edit: ActivationHook {
        var seen: [String] = []

        func wants(_ point: HookPoint) -> Bool { point == HookPoint(.logits) }

        mutating func visit(_ point: HookPoint, _ activation: Activation) {
            seen.append("\(activation.tag.sample.map(String.init) ?? "prompt") \(activation.positions)")
            for row in 0..<activation.rows.rowCount {
                activation.rows.withMutableRow(row) { $0[activation.tag.sample == nil ? 9 : 7] = 1e6 }
            }
        }
    }
    let generator = Generator(
        try TinyModel().makeModel(), sampling: .greedy,
        limits: Generator.Limits(maxTokens: 3, endTokens: [], batch: 2), threads: 1)
    var hook = Edit()
    var ids: [[Int32]] = []
    try generator.run(
        [Generator.Prompt(ids: [1, 2, 3], samples: [0, 1], random: CounterRandom(seed: 0, promptID: "p"))], hooks: &hook
    ) { ids.append($0.ids) }
    #expect(ids == [[9, 7, 7], [9, 7, 7]])
    #expect(hook.seen == ["prompt 2..<3", "0 3..<4", "1 3..<4", "0 4..<5", "1 4..<5"])
}

/// A damaged model writes no text, and nothing of it is scored.
@Test func logitsThatAreNoNumbersAreErrors() throws {
    var damaged = TinyModel()
    damaged.tensors["output_norm.weight"]?.values[3] = .nan
    let model = try Transformer(damaged, backend: .oneDNN, threads: 1)
    #expect(throws: TransformerError.notNumbers) { try Scoring(model, threads: 1).logProbabilities(of: [1, 2, 3]) }
    #expect(throws: TransformerError.notNumbers) {
        try Scoring(model, threads: 1).logProbabilities(of: [[4]], given: [1, 2])
    }
    for temperature in [0.0, 1] {
        let generator = Generator(
            model, sampling: try SamplingOptions(temperature: temperature),
            limits: Generator.Limits(maxTokens: 2, endTokens: [], batch: 2), threads: 1)
        var hook = NoHook()
        #expect(throws: TransformerError.notNumbers) { try generator.run([prompt(1)], hooks: &hook) { _ in } }
    }
}

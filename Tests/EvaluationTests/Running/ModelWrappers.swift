import Evaluation
import Foundation
import Tokenization

/// A scripted model of which a test changes one part.
protocol ScriptedWrapper: EvaluatedModel {
    var scripted: ScriptedModel { get }
}

extension ScriptedWrapper {
    var identity: ModelIdentity { scripted.identity }
    var contextLength: Int { scripted.contextLength }

    func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt {
        try scripted.render(messages, prefill: prefill)
    }

    func render(text: String) throws -> RenderedPrompt { try scripted.render(text: text) }

    func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onSample: (GeneratedSample) throws -> Void
    ) throws {
        try scripted.generate(requests, settings: settings, onSample: onSample)
    }

    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        try scripted.logProbabilities(of: continuations, given: prompt)
    }

    func encodeContinuation(_ text: String) -> [Int32] { scripted.encodeContinuation(text) }
}

/// Gives the first sample twice.
struct TwiceModel: ScriptedWrapper {
    var scripted = ScriptedModel()

    func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onSample: (GeneratedSample) throws -> Void
    ) throws {
        for _ in 0..<2 { try onSample(ScriptedModel.sample(requests[0], 0, seed: 0)) }
    }
}

/// Says after each sample how far it has come.
struct SteppingModel: ScriptedWrapper {
    var scripted = ScriptedModel()

    func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onStep: (GenerationStep) throws -> Void,
        onSample: (GeneratedSample) throws -> Void
    ) throws {
        var step = GenerationStep()
        try generate(requests, settings: settings) { sample in
            step.tokens += sample.ids.count
            step.endedTokens += sample.ids.count
            step.endedSamples += 1
            try onStep(step)
            try onSample(sample)
        }
    }
}

/// A model that judges: P(yes) is 0.6 for the answer `yes` and 0.1 for others, P(no) 0.25, each shared by the spellings.
struct JudgeModel: ScriptedWrapper {
    enum Fault { case tooFew, infinite }

    var scripted: ScriptedModel
    var fault: Fault?
    /// Spelled alike by the tokenizer.
    var isBlind = false

    init(order: UInt64 = 0, contextLength: Int = 4096, fault: Fault? = nil, isBlind: Bool = false) {
        scripted = ScriptedModel(contextLength: contextLength, order: order)
        scripted.identity.templateDigest = String(repeating: "c", count: 64)
        self.fault = fault
        self.isBlind = isBlind
    }

    func encodeContinuation(_ text: String) -> [Int32] { isBlind ? [0] : scripted.encodeContinuation(text) }

    /// The whole of a spelling's probability is in its first token.
    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        let shown = String(decoding: prompt.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
        if fault == .tooFew { return [] }
        return continuations.map { ids in
            let spelling = String(decoding: ids.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self).lowercased()
            let isYes = spelling.hasSuffix("yes")
            let probability: Float = isYes ? (shown.contains("<answer>\nyes\n</answer>") ? 0.6 : 0.1) : 0.25
            let first = fault == .infinite ? -Float.infinity : log(probability / 6)
            return [first] + Array(repeating: 0, count: ids.count - 1)
        }
    }
}

/// Says of each prompt whether its completions go on with words.
struct ContinuingModel: ScriptedWrapper {
    var scripted = ScriptedModel()

    func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onSample: (GeneratedSample) throws -> Void
    ) throws {
        let goesOn = Dictionary(uniqueKeysWithValues: requests.map { ($0.index, $0.continuesText) })
        try scripted.generate(requests, settings: settings) { sample in
            var sample = sample
            sample.text = goesOn[sample.requestIndex] == true ? "goes on" : "begins"
            try onSample(sample)
        }
    }
}

public import Tokenization

/// What an evaluation asks of a model, and nothing else: the narrow waist between the two.
///
/// Results may not depend on how requests are grouped: a sample is a function of the model, the prompt's ids, the
/// settings, `promptID` and the sample's index.
public protocol EvaluatedModel {
    /// What the record of a run says about the model.
    var identity: ModelIdentity { get }

    /// Positions that the model can hold: the prompt and what it writes.
    var contextLength: Int { get }

    /// Renders a conversation with the model's own chat template, up to where the reply begins.
    ///
    /// - Parameter prefill: text that the reply starts with.
    func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt

    /// Renders plain text to be continued.
    func render(text: String) throws -> RenderedPrompt

    /// Samples completions, calling `onSample` for each as it ends, in whatever order they end.
    ///
    /// An error thrown by `onSample` stops the work and is rethrown.
    func generate(
        _ requests: [GenerationRequest],
        settings: GenerationSettings,
        onSample: (GeneratedSample) throws -> Void
    ) throws

    /// As ``generate(_:settings:onSample:)``; calls `onStep` as well whenever the samples under way got longer. A model that
    /// cannot tell never calls it.
    ///
    /// An error thrown by `onStep` stops the work and is rethrown.
    func generate(
        _ requests: [GenerationRequest],
        settings: GenerationSettings,
        onStep: (GenerationStep) throws -> Void,
        onSample: (GeneratedSample) throws -> Void
    ) throws

    /// Natural-log probability of every token of each continuation after `prompt`.
    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]]

    /// Token ids of a text that goes on with another one.
    func encodeContinuation(_ text: String) -> [Int32]

    /// Token ids of a text that follows `prompt`: as a reply to it would be written where the text begins one.
    func encodeContinuation(_ text: String, after prompt: [Int32]) -> [Int32]
}

extension EvaluatedModel {
    public func generate(
        _ requests: [GenerationRequest],
        settings: GenerationSettings,
        onStep: (GenerationStep) throws -> Void,
        onSample: (GeneratedSample) throws -> Void
    ) throws {
        try generate(requests, settings: settings, onSample: onSample)
    }

    public func encodeContinuation(_ text: String, after prompt: [Int32]) -> [Int32] { encodeContinuation(text) }
}

/// What identifies a model in the record of a run.
public struct ModelIdentity: Codable, Hashable, Sendable {
    /// The path or name that the user gave.
    public var name: String
    /// SHA-256 of the model's bytes, lower-case hexadecimal.
    public var digest: String
    public var architecture: String
    /// SHA-256 of the chat template's text; nil without one.
    public var templateDigest: String?
    /// `f32`, `bf16` or `native`.
    public var computeMode: String
    /// Which matrix products and which instructions: `onednn-2.6.3 avx512`.
    public var backend: String

    public init(
        name: String,
        digest: String,
        architecture: String,
        templateDigest: String?,
        computeMode: String,
        backend: String
    ) {
        self.name = name
        self.digest = digest
        self.architecture = architecture
        self.templateDigest = templateDigest
        self.computeMode = computeMode
        self.backend = backend
    }
}

/// One prompt and the samples wanted of it. The prompt is read once for all of them.
public struct GenerationRequest: Hashable, Sendable {
    /// Handed back with each sample.
    public var index: Int
    /// With the seed, the sample's index and the position, the key of every random number.
    public var promptID: String
    public var ids: [Int32]
    public var sampleIndices: [Int]
    /// Whether completions go on with words of the prompt; a reply to a conversation begins anew.
    public var continuesText: Bool

    public init(index: Int, promptID: String, ids: [Int32], sampleIndices: [Int], continuesText: Bool = false) {
        self.index = index
        self.promptID = promptID
        self.ids = ids
        self.sampleIndices = sampleIndices
        self.continuesText = continuesText
    }
}

/// One finished completion.
public struct GeneratedSample: Hashable, Sendable {
    public var requestIndex: Int
    public var sampleIndex: Int
    /// The sampled ids, an end-of-generation token included where one was sampled.
    public var ids: [Int32]
    /// The completion, without control tokens and without the stop text.
    public var text: String
    public var finish: FinishReason
    /// Natural log of the model's probability of each id (temperature 1, nothing cut off); as many as `ids`.
    public var logProbabilities: [Float]

    public init(
        requestIndex: Int,
        sampleIndex: Int,
        ids: [Int32],
        text: String,
        finish: FinishReason,
        logProbabilities: [Float]
    ) {
        self.requestIndex = requestIndex
        self.sampleIndex = sampleIndex
        self.ids = ids
        self.text = text
        self.finish = finish
        self.logProbabilities = logProbabilities
    }
}

/// Why a completion ended.
public enum FinishReason: String, Codable, Hashable, Sendable {
    /// An end-of-generation token or a stop text.
    case stop
    /// The token limit, or the model's context.
    case length
}

public import LanguageModels
internal import Steering
internal import Tensors
public import Tokenization
internal import Transformers

/// Tells harmful prompts from harmless ones by what a language model's own hidden states say about them.
///
/// One pass through the model's first blocks, no reply is written. After "LLMs Encode Harmfulness and Refusal
/// Separately" (Zhao et al. 2025), section 5, whose rule is one of the methods a guard can be fitted with.
///
/// A guard gives an opinion, with a rate of error that its ``profile`` states. It has no global state and may be used
/// from several threads at once.
public final class LatentGuard: Sendable {
    public let profile: GuardProfile
    /// What a chat template that asks for the date is told: the model's date, or else that of the guard's fit.
    public let date: CivilTime?
    private let model: LanguageModel
    private let template: ChatTemplate
    private let reader: PromptReader
    private let scoring: GuardScoring

    /// Bytes of one prompt that are read at most.
    public static let textLimit = 1 << 18

    /// Loads a guard from its file.
    ///
    /// - Throws: ``GuardError/otherModel(found:expected:)``, ``GuardError/otherTemplate(found:expected:)`` and the
    ///   other cases for a file that cannot be used; `CheckpointError`.
    public convenience init(model: LanguageModel, file: String) throws {
        try self.init(model: model, profile: GuardProfile(path: file))
    }

    /// - Throws: as ``init(model:file:)``.
    public init(model: LanguageModel, profile: GuardProfile) throws {
        let digest = try model.digest()
        guard digest == profile.model else { throw GuardError.otherModel(found: digest, expected: profile.model) }
        guard model.templateDigest == profile.template else {
            throw GuardError.otherTemplate(
                found: model.templateDigest ?? "none", expected: profile.template ?? "none")
        }
        let width = model.transformer.configuration.modelDimension
        guard width == profile.width else { throw GuardError.width(found: profile.width, expected: width) }
        self.profile = profile
        self.model = model
        template = try model.chatTemplate()
        date = model.date ?? profile.record.date.flatMap { CivilTime(date: $0) }
        reader = try PromptReader(model, readings: profile.readings, date: date)
        scoring = GuardScoring(profile)
    }

    /// Blocks of the model that are run.
    public var depth: Int { reader.depth }

    /// The verdict on one prompt.
    ///
    /// - Throws: ``GuardError/emptyPrompt``, ``GuardError/textTooLong(bytes:limit:)``,
    ///   ``GuardError/promptTooLong(tokens:limit:)``, ``GuardError/promptTooShort``.
    public func assess(_ text: String) throws -> Verdict {
        let clock = ContinuousClock()
        let start = clock.now
        let values = try reader.read(render(text))
        return try scoring.verdict(values, milliseconds: clock.now.milliseconds(since: start))
    }

    /// The verdict on one prompt of bytes that should be UTF-8.
    ///
    /// - Throws: ``GuardError/notUTF8(offset:)``, and as ``assess(_:)-(String)``.
    public func assess(utf8 bytes: [UInt8]) throws -> Verdict {
        guard bytes.count <= Self.textLimit else {
            throw GuardError.textTooLong(bytes: bytes.count, limit: Self.textLimit)
        }
        return try assess(GuardedText.decode(bytes))
    }

    /// The verdicts on several prompts, read together. Each is what the prompt would get alone.
    ///
    /// - Throws: as ``assess(_:)-(String)``, for the first prompt that has no verdict.
    public func assess(_ texts: [String]) throws -> [Verdict] { try assessEach(texts).map { try $0.get() } }

    /// The verdict on each of several prompts, or why it has none.
    ///
    /// - Throws: errors of the model itself.
    public func assessEach(_ texts: [String]) throws -> [Result<Verdict, GuardError>] {
        let clock = ContinuousClock()
        let start = clock.now
        var results: [Result<Verdict, GuardError>] = Array(repeating: .failure(.emptyPrompt), count: texts.count)
        var readable: [(index: Int, prompt: RenderedPrompt)] = []
        for (index, text) in texts.enumerated() {
            do {
                readable.append((index, try render(text)))
            } catch let error as GuardError {
                results[index] = .failure(error)
            }
        }
        var found: [[[Float]]] = []
        try reader.read(readable.map(\.prompt)) { found.append($1) }
        let each = clock.now.milliseconds(since: start) / Double(max(texts.count, 1))
        for (item, values) in zip(readable, found) {
            results[item.index] = Result { () throws(GuardError) in
                try scoring.verdict(values, milliseconds: each)
            }
        }
        return results
    }

    /// A hook that reads along while a generation reads its prompts, by index of the prompt.
    ///
    /// Its ``GuardObserver/verdicts`` has each verdict as soon as the prompt was read, before the first token of the
    /// reply is sampled.
    ///
    /// - Throws: `SteeringError.noInstruction` for a prompt without a user's message.
    public func observer(for prompts: [RenderedPrompt]) throws -> GuardObserver {
        var places: [Int: PromptPlaces] = [:]
        for (index, prompt) in prompts.enumerated() { places[index] = try PromptPlaces(prompt) }
        return GuardObserver(scoring, places: places)
    }

    /// The prompt as the model sees it.
    private func render(_ text: String) throws -> RenderedPrompt {
        guard !text.allSatisfy(\.isWhitespace) else { throw GuardError.emptyPrompt }
        guard text.utf8.count <= Self.textLimit else {
            throw GuardError.textTooLong(bytes: text.utf8.count, limit: Self.textLimit)
        }
        var options = ChatTemplate.EncodingOptions()
        options.now = date
        let prompt = try template.encode(
            messages: [ChatMessage(role: "user", content: text)], tokenizer: model.tokenizer, options: options)
        guard let places = try? PromptPlaces(prompt) else { throw GuardError.emptyPrompt }
        guard profile.readings.allSatisfy({ places.tokens($0.position) != nil }) else {
            throw GuardError.promptTooShort
        }
        let limit = model.transformer.configuration.contextLength
        guard prompt.ids.count <= limit else {
            throw GuardError.promptTooLong(tokens: prompt.ids.count, limit: limit)
        }
        return prompt
    }
}

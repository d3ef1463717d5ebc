public import LanguageModels
public import Tokenization
internal import Transformers

/// Runs prompts through as much of a model as the readings need.
///
/// Prompts are read in batches, and the beginning that they share is read once. A prompt's values do not depend on the
/// batch, to the bit.
public final class PromptReader: Sendable {
    public let readings: [Reading]
    private let model: Transformer
    private let prefix: PromptPrefix?
    private let threads: Int

    /// Rows of one forward pass.
    private static let rows = 256

    /// - Parameter date: what the prompts' chat template was told; that of the model where nil
    /// - Throws: ``SteeringError/noSuchPoint(_:layerCount:)``, ``SteeringError/noVector(reading:)``, `TransformerError`,
    ///   `ChatTemplateError`.
    public init(
        _ model: LanguageModel, readings: [Reading], sharesPrefix: Bool = true, date: CivilTime? = nil
    ) throws {
        let configuration = model.transformer.configuration
        for reading in readings { try reading.check(in: configuration) }
        self.readings = readings
        threads = model.threads
        let depth = readings.map { $0.depth(layerCount: configuration.layerCount) }.max() ?? 0
        self.model = model.transformer.prefix(layers: depth)
        // Nothing is read of what is shared.
        guard sharesPrefix, !readings.contains(where: \.position.reachesBack) else {
            prefix = nil
            return
        }
        prefix = try PromptPrefix(
            self.model, model.render([ChatMessage(role: "user", content: "a")], date: date),
            model.render([ChatMessage(role: "user", content: "No")], date: date), threads: threads)
    }

    /// Blocks that are run.
    public var depth: Int { model.configuration.layerCount }

    /// Calls `body` with the index of each prompt and what was read of it, [readings][modelDimension], in order.
    ///
    /// - Throws: ``SteeringError/noSuchPlace(prompt:)`` for a prompt that lacks a place; `TransformerError`; what
    ///   `body` throws.
    public func read(_ prompts: [RenderedPrompt], _ body: (Int, [[Float]]) throws -> Void) throws {
        let space = Workspace(model.configuration, rows: Self.rows, threads: threads)
        var next = 0
        while next < prompts.count {
            var batch = TokenBatch()
            var places: [Int: PromptPlaces] = [:]
            let first = next
            while next < prompts.count {
                let (cache, rest) = start(prompts[next])
                guard next == first || batch.ids.count + rest.count <= Self.rows else { break }
                places[next] = try PromptPlaces(prompts[next])
                batch.append(rest, cache: cache, tag: SequenceTag(prompt: next, promptLength: prompts[next].ids.count))
                next += 1
            }
            var hook = ReadingHook(readings, places: places)
            try forward(batch, space, &hook)
            for index in first..<next {
                guard let values = hook.values(prompt: index) else { throw SteeringError.noSuchPlace(prompt: index) }
                try body(index, values)
            }
        }
    }

    /// What was read of one prompt.
    public func read(_ prompt: RenderedPrompt) throws -> [[Float]] {
        var found: [[Float]] = []
        try read([prompt]) { found = $1 }
        return found
    }

    private func start(_ prompt: RenderedPrompt) -> (cache: KVCache, rest: ArraySlice<Int32>) {
        prefix?.begin(prompt.ids)
            ?? (KVCache(model.configuration, capacity: prompt.ids.count), prompt.ids[...])
    }

    /// One forward pass, or several where a single prompt is longer than the space.
    private func forward(_ batch: TokenBatch, _ space: Workspace, _ hook: inout ReadingHook) throws {
        guard batch.ids.count > Self.rows, let sequence = batch.sequences.first else {
            _ = try model.forward(batch, returning: .last, space: space, hooks: &hook)
            return
        }
        let limit = model.configuration.contextLength
        let length = sequence.cache.length + batch.ids.count
        guard length <= limit else { throw TransformerError.contextExceeded(length: length, limit: limit) }
        for begin in stride(from: 0, to: batch.ids.count, by: Self.rows) {
            let piece = batch.ids[begin..<min(batch.ids.count, begin + Self.rows)]
            _ = try model.forward(
                TokenBatch(piece, cache: sequence.cache, tag: sequence.tag), returning: .last, space: space,
                hooks: &hook)
        }
    }
}

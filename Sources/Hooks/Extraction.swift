public import Transformers

/// Runs prompts through a model and keeps activations.
public struct Extraction {
    let model: Transformer
    let points: [HookPoint]
    let threads: Int

    /// Rows of one forward pass.
    private static let rows = 512

    public init(_ model: Transformer, points: [HookPoint], threads: Int) {
        self.model = model
        self.points = points
        self.threads = threads
    }

    /// Activations of every prompt, in order.
    ///
    /// - Parameter progress: called after each batch with the number of prompts done.
    /// - Throws: `TransformerError` for a prompt that is empty or too long.
    public func run(
        _ prompts: [(ids: [Int32], positions: CaptureHook.Positions)], progress: (Int) -> Void = { _ in }
    ) throws -> [[HookPoint: CaptureHook.Captured]] {
        let space = Workspace(model.configuration, rows: Self.rows, threads: threads)
        var results: [[HookPoint: CaptureHook.Captured]] = []
        while results.count < prompts.count {
            let chosen = batch(prompts[results.count...].map(\.ids))
            results += try capture(Array(prompts[results.count..<(results.count + chosen)]), space)
            progress(results.count)
        }
        return results
    }

    /// How many prompts, from the front, are read together; at least one.
    private func batch(_ prompts: [[Int32]]) -> Int {
        var rows = 0
        var count = 0
        for ids in prompts {
            rows += ids.count
            guard rows <= Self.rows else { break }
            count += 1
        }
        return max(count, 1)
    }

    private func capture(
        _ prompts: [(ids: [Int32], positions: CaptureHook.Positions)], _ space: Workspace
    ) throws -> [[HookPoint: CaptureHook.Captured]] {
        var hook = CaptureHook(
            points, positions: Dictionary(uniqueKeysWithValues: prompts.enumerated().map { ($0, $1.positions) }))
        var batch = TokenBatch()
        for (index, prompt) in prompts.enumerated() {
            guard !prompt.ids.isEmpty else { throw TransformerError.emptyPrompt }
            let cache = KVCache(model.configuration, capacity: prompt.ids.count)
            let tag = SequenceTag(prompt: index, promptLength: prompt.ids.count)
            if prompt.ids.count > Self.rows {
                try readInPieces(prompt.ids, cache, tag, space, &hook)
            } else {
                batch.append(prompt.ids, cache: cache, tag: tag)
            }
        }
        if !batch.ids.isEmpty { _ = try model.forward(batch, space: space, hooks: &hook) }
        return prompts.indices.map { hook.captured[$0] ?? [:] }
    }

    private func readInPieces(
        _ ids: [Int32], _ cache: KVCache, _ tag: SequenceTag, _ space: Workspace, _ hook: inout CaptureHook
    ) throws {
        for begin in stride(from: 0, to: ids.count, by: Self.rows) {
            let piece = ids[begin..<min(ids.count, begin + Self.rows)]
            _ = try model.forward(TokenBatch(piece, cache: cache, tag: tag), space: space, hooks: &hook)
        }
    }
}

internal import Tensors
public import Transformers

/// Runs prompts through a model and hands out activations, a few prompts at a time.
public struct Extraction {
    /// A prompt, and the positions whose activations are wanted.
    public struct Request: Sendable {
        public var ids: [Int32]
        public var positions: CaptureHook.Positions

        public init(ids: [Int32], positions: CaptureHook.Positions) {
            self.ids = ids
            self.positions = positions
        }
    }

    /// Scores and patterns of some positions of a prompt that is asked for as a whole.
    public struct SquarePiece {
        /// Index of the prompt.
        public var prompt: Int
        public var positions: Range<Int>
        /// [heads, positions, positions up to the last of these].
        public var captured: [HookPoint: CaptureHook.Captured]
    }

    let model: Transformer
    let points: [HookPoint]
    public let threads: Int
    /// Rows of one forward pass.
    var rows = 512

    /// Rows whose logits are held at once.
    private static let logitRows = 64

    public init(_ model: Transformer, points: [HookPoint], threads: Int) {
        self.model = model
        self.points = points
        self.threads = threads
    }

    /// Activations of every prompt, in order. No more than one forward pass is held in memory, and no result depends on
    /// where it begins.
    ///
    /// - Parameters:
    ///   - first: the prompt to begin with
    ///   - onBatch: called with the index of the first prompt of a batch and what was kept of each
    /// - Throws: `TransformerError` for a prompt that is empty or too long; what `onBatch` throws.
    public func run(
        _ prompts: [Request], from first: Int = 0,
        onBatch: (_ first: Int, _ captured: [[HookPoint: CaptureHook.Captured]]) throws -> Void
    ) throws {
        try run(prompts, from: first, inPieces: false, onPiece: { _ in }, onBatch: onBatch)
    }

    /// The same, with scores and patterns of prompts of `all` positions handed out on their own, as soon as they are
    /// known: of a long prompt no more than one forward pass is held of them either.
    ///
    /// - Parameters:
    ///   - first: the prompt to begin with
    ///   - onPiece: called with a prompt's scores and patterns, from its first positions to its last
    ///   - onBatch: called behind the pieces of a batch with the index of its first prompt and all else of each
    /// - Throws: `TransformerError` for a prompt that is empty or too long; what `onPiece` and `onBatch` throw.
    public func run(
        _ prompts: [Request], from first: Int = 0, onPiece: (SquarePiece) throws -> Void,
        onBatch: (_ first: Int, _ captured: [[HookPoint: CaptureHook.Captured]]) throws -> Void
    ) throws {
        try run(prompts, from: first, inPieces: true, onPiece: onPiece, onBatch: onBatch)
    }

    private func run(
        _ prompts: [Request], from first: Int, inPieces: Bool, onPiece: (SquarePiece) throws -> Void,
        onBatch: (_ first: Int, _ captured: [[HookPoint: CaptureHook.Captured]]) throws -> Void
    ) throws {
        let space = Workspace(model.configuration, rows: rows, threads: threads)
        var next = first
        while next < prompts.count {
            let chosen = batch(prompts[next...])
            let begin = next
            let captured = try capture(Array(prompts[begin..<(begin + chosen)]), space) { hook, index, positions in
                guard inPieces else { return }
                let squares = hook.takeSquares(prompt: index)
                guard !squares.isEmpty else { return }
                try onPiece(SquarePiece(prompt: begin + index, positions: positions, captured: squares))
            }
            try onBatch(begin, captured)
            next += chosen
        }
    }

    /// Activations of every prompt at once, for sets that fit in memory.
    public func run(_ prompts: [Request]) throws -> [[HookPoint: CaptureHook.Captured]] {
        var results: [[HookPoint: CaptureHook.Captured]] = []
        try run(prompts) { results += $1 }
        return results
    }

    /// How many prompts, from the front, are read together; at least one.
    private func batch(_ prompts: ArraySlice<Request>) -> Int {
        var rows = 0
        var count = 0
        for prompt in prompts {
            rows += prompt.ids.count
            guard rows <= self.rows else { break }
            count += 1
        }
        return max(count, 1)
    }

    /// - Parameter onRead: called with the hook, a prompt's index among these and its positions that were read
    private func capture(
        _ prompts: [Request], _ space: Workspace, onRead: (inout CaptureHook, Int, Range<Int>) throws -> Void
    ) throws -> [[HookPoint: CaptureHook.Captured]] {
        var hook = CaptureHook(
            points, positions: Dictionary(uniqueKeysWithValues: prompts.enumerated().map { ($0, $1.positions) }))
        var batch = TokenBatch()
        for (index, prompt) in prompts.enumerated() {
            guard !prompt.ids.isEmpty else { throw TransformerError.emptyPrompt }
            let cache = KVCache(model.configuration, capacity: prompt.ids.count)
            let tag = SequenceTag(prompt: index, promptLength: prompt.ids.count)
            if prompt.ids.count > rows {
                try readInPieces(prompt.ids, cache, tag, space, &hook, onRead: onRead)
            } else {
                batch.append(prompt.ids, cache: cache, tag: tag)
            }
        }
        if !batch.ids.isEmpty { try read(batch, space, &hook) }
        for sequence in batch.sequences { try onRead(&hook, sequence.tag.prompt, 0..<sequence.rows.count) }
        return prompts.indices.map { hook.captured[$0] ?? [:] }
    }

    private func readInPieces(
        _ ids: [Int32], _ cache: KVCache, _ tag: SequenceTag, _ space: Workspace, _ hook: inout CaptureHook,
        onRead: (inout CaptureHook, Int, Range<Int>) throws -> Void
    ) throws {
        for begin in stride(from: 0, to: ids.count, by: rows) {
            let piece = ids[begin..<min(ids.count, begin + rows)]
            try read(TokenBatch(piece, cache: cache, tag: tag), space, &hook)
            try onRead(&hook, tag.prompt, piece.indices)
        }
    }

    /// The forward pass, and logits where they are wanted, a few rows at a time.
    private func read(_ batch: TokenBatch, _ space: Workspace, _ hook: inout CaptureHook) throws {
        let wantsLogits = points.contains(HookPoint(.logits))
        let final = try model.forward(batch, returning: wantsLogits ? .all : .last, space: space, hooks: &hook)
        guard wantsLogits else { return }
        let logits = Matrix(rows: Self.logitRows, columns: model.configuration.vocabularySize)
        for sequence in batch.sequences {
            let count = sequence.rows.count
            for begin in stride(from: 0, to: count, by: Self.logitRows) {
                let end = min(count, begin + Self.logitRows)
                let first = sequence.cache.length - count
                let place = LogitRows(tag: sequence.tag, positions: (first + begin)..<(first + end))
                guard hook.keeps(prompt: place.tag.prompt, place.positions) else { continue }
                let rows = (sequence.rows.lowerBound + begin)..<(sequence.rows.lowerBound + end)
                try model.logits(
                    final.rows(rows), of: [place], into: logits.rows(0..<rows.count), space: space, hooks: &hook)
            }
        }
    }
}

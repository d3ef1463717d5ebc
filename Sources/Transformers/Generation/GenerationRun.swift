internal import Tensors

/// A generation under way: prompts that wait, prompts that were read, samples that are being decoded.
struct GenerationRun {
    /// A prompt that was read, with samples still to begin.
    private struct Read {
        var index: Int
        var cache: KVCache
        var logits: Matrix
        var left: ArraySlice<Int>
    }

    /// A sample that is being decoded.
    private struct Active {
        var tag: SequenceTag
        var cache: KVCache
        var random: CounterRandom
        var limit: Int
        var ids: [Int32]
        var logProbabilities: [Float]

        /// Tokens of the prompt and the sample together.
        var length: Int { tag.promptLength + ids.count }
    }

    /// What the next token of a sample is drawn with, and then the token.
    private struct Draw: Sendable {
        var random: CounterRandom
        var sample: Int
        var position: Int
        var id: Int32 = 0
        var logProbability: Float = 0
    }

    /// Most rows that are read together.
    private static let prefillRows = 512
    /// Most tokens of a sample that there is room for from the start.
    private static let reserved = 4096

    private let generator: Generator
    private let prompts: [Generator.Prompt]
    private let space: Workspace
    private let logits: Matrix
    private let weights: Matrix
    private var nextPrompt = 0
    private var read: [Read] = []
    private var active: [Active] = []
    private var counts = Generator.Step()
    // What a step needs, kept so that a token allocates nothing.
    private var batch = TokenBatch()
    private var places: [LogitRows] = []
    private var draws: [Draw] = []

    init(generator: Generator, prompts: [Generator.Prompt]) {
        self.generator = generator
        self.prompts = prompts
        let configuration = generator.model.configuration
        let longest = prompts.reduce(1) { max($0, $1.ids.count) }
        let rows = max(generator.limits.batch, min(Self.prefillRows, longest * generator.limits.batch))
        space = Workspace(configuration, rows: rows, threads: generator.threads)
        logits = Matrix(rows: generator.limits.batch, columns: configuration.vocabularySize)
        weights = Matrix(rows: generator.limits.batch, columns: configuration.vocabularySize)
    }

    var progress: Generator.Step {
        var step = counts
        step.activeSamples = active.count
        return step
    }

    /// Begins samples while there is room, then decodes one token of each. False when all is done.
    mutating func step<Hook: ActivationHook>(
        hooks: inout Hook, shouldStop: (SequenceTag, [Int32]) -> Bool,
        onCompletion: (Generator.Completion) throws -> Void
    ) throws -> Bool {
        while active.count < generator.limits.batch {
            if read.isEmpty {
                guard nextPrompt < prompts.count else { break }
                try readPrompts(hooks: &hooks)
            }
            try begin()
            try finish(shouldStop, onCompletion)
        }
        guard !active.isEmpty else { return false }
        try decode(hooks: &hooks)
        try finish(shouldStop, onCompletion)
        return true
    }

    /// Reads as many prompts as fit into one forward pass; a longer one alone, in pieces.
    private mutating func readPrompts<Hook: ActivationHook>(hooks: inout Hook) throws {
        var batch = TokenBatch()
        var members: [(index: Int, cache: KVCache)] = []
        while nextPrompt < prompts.count, members.count < generator.limits.batch {
            let prompt = prompts[nextPrompt]
            guard members.isEmpty || batch.ids.count + prompt.ids.count <= space.rowCapacity else { break }
            let cache = KVCache(generator.model.configuration, capacity: prompt.ids.count)
            let tag = SequenceTag(prompt: nextPrompt, promptLength: prompt.ids.count)
            let rest = try readLongPart(prompt.ids, cache, tag, hooks: &hooks)
            batch.append(rest, cache: cache, tag: tag)
            members.append((nextPrompt, cache))
            nextPrompt += 1
        }
        let final = try generator.model.forward(batch, returning: .last, space: space, hooks: &hooks)
        for (index, (sequence, member)) in zip(batch.sequences, members).enumerated() {
            let row = Matrix(rows: 1, columns: generator.model.configuration.vocabularySize)
            let place = LogitRows(tag: sequence.tag, positions: (member.cache.length - 1)..<member.cache.length)
            try generator.model.logits(
                final.rows(index..<(index + 1)), of: [place], into: row.slice, space: space, hooks: &hooks)
            let samples = prompts[member.index].samples
            if !samples.isEmpty {
                read.append(Read(index: member.index, cache: member.cache, logits: row, left: samples[...]))
            }
        }
    }

    /// Reads all of a prompt but what fits into one forward pass, which is returned.
    private func readLongPart<Hook: ActivationHook>(
        _ ids: [Int32], _ cache: KVCache, _ tag: SequenceTag, hooks: inout Hook
    ) throws -> ArraySlice<Int32> {
        var rest = ids[...]
        while rest.count > space.rowCapacity {
            let piece = rest.prefix(space.rowCapacity)
            _ = try generator.model.forward(
                TokenBatch(piece, cache: cache, tag: tag), returning: .last, space: space, hooks: &hooks)
            rest = rest.dropFirst(space.rowCapacity)
        }
        return rest
    }

    /// Samples the first token of samples that wait, while there is room.
    private mutating func begin() throws {
        while active.count < generator.limits.batch, !read.isEmpty, let sample = read[0].left.popFirst() {
            let waiting = read[0]
            let prompt = prompts[waiting.index]
            let limit = min(
                generator.limits.maxTokens, generator.model.configuration.contextLength - prompt.ids.count)
            let (id, logProbability) = generator.sampler.sample(
                waiting.logits.slice, uniform: prompt.random.uniform(sample: sample, position: prompt.ids.count),
                weights: weights.row(0))
            try Sampler.requireNumber(logProbability)
            var begun = Active(
                tag: SequenceTag(prompt: waiting.index, sample: sample, promptLength: prompt.ids.count),
                cache: waiting.cache.fork(capacity: limit), random: prompt.random, limit: limit, ids: [],
                logProbabilities: [])
            begun.ids.reserveCapacity(min(limit, Self.reserved))
            begun.logProbabilities.reserveCapacity(min(limit, Self.reserved))
            begun.ids.append(id)
            begun.logProbabilities.append(logProbability)
            active.append(begun)
            counts.tokens += 1
            if waiting.left.isEmpty { read.removeFirst() }
        }
    }

    /// Reads the last token of every active sample and samples the next.
    private mutating func decode<Hook: ActivationHook>(hooks: inout Hook) throws {
        places.removeAll(keepingCapacity: true)
        for sample in active {
            batch.append(sample.ids.suffix(1), cache: sample.cache, tag: sample.tag)
            places.append(LogitRows(tag: sample.tag, positions: (sample.length - 1)..<sample.length))
        }
        let final = try generator.model.forward(batch, space: space, hooks: &hooks)
        let logits = logits.rows(0..<active.count)
        try generator.model.logits(final, of: places, into: logits, space: space, hooks: &hooks)
        draw(logits)
        // Caches of samples that end now are given back.
        batch.removeAll()
        counts.tokens += active.count
        for (index, drawn) in draws.enumerated() {
            try Sampler.requireNumber(drawn.logProbability)
            active[index].ids.append(drawn.id)
            active[index].logProbabilities.append(drawn.logProbability)
        }
    }

    /// Draws the next token of every active sample.
    private mutating func draw(_ logits: MatrixSlice) {
        draws.removeAll(keepingCapacity: true)
        for sample in active {
            draws.append(Draw(random: sample.random, sample: sample.tag.sample ?? 0, position: sample.length))
        }
        let (sampler, weights, threads) = (generator.sampler, weights, generator.threads)
        unsafe draws.withUnsafeMutableBufferPointer { draws in
            nonisolated(unsafe) let drawn = unsafe draws
            parallelFor(tasks: draws.count, threads: threads) { row, _ in
                let draw = unsafe drawn[row]
                let uniform = draw.random.uniform(sample: draw.sample, position: draw.position)
                let (id, logProbability) = sampler.sample(
                    logits.rows(row..<(row + 1)), uniform: uniform, weights: weights.row(row))
                unsafe drawn[row].id = id
                unsafe drawn[row].logProbability = logProbability
            }
        }
    }

    /// Hands out the samples that have ended.
    private mutating func finish(
        _ shouldStop: (SequenceTag, [Int32]) -> Bool, _ onCompletion: (Generator.Completion) throws -> Void
    ) throws {
        var ended: [Generator.Completion] = []
        var index = 0
        while index < active.count {
            guard let finish = finish(of: active[index], shouldStop) else {
                index += 1
                continue
            }
            let sample = active.remove(at: index)
            counts.endedSamples += 1
            counts.endedTokens += sample.ids.count
            ended.append(
                Generator.Completion(
                    tag: sample.tag, ids: sample.ids, logProbabilities: sample.logProbabilities, finish: finish))
        }
        for completion in ended { try onCompletion(completion) }
    }

    private func finish(
        of sample: Active, _ shouldStop: (SequenceTag, [Int32]) -> Bool
    ) -> Generator.Finish? {
        if let last = sample.ids.last, generator.limits.endTokens.contains(last) { return .stop }
        if shouldStop(sample.tag, sample.ids) { return .stop }
        return sample.ids.count >= sample.limit ? .length : nil
    }
}

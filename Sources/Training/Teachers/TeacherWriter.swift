internal import Checkpoints
public import Tensors
public import Transformers

/// Stores what a teacher says of examples, pass after pass.
///
/// The file has its name when all is in it. Stopped before, the same work goes on where it was. What is in memory is a pass,
/// and the logits of a few of its rows.
public struct TeacherWriter {
    /// Each once, however often it is among the examples.
    private let examples: [(example: TrainingExample, digest: String)]
    private let facts: StoredTeacher.Facts
    private let path: String
    private let backend: MatrixBackend
    private let threads: Int

    /// What a file holds.
    public struct Summary: Codable, Hashable, Sendable {
        public var path: String
        public var examples: Int
        public var targets: Int
        /// Tokens that are named of each target.
        public var top: Int
        /// Mean probability of all others together.
        public var tail: Double
    }

    public init(
        _ examples: [TrainingExample], facts: StoredTeacher.Facts, path: String, backend: MatrixBackend, threads: Int
    ) {
        var known = Set<String>()
        self.examples = examples.map { ($0, StoredTeacher.digest(of: $0)) }.filter { known.insert($0.1).inserted }
        self.facts = facts
        self.path = path
        self.backend = backend
        self.threads = threads
    }

    /// - Parameters:
    ///   - tokensPerPass: most tokens of a pass of more than one sequence
    ///   - onProgress: is given the sequences that are done, and all
    /// - Throws: ``TrainingError`` for examples that the teacher cannot read and logits that are no numbers;
    ///   `CheckpointError`; what `onProgress` throws
    public func write(
        _ transformer: Transformer, tokensPerPass: Int, onProgress: (Int, Int) throws -> Void
    ) throws -> Summary {
        try check(transformer.configuration)
        let layout = TeacherLayout(
            examples: examples.count, targets: examples.reduce(0) { $0 + $1.example.targetCount }, facts)
        let file = try ResumableTensorFile(
            path: path, metadata: facts.metadata, tensors: layout.tensors, key: key)
        try file.write(integers: examples.map(\.example.targetCount), to: "targets")
        try file.write(bytes: examples.flatMap { Array($0.digest.utf8) }, to: "examples", from: 0)
        try fill(file, transformer, tokensPerPass, onProgress)
        try file.finish()
        let tails = try SafetensorsFile(path: path).floats(of: "tail")
        return Summary(
            path: path, examples: layout.examples, targets: layout.targets, top: facts.top,
            tail: tails.reduce(0) { $0 + Double($1) } / Double(max(1, tails.count)))
    }

    private func check(_ configuration: TransformerConfiguration) throws(TrainingError) {
        guard configuration.vocabularySize == facts.vocabularySize else {
            throw .vocabularySizes(student: facts.vocabularySize, teacher: configuration.vocabularySize)
        }
        for (example, _) in examples where example.length > configuration.contextLength {
            throw .teacherContext(id: example.id, tokens: example.length, limit: configuration.contextLength)
        }
    }

    /// What the numbers depend on.
    private var key: String {
        let metadata = facts.metadata.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return FileDigest.sha256(
            of: (metadata + [backend.description] + examples.map(\.digest)).joined(separator: "\n"))
    }

    private func fill(
        _ file: ResumableTensorFile, _ transformer: Transformer, _ tokensPerPass: Int,
        _ onProgress: (Int, Int) throws -> Void
    ) throws {
        let sequences = examples.flatMap { item in item.example.sequences.map { (id: item.example.id, sequence: $0) } }
        let lengths = sequences.map { $0.sequence.tokens.count - 1 }
        let room = max(1, lengths.max() ?? 0, min(tokensPerPass, lengths.reduce(0, +)))
        let teacher = try Teacher(
            transformer, student: transformer.configuration, rows: room, backend: backend, threads: threads)
        var done = min(file.done, sequences.count)
        var row = sequences[..<done].reduce(0) { $0 + $1.sequence.targetCount }
        while done < sequences.count {
            var batch = TrainingBatch()
            let first = done
            repeat {
                batch.append(sequences[done].sequence)
                done += 1
            } while done < sequences.count && batch.rowCount + lengths[done] <= room
            try teacher.read(batch)
            for begin in stride(from: 0, to: batch.targets.count, by: teacher.logitRows) {
                let chunk = begin..<min(batch.targets.count, begin + teacher.logitRows)
                let found = try topTokens(teacher, chunk) { sequences[first + batch.targets[$0].sequence].id }
                try write(found, to: file, from: row + begin)
            }
            row += batch.targets.count
            try file.mark(done: done)
            try onProgress(done, sequences.count)
        }
    }

    /// - Parameter id: of the example that a target is of
    private func topTokens(
        _ teacher: Teacher, _ targets: Range<Int>, id: (Int) -> String
    ) throws -> [TeacherDistribution.TopTokens] {
        try teacher.computeLogits(targets)
        let logits = teacher.logits.rows(0..<targets.count)
        let (top, temperature) = (facts.top, facts.temperature)
        let found = parallelMap(targets.count, threads: threads) { row in
            TeacherDistribution.TopTokens(
                logits.rows(row..<(row + 1)), count: top, temperature: temperature)
        }
        for (target, tokens) in zip(targets, found) {
            guard let fault = tokens.fault(vocabularySize: facts.vocabularySize) else { continue }
            throw TrainingError.teacherFile(
                path: path, fault: "what the teacher says of example \(id(target)) cannot be stored: \(fault)")
        }
        return found
    }

    private func write(
        _ found: [TeacherDistribution.TopTokens], to file: ResumableTensorFile, from row: Int
    ) throws(CheckpointError) {
        try file.write(int32: found.flatMap(\.ids), to: "ids", from: row * facts.top)
        try file.write(found.flatMap(\.logProbabilities), to: "log_probabilities", from: row * facts.top)
        try file.write(found.map { $0.tail ?? 0 }, to: "tail", from: row)
    }
}

internal import Checkpoints
public import Tokenization

/// What a teacher said of every target of some examples: its most probable tokens, and what is left to the others.
///
/// A safetensors file whose rows are read when they are asked for, and checked then. Examples are found by their tokens,
/// so that their order and which of them are held out may change.
public struct StoredTeacher: Sendable {
    public let path: String
    public let facts: Facts
    private let file: SafetensorsFile
    /// Rows of each example, by its digest.
    private let rows: [String: Range<Int>]

    /// Opens a file.
    ///
    /// - Throws: ``TrainingError/teacherFile(path:fault:)``, `CheckpointError`
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        let facts = try Facts(file.metadata, path: path)
        let layout = TeacherLayout(
            examples: try Self.count("targets", file), targets: try Self.count("tail", file), facts)
        for tensor in layout.tensors { try Self.check(tensor, file) }
        self.path = path
        self.facts = facts
        self.file = file
        rows = try Self.rows(file, layout)
        file.releasePages()
    }

    /// Fails where the logits of a student cannot be compared with what is stored.
    ///
    /// - Throws: ``TrainingError/vocabularySizes(student:teacher:)``, ``TrainingError/configuration(key:found:allowed:)``
    func check(vocabularySize: Int, temperature: Double) throws(TrainingError) {
        guard facts.vocabularySize == vocabularySize else {
            throw .vocabularySizes(student: vocabularySize, teacher: facts.vocabularySize)
        }
        guard facts.temperature == temperature else {
            throw .configuration(
                key: "temperature", found: "\(temperature)",
                allowed:
                    "\(facts.temperature), at which \(path) was stored: the tail has no logits to be tempered; or store "
                    + "the teacher again")
        }
    }

    /// Fails where a student's tokens are not those of the teacher.
    ///
    /// - Throws: ``TrainingError/teacherFile(path:fault:)``
    public func check(_ tokenizer: any Tokenizer) throws(TrainingError) {
        guard facts.vocabulary == Self.digest(ofVocabulary: tokenizer) else {
            throw .teacherFile(
                path: path,
                fault: "its teacher has another vocabulary than the student; distillation needs one vocabulary")
        }
    }

    /// Fails for the first example that the file does not have, or has wrong numbers of. Reads all that is stored of them,
    /// one target at a time.
    ///
    /// - Throws: ``TrainingError/teacherFile(path:fault:)``
    func check(_ examples: [TrainingExample]) throws {
        for example in examples {
            for (target, row) in try rows(of: example).enumerated() {
                let found = try topTokens(ofRow: row)
                guard let fault = found.fault(vocabularySize: facts.vocabularySize) else { continue }
                throw TrainingError.teacherFile(
                    path: path, fault: "of example \(example.id), target \(target + 1): \(fault)")
            }
            file.releasePages()
        }
    }

    /// What is stored of each target of an example, in order.
    ///
    /// - Throws: ``TrainingError/teacherFile(path:fault:)`` where nothing is
    func topTokens(of example: TrainingExample) throws -> [TeacherDistribution.TopTokens] {
        try topTokens(ofRows: rows(of: example))
    }

    /// What is stored of the targets of some examples, to be read when it is asked for.
    ///
    /// - Throws: ``TrainingError/teacherFile(path:fault:)`` where nothing is
    func targets(of examples: [TrainingExample]) throws -> StoredTargets {
        StoredTargets(teacher: self, rows: try examples.flatMap { try rows(of: $0) })
    }

    /// What is stored in rows of the file.
    func topTokens(ofRows rows: some Sequence<Int>) throws -> [TeacherDistribution.TopTokens] {
        let found = try rows.map { try topTokens(ofRow: $0) }
        file.releasePages()
        return found
    }

    /// Rows of the file that hold the targets of an example.
    private func rows(of example: TrainingExample) throws(TrainingError) -> Range<Int> {
        guard let range = rows[Self.digest(of: example)] else {
            throw TrainingError.teacherFile(
                path: path,
                fault: "nothing is stored of example \(example.id): the data, the template or max_length have changed; "
                    + "store the teacher again (assay train teacher)")
        }
        guard range.count == example.targetCount else {
            throw TrainingError.teacherFile(
                path: path,
                fault: "\(range.count) targets are stored of example \(example.id), which has \(example.targetCount)")
        }
        return range
    }

    private func topTokens(ofRow row: Int) throws -> TeacherDistribution.TopTokens {
        let named = (row * facts.top)..<((row + 1) * facts.top)
        let values: [UInt32] = try elements(named, "log_probabilities")
        let tail: [UInt32] = try elements(row..<(row + 1), "tail")
        return TeacherDistribution.TopTokens(
            ids: try elements(named, "ids"), logProbabilities: values.map { Float(bitPattern: $0) },
            tail: Float(bitPattern: tail[0]))
    }

    private func elements<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ range: Range<Int>, _ name: String
    ) throws -> [Integer] {
        try file.withBytes(of: file.requiredTensor(named: name)) { bytes in
            range.map {
                let offset = $0 * MemoryLayout<Integer>.size
                return Integer(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Integer.self))
            }
        }
    }
}

extension StoredTeacher {
    /// Elements of a tensor that is a list.
    private static func count(_ name: String, _ file: SafetensorsFile) throws -> Int {
        let shape = try tensor(name, file).shape
        guard shape.count == 1 else { throw wrongShape(name, shape, "one dimension", file) }
        return shape[0]
    }

    private static func check(_ wanted: TensorDeclaration, _ file: SafetensorsFile) throws {
        let found = try tensor(wanted.name, file)
        guard found.elementType == wanted.elementType else {
            throw TrainingError.teacherFile(
                path: file.path,
                fault: "its \(wanted.name) are \(found.elementType.rawValue); allowed: \(wanted.elementType.rawValue)")
        }
        guard found.shape == wanted.shape else { throw wrongShape(wanted.name, found.shape, "\(wanted.shape)", file) }
    }

    private static func tensor(_ name: String, _ file: SafetensorsFile) throws(TrainingError) -> TensorDescription {
        guard let found = file.tensor(named: name) else {
            throw .teacherFile(path: file.path, fault: "it has no tensor \"\(name)\"")
        }
        return found
    }

    private static func wrongShape(
        _ name: String, _ shape: [Int], _ allowed: String, _ file: SafetensorsFile
    ) -> TrainingError {
        .teacherFile(path: file.path, fault: "its \(name) have the shape \(shape); allowed: \(allowed)")
    }

    private static func rows(_ file: SafetensorsFile, _ layout: TeacherLayout) throws -> [String: Range<Int>] {
        let digests = try file.withBytes(of: file.requiredTensor(named: "examples")) { bytes in
            unsafe bytes.withUnsafeBytes { all in
                (0..<layout.examples).map { index in
                    let place = index * TeacherLayout.digestLength
                    return unsafe String(decoding: all[place..<(place + TeacherLayout.digestLength)], as: UTF8.self)
                }
            }
        }
        var rows: [String: Range<Int>] = [:]
        var end = 0
        for (digest, count) in zip(digests, try file.integers(of: "targets")) {
            guard count >= 0, count <= layout.targets - end else {
                throw TrainingError.teacherFile(
                    path: file.path, fault: "its examples have other numbers of targets than \(layout.targets) in all")
            }
            rows[digest] = end..<(end + count)
            end += count
        }
        guard end == layout.targets else {
            throw TrainingError.teacherFile(
                path: file.path, fault: "its examples have \(end) targets, and \(layout.targets) are stored")
        }
        return rows
    }
}

/// The tensors of a stored teacher.
struct TeacherLayout {
    /// Digits of an example's digest.
    static let digestLength = 64
    let examples: Int
    let targets: Int
    let tensors: [TensorDeclaration]

    init(examples: Int, targets: Int, _ facts: StoredTeacher.Facts) {
        self.examples = examples
        self.targets = targets
        tensors = [
            TensorDeclaration(name: "targets", shape: [examples], elementType: .i64),
            TensorDeclaration(name: "ids", shape: [targets, facts.top], elementType: .i32),
            TensorDeclaration(name: "log_probabilities", shape: [targets, facts.top], elementType: .f32),
            TensorDeclaration(name: "tail", shape: [targets], elementType: .f32),
            TensorDeclaration(name: "examples", shape: [examples, Self.digestLength], elementType: .u8),
        ]
    }
}

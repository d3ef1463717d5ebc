internal import Checkpoints
internal import Foundation
internal import Tensors

/// The state of a run between two steps: trained weights, what the optimiser remembers, and the step.
///
/// One file, which appears complete or not at all. A run that goes on from it ends with the same bits as one that was
/// never stopped: everything else (order of examples, dropped inputs, learning rate) is a function of the step.
public struct CheckpointFolder: Sendable {
    public let path: String
    /// What the run is. A checkpoint of another run is refused.
    public let identity: TrainingIdentity
    /// The newest checkpoints that stay.
    public let kept: Int

    /// Makes the folder where there is none, and removes what a killed process has left of a checkpoint. One process at a
    /// time has the folder open: ``FolderLock`` sees to it.
    ///
    /// - Throws: errors of the file system.
    public init(path: String, identity: TrainingIdentity, kept: Int) throws {
        self.path = path
        self.identity = identity
        self.kept = max(1, kept)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where PartialFile.isName(name, ofFileBeginning: Self.beginning) {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    /// A folder for a run of which nothing but a digest is known.
    public init(path: String, identity: String, kept: Int) throws {
        try self.init(path: path, identity: TrainingIdentity(digest: identity), kept: kept)
    }

    /// What names of checkpoints begin with, before the step.
    private static let beginning = "step-"
    private static let ending = ".safetensors"

    /// The newest checkpoint; nil without one.
    public func newest() throws -> String? { try all().last?.path }

    /// Writes a checkpoint and removes those that are too old.
    ///
    /// - Returns: its path.
    /// - Throws: `CheckpointError`; what stood there before stays.
    func save(_ optimizer: Optimizer) throws -> String {
        let digits = String(optimizer.time)
        let name = Self.beginning + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + Self.ending
        let file = "\(path)/\(name)"
        let entries = Self.entries(optimizer)
        let writer = try SafetensorsWriter(
            path: file, metadata: try metadata(step: digits),
            tensors: entries.map {
                TensorDeclaration(name: $0.name, shape: [$0.rows, $0.columns], elementType: .f32)
            })
        for entry in entries {
            for rows in Self.pieces(entry.rows) {
                let matrix = Matrix(rows: rows.count, columns: entry.columns)
                try entry.read(rows, matrix.slice)
                try writer.append(matrix.slice.copy(), to: entry.name)
            }
        }
        try writer.finish()
        // One of a later step is damaged: the run would have gone on from it.
        let old = try all().filter { $0.step <= optimizer.time }.dropLast(kept)
        for checkpoint in old { try FileManager.default.removeItem(atPath: checkpoint.path) }
        return file
    }

    /// A checkpoint that a run goes on from.
    struct Restored {
        var path: String
        /// Newer ones, which cannot be read.
        var damaged: [DamagedCheckpoint]

        var warnings: [String] {
            damaged.map { "the checkpoint \($0) cannot be read; the training goes on from \(path)" }
        }
    }

    /// Puts weights and optimiser back to where the newest whole checkpoint was written.
    ///
    /// - Parameter steps: of the whole run; where none is left, the backend does not matter
    /// - Returns: nil where there is no checkpoint.
    /// - Throws: ``TrainingError/otherRun(checkpoint:field:)``, ``TrainingError/otherSettings(checkpoint:differences:)``,
    ///   ``TrainingError/otherBackend(checkpoint:here:there:)``, ``TrainingError/noWholeCheckpoint(_:)``.
    func restoreNewest(_ optimizer: Optimizer, steps: Int) throws -> Restored? {
        var damaged: [DamagedCheckpoint] = []
        for checkpoint in try all().reversed() {
            do {
                try restore(checkpoint.path, optimizer, steps: steps)
                return Restored(path: checkpoint.path, damaged: damaged)
            } catch let error as CheckpointError {
                damaged.append(DamagedCheckpoint(path: checkpoint.path, error))
            }
        }
        guard damaged.isEmpty else { throw TrainingError.noWholeCheckpoint(damaged) }
        return nil
    }

    private func restore(_ file: String, _ optimizer: Optimizer, steps: Int) throws {
        let stored = try SafetensorsFile(path: file)
        try check(stored.metadata, of: file)
        guard let step = stored.metadata["step"].flatMap({ Int($0) }), step >= 0 else {
            throw TrainingError.otherRun(checkpoint: file, field: "step")
        }
        if step < steps { try checkBackend(stored.metadata, of: file) }
        let entries = try Self.entries(optimizer).map { entry in
            let tensor = try stored.requiredTensor(named: entry.name)
            guard tensor.shape == [entry.rows, entry.columns] else {
                throw TrainingError.otherRun(checkpoint: file, field: "shape of \(entry.name)")
            }
            return (entry: entry, tensor: tensor)
        }
        for (entry, tensor) in entries {
            for rows in Self.pieces(entry.rows) {
                let matrix = Matrix(rows: rows.count, columns: entry.columns)
                try unsafe matrix.slice.withContiguousStorage {
                    try unsafe stored.dequantize(tensor, rows: rows, into: $0)
                }
                try entry.write(rows, matrix.slice)
            }
        }
        optimizer.time = step
    }

    /// By step; numbers of more than eight digits are not padded.
    private func all() throws -> [(path: String, step: Int)] {
        try FileManager.default.contentsOfDirectory(atPath: path)
            .compactMap { name in Self.step(ofFile: name).map { (path: "\(path)/\(name)", step: $0) } }
            .sorted { $0.step < $1.step }
    }

    private static func step(ofFile name: String) -> Int? {
        guard name.hasPrefix(beginning), name.hasSuffix(ending) else { return nil }
        return Int(name.dropFirst(beginning.count).dropLast(ending.count))
    }

    /// One matrix of the state.
    private struct Entry {
        var name: String
        var rows: Int
        var columns: Int
        var read: (Range<Int>, MatrixSlice) throws -> Void
        var write: (Range<Int>, MatrixSlice) throws -> Void
    }

    private static func entries(_ optimizer: Optimizer) -> [Entry] {
        zip(optimizer.parameters, optimizer.moments).flatMap { parameter, moments in
            let weights = Entry(
                name: parameter.name, rows: parameter.rowCount, columns: parameter.columnCount,
                read: { try parameter.copyRows($0, to: $1) }, write: { try parameter.replaceRows($0, with: $1) })
            let remembered = moments.enumerated().map { index, matrix in
                Entry(
                    name: "\(parameter.name).moment\(index + 1)", rows: parameter.rowCount,
                    columns: parameter.columnCount, read: { $1.assign(matrix.rows($0)) },
                    write: { matrix.rows($0).assign($1) })
            }
            return [weights] + remembered
        }
    }

    private static func pieces(_ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: rows, by: 1024).map { $0..<min(rows, $0 + 1024) }
    }
}

internal import Foundation

/// What a checkpoint says of its run.
extension CheckpointFolder {
    private static let facts = "facts"
    private static let backend = "backend"

    /// - Parameter step: in digits
    func metadata(step: String) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var metadata = ["step": step, "identity": identity.digest]
        metadata[Self.backend] = identity.backend
        if !identity.facts.isEmpty {
            metadata[Self.facts] = String(decoding: try encoder.encode(identity.facts), as: UTF8.self)
        }
        return metadata
    }

    /// Fails where a checkpoint is another run's, with all that differs.
    func check(_ metadata: [String: String], of file: String) throws(TrainingError) {
        let found = metadata["identity"] ?? ""
        guard !identity.accepts(found) else { return }
        guard let facts = Self.facts(metadata) ?? identity.earlier(found)?.facts else {
            throw .otherRun(checkpoint: file, field: "identity (settings, data or model)")
        }
        let differences = identity.differences(from: facts)
        guard !differences.isEmpty else {
            throw .otherRun(checkpoint: file, field: "data or model, by its contents,")
        }
        throw .otherSettings(checkpoint: file, differences: differences)
    }

    /// Fails where another backend took the steps before: those that are left would have other bits.
    func checkBackend(_ metadata: [String: String], of file: String) throws(TrainingError) {
        guard let here = identity.backend else { return }
        let there = metadata[Self.backend] ?? metadata["identity"].flatMap { identity.earlier($0)?.backend }
        guard let there, there != here else { return }
        throw .otherBackend(checkpoint: file, here: here, there: String(there.prefix(80)))
    }

    private static func facts(_ metadata: [String: String]) -> [String: String]? {
        metadata[facts].flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
    }
}

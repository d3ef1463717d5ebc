internal import Checkpoints
internal import Hooks
internal import LanguageModels
internal import Tensors
internal import Transformers

/// What extracted activations depend on: a file that was begun with another key is not continued.
enum ExtractionKey {
    /// SHA-256 in hexadecimal.
    static func make(
        model: LanguageModel, layout: ActivationFile.Layout, requests: [Extraction.Request]
    ) throws -> String {
        let computed = [model.backend.mode.rawValue, model.backend.description]
        let form = layout.isFlat ? ["flat"] : []
        let facts = [try model.digest()] + computed + layout.points.map(\.description) + layout.positions + form
        var bytes = Array(facts.joined(separator: "\n").utf8)
        for request in requests {
            bytes += Array("\n\(request.positions) \(request.ids.count):".utf8)
            for id in request.ids { bytes += (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * Int32($0))) } }
        }
        return FileDigest.sha256(of: bytes)
    }
}

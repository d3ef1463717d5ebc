internal import Foundation
internal import Steering
internal import Tokenization
internal import Transformers

/// The part of a guard's file that is text: JSON in the header of the safetensors file, under `latentguard`.
struct ProfileHeader: Codable {
    struct Head: Codable {
        /// The head's tensors are `NAME.weights` and, where readings are brought to length 1, `NAME.centres`.
        var name: String
        var normalization: GuardHead.Normalization
        var readings: [Int]
        var bias: Double
        var calibration: Calibration?
    }

    struct NoveltyPart: Codable {
        var reading: Int
        var variances: [Double]
        var residualVariance: Double
        var limit: Double
    }

    var version: Int
    var model: String
    var template: String?
    var readings: [Reading]
    var width: Int
    var harmful: Head
    var threshold: Double
    var calibration: Calibration
    var refusal: Head?
    var categories: [Head]
    var novelty: NoveltyPart
    var record: FitRecord

    init(_ profile: GuardProfile) {
        version = GuardProfile.formatVersion
        model = profile.model
        template = profile.template
        readings = profile.readings
        width = profile.width
        harmful = Self.head("harmful", profile.harmful)
        threshold = profile.threshold
        calibration = profile.calibration
        refusal = profile.refusal.map { Self.head("refusal", $0) }
        categories = profile.categories.map { Self.head("category." + $0.name, $0.head, $0.calibration) }
        novelty = NoveltyPart(
            reading: profile.novelty.reading, variances: profile.novelty.variances,
            residualVariance: profile.novelty.residualVariance, limit: profile.novelty.limit)
        record = profile.record
    }

    private static func head(_ name: String, _ head: GuardHead, _ calibration: Calibration? = nil) -> Head {
        Head(
            name: name, normalization: head.normalization, readings: head.readings, bias: head.bias,
            calibration: calibration)
    }

    /// - Throws: ``GuardError/unreadable(path:reason:)``.
    init(json: String, path: String) throws {
        do {
            self = try JSONDecoder().decode(ProfileHeader.self, from: Data(json.utf8))
        } catch {
            let field = (error as? DecodingError)?.field.map { ": \($0) is missing or wrong" } ?? ""
            throw GuardError.unreadable(path: path, reason: "its header is not what a guard's header is\(field)")
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Bounds everything before it is used.
    ///
    /// - Throws: ``GuardError``.
    func check() throws(GuardError) {
        guard version == GuardProfile.formatVersion else {
            throw .version(found: version, known: GuardProfile.formatVersion)
        }
        try require("width", width, (1...65_536).contains(width), "1 to 65536")
        try require("number of readings", readings.count, (1...1024).contains(readings.count), "1 to 1024")
        try require("number of categories", categories.count, categories.count <= 256, "at most 256")
        try require(
            "date", record.date ?? "none", record.date.map { CivilTime(date: $0) != nil } ?? true,
            "a day of the calendar, as YYYY-MM-DD")
        try require("threshold", threshold, threshold.isFinite, "a finite number")
        try require("calibration", calibration, calibration.isValid, "finite numbers that rise")
        try checkReadings()
        for head in [harmful] + categories + (refusal.map { [$0] } ?? []) {
            try require("bias of \(head.name)", head.bias, head.bias.isFinite, "a finite number")
            try require(
                "readings of \(head.name)", head.readings,
                head.readings.count <= readings.count && head.readings.allSatisfy { readings.indices.contains($0) },
                "some of the guard's readings")
            try require(
                "calibration of \(head.name)", "bad", head.calibration?.isValid ?? true, "finite numbers that rise")
        }
        try require(
            "novelty's reading", novelty.reading, readings.indices.contains(novelty.reading), "one that there is")
        let variances = novelty.variances + [novelty.residualVariance, novelty.limit]
        try require("novelty", "bad", variances.allSatisfy { $0.isFinite && $0 > 0 }, "numbers above 0")
        try require(
            "novelty's components", novelty.variances.count, novelty.variances.count <= width, "at most \(width)")
    }

    private func checkReadings() throws(GuardError) {
        for (index, reading) in readings.enumerated() {
            let isPossible = reading.site.isInBlock ? reading.layer ?? -1 >= 0 : reading.layer == nil
            try require(
                "layer of reading \(index)", reading.layer.map { "\($0)" } ?? "none", isPossible,
                "0 or more for a site in a block, none for another")
            try require(
                "site of reading \(index)", reading.site.rawValue, reading.hasResidualWidth,
                "a site with one vector for each position, as wide as the residual stream")
        }
    }

    private func require(_ field: String, _ value: Any, _ holds: Bool, _ allowed: String) throws(GuardError) {
        guard holds else { throw .invalid(field: field, found: "\(value)", allowed: allowed) }
    }
}

extension DecodingError {
    /// Where decoding failed, such as `readings.0.position`; nil for a text that is no JSON.
    fileprivate var field: String? {
        let path: [any CodingKey] =
            switch self {
            case .keyNotFound(let key, let context): context.codingPath + [key]
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            @unknown default: []
            }
        let names = path.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }
        return names.isEmpty ? nil : String(names.joined(separator: ".").prefix(80))
    }
}

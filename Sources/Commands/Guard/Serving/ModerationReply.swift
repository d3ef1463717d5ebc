internal import LatentGuard

/// The reply of `/v1/moderations`, with the guard's own figures in an object beside OpenAI's.
struct ModerationReply: Encodable {
    struct Item: Encodable {
        var flagged: Bool
        var categories: [String: Bool]
        var categoryScores: [String: Double]
        /// `text` for a category that the guard knows; empty for one that it does not, whose score of 0 means nothing.
        var appliedInputTypes: [String: [String]]
        var latentguard: Verdict

        enum CodingKeys: String, CodingKey {
            case flagged, categories, latentguard
            case categoryScores = "category_scores"
            case appliedInputTypes = "category_applied_input_types"
        }
    }

    var id: String
    var model: String
    var results: [Item]
}

extension ModerationReply.Item {
    /// OpenAI's categories, and which of the guard's speak for each.
    private static let sources: [(name: String, from: [String])] = [
        ("harassment", ["harassment"]), ("harassment/threatening", []), ("hate", ["hate"]), ("hate/threatening", []),
        ("illicit", ["cybercrime", "fraud", "theft", "drugs", "privacy", "government", "economic-harm", "copyright"]),
        ("illicit/violent", ["weapons", "chemical-biological"]), ("self-harm", ["self-harm"]),
        ("self-harm/instructions", []), ("self-harm/intent", []), ("sexual", ["sexual"]), ("sexual/minors", []),
        ("violence", ["violence"]), ("violence/graphic", []),
    ]

    /// A guard that is unsure flags the prompt, for it cannot say that it is harmless, but names no category.
    init(_ verdict: Verdict) {
        let known = Dictionary(
            uniqueKeysWithValues: Self.sources.map { source in
                (source.name, source.from.compactMap { verdict.categories[$0] })
            })
        categoryScores = known.mapValues { $0.max() ?? 0 }
        appliedInputTypes = known.mapValues { $0.isEmpty ? [] : ["text"] }
        categories = categoryScores.mapValues { verdict.decision == .harmful && $0 >= 0.5 }
        flagged = verdict.decision != .harmless
        latentguard = verdict
    }
}

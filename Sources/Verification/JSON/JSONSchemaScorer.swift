/// Right where the reply is a JSON document that fits a schema.
///
/// The document is the whole reply, or its first fenced block, or the text from its first brace or bracket to its last.
/// A reply without a JSON document is wrong, not unscored: the format is what is asked for. The schema is the parameter
/// `schema`, or the prompt's target where there is none.
public struct JSONSchemaScorer: Scorer {
    public let name = "json-schema"
    public let version = 1
    public let parameters: [String: String]

    private let schema: JSONSchema?

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "json-schema", allowed: ["schema"])
        do {
            schema = try given.text("schema").map { text throws(JSONSchema.Problem) in try JSONSchema(text) }
        } catch {
            throw .invalidParameter(
                scorer: "json-schema", parameter: "schema", found: given.text("schema") ?? "", allowed: error.reason)
        }
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        let own = submission.targets.first.flatMap { try? JSONSchema($0) }
        guard let schema = schema ?? own else { return Grade(outcome: .unscored(reason: "no schema")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            guard let document = Self.document(in: reply) else {
                return Grade(outcome: .scored(0), label: "not JSON")
            }
            guard let fits = schema.accepts(document) else {
                return Grade(outcome: .unscored(reason: "the schema takes too long on this document"))
            }
            return Grade(outcome: .scored(fits ? 1 : 0), label: fits ? "fits" : "does not fit")
        }
    }

    private static func document(in reply: String) -> JSONDocument? {
        if let whole = JSONDocument(reply) { return whole }
        let parts = reply.split(separator: "```", omittingEmptySubsequences: false)
        if parts.count >= 3 {
            let block = parts[1].drop { $0.isLetter }
            if let fenced = JSONDocument(String(block)) { return fenced }
        }
        guard let first = reply.firstIndex(where: { "{[".contains($0) }),
            let last = reply.lastIndex(where: { "}]".contains($0) }), first < last
        else { return nil }
        return JSONDocument(String(reply[first...last]))
    }
}

/// What is kept of a run of training, apart from its steps.
public struct TrainingRunRecord: Codable, Hashable, Sendable {
    /// Whether it has come to its end. One that failed goes on like one that was stopped.
    public enum Status: String, Codable, Hashable, Sendable {
        case started, finished, failed
    }

    public var id: String
    /// `sft`, `dpo` or `distill`.
    public var kind: String
    public var model: String
    /// Digest of settings, data and model: runs of one identity end with the same weights.
    public var identity: String
    /// The recipe as JSON.
    public var recipe: String
    /// Backend, processor and threads.
    public var environment: String
    public var status: Status
    public var startedAt: String
    /// Why it failed; not nil exactly where it did.
    public var reason: String?

    public init(
        id: String, kind: String, model: String, identity: String, recipe: String, environment: String, status: Status,
        startedAt: String, reason: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.model = model
        self.identity = identity
        self.recipe = recipe
        self.environment = environment
        self.status = status
        self.startedAt = startedAt
        self.reason = reason
    }
}

internal import Verification

/// Everything that decides what the rows of a run are, as named fields, so that two runs can be compared.
///
/// Texts of the definition are present as digests. The model's path, the number of threads, the batch size and the
/// machine are absent: they cannot change a row. The backend is present, because other instructions give other last
/// digits.
public struct PlanIdentity: Codable, Hashable, Sendable {
    public let fields: [String: String]

    init(_ run: RunRecord) {
        let definition = run.definition
        var fields = [
            "evaluation.name": definition.name,
            "evaluation.version": String(definition.version),
            "evaluation.prompts": CanonicalJSON.text(of: definition.prompts),
            "evaluation.scorers": CanonicalJSON.text(of: definition.scorers),
            "limit": run.settings.limit.map(String.init) ?? "none",
            "model.backend": run.model.backend,
            "prompt_sets.used": CanonicalJSON.text(of: run.promptSets.map(\.promptCount)),
            "samples": String(run.settings.generation.samples),
            "seed": String(run.settings.generation.seed),
            "scorers": CanonicalJSON.text(of: run.scorers),
        ]
        if let programs = run.settings.programs {
            fields["programs.cpu_seconds"] = String(programs.cpuSeconds)
            fields["programs.memory"] = String(programs.memoryMiB)
        }
        fields.merge(Self.samplingFields(run)) { first, _ in first }
        self.fields = fields
    }

    /// What changes a sample of a prompt, the seed aside.
    static func samplingFields(_ run: RunRecord) -> [String: String] {
        let definition = run.definition
        let settings = run.settings.generation
        var fields = [
            "evaluation.format": definition.format.rawValue,
            "evaluation.prompt_template": CanonicalJSON.digest(of: [definition.promptTemplate]),
            "evaluation.system": CanonicalJSON.digest(of: [definition.system]),
            "evaluation.task": definition.task.rawValue,
            "max_tokens": String(settings.maxTokens),
            "min_p": settings.minP.description,
            "model.compute_mode": run.model.computeMode,
            "model.digest": run.model.digest,
            "model.template_digest": run.model.templateDigest ?? "none",
            "prompt_sets": CanonicalJSON.text(of: run.promptSets.map { [$0.name, $0.digest, $0.format] }),
            "stop": CanonicalJSON.digest(of: settings.stop),
            "temperature": settings.temperature.description,
            "top_k": String(settings.topK),
            "top_p": settings.topP.description,
        ]
        fields["stopping"] = run.settings.stopping
        fields["evaluation.date"] = definition.date
        return fields
    }

    /// SHA-256 over the fields in canonical JSON.
    public var digest: String { CanonicalJSON.digest(of: fields) }

    /// Names of the fields in which two plans differ, in alphabetical order.
    public func differences(from other: PlanIdentity) -> [String] {
        Set(fields.keys).union(other.fields.keys).filter { fields[$0] != other.fields[$0] }.sorted()
    }
}

extension RunRecord {
    public var identity: PlanIdentity { PlanIdentity(self) }

    /// Two runs with the same digest have the same rows.
    public var planDigest: String { identity.digest }

    /// Digest of what changes a sample of a prompt: not the seed, the number of samples and prompts, the scorers, nor
    /// the backend. Runs that agree on it, and on the scorer, may be pooled.
    public var samplingDigest: String { CanonicalJSON.digest(of: PlanIdentity.samplingFields(self)) }

    /// What grades of a scorer depend on beside the samples: the limits of programs, where it executes them; empty
    /// elsewhere.
    ///
    /// - Parameter scorer: its key.
    public func gradingLimits(of scorer: String) -> String {
        guard let programs = settings.programs, ScorerRegistry.executes(key: scorer) else { return "" }
        return "\(programs.cpuSeconds) s, \(programs.memoryMiB) MiB"
    }
}

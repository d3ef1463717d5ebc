/// Settings of a run as JSON documents of the command line name them.
struct SettingsDocument: Encodable {
    private let settings: RunSettings

    init(_ settings: RunSettings) { self.settings = settings }

    private enum CodingKeys: String, CodingKey {
        case limit, stopping, programs
    }

    private struct Programs: Encodable {
        var cpu_seconds: Int
        var memory_mib: Int
    }

    func encode(to encoder: any Encoder) throws {
        try settings.generation.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(settings.limit, forKey: .limit)
        try container.encodeIfPresent(settings.stopping, forKey: .stopping)
        let programs = settings.programs.map { Programs(cpu_seconds: $0.cpuSeconds, memory_mib: $0.memoryMiB) }
        try container.encodeIfPresent(programs, forKey: .programs)
    }
}

/// A set that a run uses.
struct PromptSetDocument: Encodable {
    var name: String
    var digest: String
    var format: String
    var prompts: Int

    init(_ set: PromptSetReference) {
        (name, digest, format, prompts) = (set.name, set.digest, set.format, set.promptCount)
    }
}

/// A scorer of a run.
struct ScorerDocument: Encodable {
    var scorer: String
    var version: Int

    init(_ reference: ScorerReference) { (scorer, version) = (reference.key, reference.version) }
}

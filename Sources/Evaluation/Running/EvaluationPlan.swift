public import Verification

/// An evaluation with every prompt, sample, seed and limit resolved: what will happen, before the first token.
public struct EvaluationPlan: Sendable {
    public let definition: EvaluationDefinition
    /// With the command line's changes.
    public let settings: RunSettings
    public let promptSets: [PromptSetReference]
    /// In the order in which they are asked for.
    public let prompts: [PlannedPrompt]
    public let scorers: [any Scorer]
    public let scorerReferences: [ScorerReference]
    public let warnings: [PlanWarning]

    /// Prompts times samples.
    public var sampleCount: Int { prompts.count * settings.generation.samples }

    /// The most samples that one run may hold.
    public static let sampleLimit = 50_000_000

    /// - Parameters:
    ///   - promptSets: one for each of the definition's sources, in their order, complete.
    ///   - scorers: one for each of the definition's scorers, in their order.
    public init(
        definition: EvaluationDefinition,
        promptSets: [PromptSet],
        scorers: [any Scorer],
        overrides: PlanOverrides = PlanOverrides()
    ) throws(PlanError) {
        self.definition = definition
        let executes = scorers.contains(where: ScorerRegistry.executes)
        settings = overrides.applied(to: definition.generation, executes: executes)
        try Self.check(settings, task: definition.task)
        self.scorers = scorers
        scorerReferences = try Self.references(to: scorers, in: definition)
        let chosen = try PromptChoice(definition: definition, promptSets: promptSets, limit: settings.limit)
        prompts = chosen.prompts
        self.promptSets = chosen.references
        let (count, overflow) = prompts.count.multipliedReportingOverflow(by: settings.generation.samples)
        guard !overflow, count <= Self.sampleLimit else {
            let samples = settings.generation.samples
            throw .tooManySamples(prompts: prompts.count, samples: samples, allowed: Self.sampleLimit)
        }
        warnings = PlanWarning.warnings(about: prompts, settings: settings.generation)
        try checkScorers()
    }

    private static func references(
        to scorers: [any Scorer],
        in definition: EvaluationDefinition
    ) throws(PlanError) -> [ScorerReference] {
        guard scorers.count == definition.scorers.count else {
            throw .scorerCount(found: scorers.count, definitions: definition.scorers.count)
        }
        guard !scorers.isEmpty else { throw .noScorers }
        let references = scorers.map { ScorerReference($0) }
        var seen: Set<String> = []
        for reference in references where !seen.insert(reference.key).inserted {
            throw .duplicateScorer(key: reference.key)
        }
        return references
    }

    /// What is written when the run starts.
    public func record(
        id: String,
        model: ModelIdentity,
        environment: RunEnvironment,
        startedAt: String
    ) -> RunRecord {
        RunRecord(
            id: id,
            definition: definition,
            model: model,
            promptSets: promptSets,
            scorers: scorerReferences,
            plannedSamples: sampleCount,
            settings: settings,
            environment: environment,
            status: .started,
            startedAt: startedAt
        )
    }

    /// Fails where `run` was made from another plan or another model, naming what differs.
    public func checkContinues(_ run: RunRecord, on model: ModelIdentity) throws(PlanError) {
        let own = record(id: run.id, model: model, environment: run.environment, startedAt: run.startedAt)
        let fields = own.identity.differences(from: run.identity)
        guard fields.isEmpty else { throw .differs(fields: fields) }
    }
}

/// What the command line changes in a definition; nil leaves it.
public struct PlanOverrides: Hashable, Sendable {
    /// Prompts kept, from the front.
    public var limit: Int?
    public var samples: Int?
    public var seed: UInt64?
    public var temperature: Double?
    /// See ``RunSettings/stopping``.
    public var stopping: String?
    /// See ``RunSettings/programs``; left out of plans whose scorers execute nothing.
    public var programs: ProgramLimits?

    public init(
        limit: Int? = nil, samples: Int? = nil, seed: UInt64? = nil, temperature: Double? = nil,
        stopping: String? = nil, programs: ProgramLimits? = nil
    ) {
        self.limit = limit
        self.samples = samples
        self.seed = seed
        self.temperature = temperature
        self.stopping = stopping
        self.programs = programs
    }

    func applied(to settings: GenerationSettings, executes: Bool) -> RunSettings {
        var generation = settings
        if let samples { generation.samples = samples }
        if let seed { generation.seed = seed }
        if let temperature { generation.temperature = temperature }
        return RunSettings(
            generation: generation, limit: limit, stopping: stopping, programs: executes ? programs : nil)
    }
}

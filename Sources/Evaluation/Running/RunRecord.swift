public import Verification

/// Everything needed to repeat a run; written when it starts.
public struct RunRecord: Codable, Hashable, Sendable {
    /// Lower-case UUID.
    public var id: String
    public var definition: EvaluationDefinition
    public var model: ModelIdentity
    /// In the order of the definition's sources; a set that is used twice is here twice.
    public var promptSets: [PromptSetReference]
    public var scorers: [ScorerReference]
    /// Prompts after filters and limits, times samples.
    public var plannedSamples: Int
    public var settings: RunSettings
    public var environment: RunEnvironment
    public var status: RunStatus
    /// ISO 8601, UTC.
    public var startedAt: String
    public var finishedAt: String?

    public init(
        id: String,
        definition: EvaluationDefinition,
        model: ModelIdentity,
        promptSets: [PromptSetReference],
        scorers: [ScorerReference] = [],
        plannedSamples: Int,
        settings: RunSettings,
        environment: RunEnvironment,
        status: RunStatus,
        startedAt: String,
        finishedAt: String? = nil
    ) {
        self.id = id
        self.definition = definition
        self.model = model
        self.promptSets = promptSets
        self.scorers = scorers
        self.plannedSamples = plannedSamples
        self.settings = settings
        self.environment = environment
        self.status = status
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

/// Which prompts a run used.
public struct PromptSetReference: Codable, Hashable, Sendable {
    public var name: String
    public var digest: String
    public var format: String
    /// Prompts that the run uses of this set.
    public var promptCount: Int

    public init(name: String, digest: String, format: String, promptCount: Int) {
        self.name = name
        self.digest = digest
        self.format = format
        self.promptCount = promptCount
    }
}

/// What the command line changed in the definition, already applied.
///
/// Batch size and threads are not here: they cannot change a result.
public struct RunSettings: Codable, Hashable, Sendable {
    public var generation: GenerationSettings
    /// Prompts kept, from the front; nil keeps all.
    public var limit: Int?
    /// The policy that ended the sampling of a task before all planned samples were drawn; nil where all were. Such samples
    /// are no random choice, and are never pooled with others.
    public var stopping: String?
    /// What programs that the model wrote may use; nil where no scorer executes them.
    public var programs: ProgramLimits?

    public init(
        generation: GenerationSettings, limit: Int? = nil, stopping: String? = nil, programs: ProgramLimits? = nil
    ) {
        self.generation = generation
        self.limit = limit
        self.stopping = stopping
        self.programs = programs
    }
}

/// What one program that a model wrote may use: a program that runs out of it is unscored.
public struct ProgramLimits: Codable, Hashable, Sendable {
    /// Of processor time.
    public var cpuSeconds: Int
    public var memoryMiB: Int

    public init(cpuSeconds: Int, memoryMiB: Int) {
        self.cpuSeconds = cpuSeconds
        self.memoryMiB = memoryMiB
    }
}

/// Where a run was made. Informative: none of it is part of the plan.
public struct RunEnvironment: Codable, Hashable, Sendable {
    public var assayVersion: String
    public var cpu: String
    public var threads: Int
    public var batch: Int
    /// Version of the interpreter that programs ran on; nil where none ran.
    public var python: String?

    public init(assayVersion: String, cpu: String, threads: Int, batch: Int, python: String? = nil) {
        self.assayVersion = assayVersion
        self.cpu = cpu
        self.threads = threads
        self.batch = batch
        self.python = python
    }
}

public enum RunStatus: String, Codable, Hashable, Sendable {
    /// Started and not finished: running now, or stopped and waiting for `--resume`.
    case started
    case finished
    case failed
}

/// One completion of one prompt with its grades; (run, promptIndex, sampleIndex) is its key.
///
/// Holds nothing that differs between two runs of the same plan.
public struct SampleRecord: Codable, Hashable, Sendable {
    /// Index into the plan's prompts.
    public var promptIndex: Int
    public var promptSet: String
    public var promptID: String
    public var label: String?
    public var category: String?
    public var sampleIndex: Int
    public var promptIDs: [Int32]
    /// The sampled ids; for a choice, those of the chosen option.
    public var ids: [Int32]
    /// One for each of `ids`; for a choice, one for each option, summed over its tokens.
    public var logProbabilities: [Float]
    public var text: String
    /// `stop`, `length`, `choice` for multiple choice, or `error`.
    public var finish: String
    /// Why there is no completion, where there is none.
    public var error: String?
    public var scores: [ScoreRecord]

    public init(
        promptIndex: Int,
        promptSet: String,
        promptID: String,
        label: String?,
        category: String?,
        sampleIndex: Int,
        promptIDs: [Int32],
        ids: [Int32],
        logProbabilities: [Float],
        text: String,
        finish: String,
        error: String?,
        scores: [ScoreRecord]
    ) {
        self.promptIndex = promptIndex
        self.promptSet = promptSet
        self.promptID = promptID
        self.label = label
        self.category = category
        self.sampleIndex = sampleIndex
        self.promptIDs = promptIDs
        self.ids = ids
        self.logProbabilities = logProbabilities
        self.text = text
        self.finish = finish
        self.error = error
        self.scores = scores
    }
}

/// The grade of one scorer.
public struct ScoreRecord: Codable, Hashable, Sendable {
    /// The scorer's name and what distinguishes it: `refusal/refusal-direction`.
    public var scorer: String
    public var version: Int
    public var grade: Grade

    public init(scorer: String, version: Int, grade: Grade) {
        self.scorer = scorer
        self.version = version
        self.grade = grade
    }
}

/// A figure of a finished run, with its interval.
public struct MetricRecord: Codable, Hashable, Sendable {
    /// `refusal_rate`, `accuracy`, …
    public var name: String
    public var scorer: String
    /// Which samples: `all`, `label=harmful`, `category=fraud`.
    public var group: String
    /// Nil where no sample was scored.
    public var value: Double?
    /// Ends of the 95% interval.
    public var lower: Double?
    public var upper: Double?
    /// Scored samples, and those that could not be scored.
    public var scored: Int
    public var unscored: Int

    public init(
        name: String,
        scorer: String,
        group: String,
        value: Double?,
        lower: Double?,
        upper: Double?,
        scored: Int,
        unscored: Int
    ) {
        self.name = name
        self.scorer = scorer
        self.group = group
        self.value = value
        self.lower = lower
        self.upper = upper
        self.scored = scored
        self.unscored = unscored
    }
}

/// A stored run as JSON documents of the command line show it: the keys of `report run`, and what that leaves out.
package struct RunDocument: Encodable {
    var id: String
    var evaluation: String
    var version: Int
    var status: RunStatus
    var started: String
    var finished: String?
    var planned_samples: Int
    var model: Model
    var prompt_sets: [PromptSetDocument]
    var settings: SettingsDocument
    var scorers: [ScorerDocument]
    var definition: Definition
    var environment: Environment

    package init(_ run: RunRecord) {
        id = run.id
        evaluation = run.definition.name
        version = run.definition.version
        status = run.status
        started = run.startedAt
        finished = run.finishedAt
        planned_samples = run.plannedSamples
        model = Model(run.model)
        prompt_sets = run.promptSets.map(PromptSetDocument.init)
        settings = SettingsDocument(run.settings)
        scorers = run.scorers.map(ScorerDocument.init)
        definition = Definition(run.definition)
        environment = Environment(run.environment)
    }

    struct Model: Encodable {
        var name: String
        var digest: String
        var architecture: String
        var template_digest: String?
        var compute_mode: String
        var backend: String

        init(_ model: ModelIdentity) {
            (name, digest, architecture) = (model.name, model.digest, model.architecture)
            (template_digest, compute_mode, backend) = (model.templateDigest, model.computeMode, model.backend)
        }
    }

    /// With the keys of the definition's file.
    struct Definition: Encodable {
        var description: String
        var prompts: [PromptSource]
        var system: String?
        var prompt_template: String?
        var format: PromptFormat
        var date: String?
        var task: EvaluationTask
        var generation: GenerationSettings
        var scorers: [ScorerDefinition]

        init(_ definition: EvaluationDefinition) {
            (description, prompts) = (definition.description, definition.prompts)
            (system, prompt_template) = (definition.system, definition.promptTemplate)
            (format, date, task) = (definition.format, definition.date, definition.task)
            (generation, scorers) = (definition.generation, definition.scorers)
        }
    }

    struct Environment: Encodable {
        var assay_version: String
        var cpu: String
        var threads: Int
        var batch: Int
        var python: String?

        init(_ environment: RunEnvironment) {
            (assay_version, cpu) = (environment.assayVersion, environment.cpu)
            (threads, batch, python) = (environment.threads, environment.batch, environment.python)
        }
    }
}

/// A metric as `report run` shows it.
package struct MetricDocument: Encodable {
    var name: String
    var scorer: String
    var group: String
    var value: Double?
    /// Ends of the 95% interval.
    var interval: [Double]?
    var scored: Int
    var unscored: Int

    package init(_ metric: MetricRecord) {
        (name, scorer, group) = (metric.name, metric.scorer, metric.group)
        value = metric.value
        if let lower = metric.lower, let upper = metric.upper { interval = [lower, upper] }
        (scored, unscored) = (metric.scored, metric.unscored)
    }
}

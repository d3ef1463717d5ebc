/// What to ask, how to sample and how to grade: one YAML file of `evals/`.
///
/// A definition with the same name and version always means the same thing; a change that can change a result raises
/// `version`.
public struct EvaluationDefinition: Codable, Hashable, Sendable {
    public var name: String
    public var version: Int
    public var description: String
    public var prompts: [PromptSource]
    /// System message for prompts that bring none.
    public var system: String?
    /// Text around the question, with `{prompt}` where it goes; also `{choices}` for multiple choice.
    public var promptTemplate: String?
    public var format: PromptFormat
    /// What a chat template that asks for the date is told, as `YYYY-MM-DD`; it has none where nil.
    public var date: String?
    public var task: EvaluationTask
    public var generation: GenerationSettings
    public var scorers: [ScorerDefinition]

    public init(
        name: String,
        version: Int,
        description: String,
        prompts: [PromptSource],
        system: String? = nil,
        promptTemplate: String? = nil,
        format: PromptFormat = .chat,
        date: String? = nil,
        task: EvaluationTask = .generate,
        generation: GenerationSettings = GenerationSettings(),
        scorers: [ScorerDefinition]
    ) {
        self.name = name
        self.version = version
        self.description = description
        self.prompts = prompts
        self.system = system
        self.promptTemplate = promptTemplate
        self.format = format
        self.date = date
        self.task = task
        self.generation = generation
        self.scorers = scorers
    }
}

/// A prompt set and the part of it that is used.
public struct PromptSource: Codable, Hashable, Sendable {
    /// Path relative to the definition's folder.
    public var file: String
    /// The file's form; nil where its header or keys tell it.
    public var format: PromptSetFormat?
    /// Keeps prompts with one of these labels; nil keeps all.
    public var labels: [String]?
    /// Keeps prompts of these categories; nil keeps all.
    public var categories: [String]?
    /// Keeps the first prompts that are left after the filters.
    public var limit: Int?

    public init(
        file: String, format: PromptSetFormat? = nil, labels: [String]? = nil, categories: [String]? = nil,
        limit: Int? = nil
    ) {
        self.file = file
        self.format = format
        self.labels = labels
        self.categories = categories
        self.limit = limit
    }
}

/// How the prompt reaches the model.
public enum PromptFormat: String, Codable, Hashable, Sendable, CaseIterable {
    /// Through the model's own chat template.
    case chat
    /// As plain text, to be continued.
    case raw
}

/// What the model does with a prompt.
public enum EvaluationTask: String, Codable, Hashable, Sendable, CaseIterable {
    /// It writes a completion, which the scorers grade.
    case generate
    /// It gives each choice a log-probability; the largest is its answer.
    case multipleChoice = "multiple_choice"
}

/// How completions are sampled.
public struct GenerationSettings: Codable, Hashable, Sendable {
    /// Completions per prompt.
    public var samples: Int
    public var maxTokens: Int
    /// 0 is greedy decoding.
    public var temperature: Double
    /// Keeps the smallest set of tokens whose probability reaches this; 1 keeps all.
    public var topP: Double
    /// Keeps the most probable tokens; 0 keeps all.
    public var topK: Int
    /// Keeps tokens at least this fraction as probable as the best one; 0 keeps all.
    public var minP: Double
    /// Texts that end a completion; they are not part of it.
    public var stop: [String]
    public var seed: UInt64

    public init(
        samples: Int = 1,
        maxTokens: Int = 128,
        temperature: Double = 0,
        topP: Double = 1,
        topK: Int = 0,
        minP: Double = 0,
        stop: [String] = [],
        seed: UInt64 = 0
    ) {
        self.samples = samples
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.stop = stop
        self.seed = seed
    }

    enum CodingKeys: String, CodingKey {
        case samples, temperature, stop, seed
        case maxTokens = "max_tokens"
        case topP = "top_p"
        case topK = "top_k"
        case minP = "min_p"
    }
}

/// A scorer by name, with its parameters: `{name: refusal, parameters: {list: refusal-direction}}`.
public struct ScorerDefinition: Codable, Hashable, Sendable {
    public var name: String
    public var parameters: [String: String]

    public init(name: String, parameters: [String: String] = [:]) {
        self.name = name
        self.parameters = parameters
    }
}

import Evaluation
import TestSupport
import Tokenization
import Verification

/// A model whose samples are a function of the prompt's id, the sample's index and the seed, and which ends them in an
/// order of its own.
struct ScriptedModel: EvaluatedModel {
    var identity = ModelIdentity(
        name: "scripted",
        digest: String(repeating: "a", count: 64),
        architecture: "scripted",
        templateDigest: nil,
        computeMode: "f32",
        backend: "none"
    )
    var contextLength = 4096
    /// Seed of the order in which samples end.
    var order: UInt64 = 0

    struct CannotRender: Error {}

    func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt {
        guard messages.allSatisfy({ ["system", "user", "assistant"].contains($0.role) }) else { throw CannotRender() }
        let turns = messages.map { "<\($0.role)>\($0.content)" }.joined()
        return try render(text: turns + "<assistant>" + (prefill ?? ""))
    }

    func render(text: String) throws -> RenderedPrompt {
        let ids = encodeContinuation(text)
        return RenderedPrompt(
            text: text, ids: ids, parts: [], contents: [], instructionEnd: nil, promptEnd: max(0, ids.count - 1))
    }

    func generate(
        _ requests: [GenerationRequest],
        settings: GenerationSettings,
        onSample: (GeneratedSample) throws -> Void
    ) throws {
        var generator = SeededGenerator(seed: order)
        let work = requests.flatMap { request in request.sampleIndices.map { (request, $0) } }
        for (request, index) in work.shuffled(using: &generator) {
            try onSample(Self.sample(request, index, seed: settings.seed))
        }
    }

    static func sample(_ request: GenerationRequest, _ index: Int, seed: UInt64) -> GeneratedSample {
        let key = request.promptID.utf8.reduce(seed &* 31 &+ UInt64(index)) { $0 &* 1_000_003 &+ UInt64($1) }
        var generator = SeededGenerator(seed: key)
        let count = Int.random(in: 1...6, using: &generator)
        return GeneratedSample(
            requestIndex: request.index,
            sampleIndex: index,
            ids: (0..<count).map { _ in Int32.random(in: 0..<1000, using: &generator) },
            text: ["yes", "no", "no comment", "I cannot help with that."].randomElement(using: &generator) ?? "",
            finish: count == 6 ? .length : .stop,
            logProbabilities: generator.floats(count)
        )
    }

    /// The last byte of a continuation decides.
    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        continuations.map { $0.map { -Float(($0 &+ Int32(prompt.count)) % 7) } }
    }

    func encodeContinuation(_ text: String) -> [Int32] {
        text.utf8.map { Int32($0) }
    }
}

/// Right is `yes`; `no comment` is not graded.
struct YesScorer: Scorer {
    var name = "yes"
    var version = 1
    var parameters: [String: String] = [:]

    func grade(_ submission: Submission) -> Grade {
        switch submission.completion {
        case "no comment": Grade(outcome: .unscored(reason: "no comment"))
        case let text: Grade(outcome: .scored(text == "yes" ? 1 : 0), label: nil, answer: text)
        }
    }
}

/// Right is any of the targets.
struct TargetScorer: Scorer {
    var name = "target"
    var version = 1
    var parameters: [String: String] = [:]

    func grade(_ submission: Submission) -> Grade {
        Grade(outcome: .scored(submission.targets.contains(submission.completion) ? 1 : 0))
    }
}

/// Keeps what it hears.
struct EventList: EvaluationRecorder {
    var run: RunRecord?
    var steps: [GenerationStep] = []
    var samples: [SampleRecord] = []
    var summary: RunSummary?

    mutating func record(_ event: EvaluationEvent) {
        switch event {
        case .runStarted(let record, completed: _): run = record
        case .stepDecoded(let step): steps.append(step)
        case .sampleFinished(let sample): samples.append(sample)
        case .runFinished(let end), .runStopped(let end): summary = end
        }
    }

    /// In the order of the keys, which no order of completion changes.
    var rows: [SampleRecord] { samples.sorted { $0.key < $1.key } }
}

enum Sample {
    static let set = PromptSet(
        name: "questions",
        digest: String(repeating: "b", count: 64),
        format: "assay",
        prompts: (0..<12).map { index in
            Prompt(
                id: "q\(index)",
                prompt: "Question \(index)?",
                label: index % 3 == 0 ? "harmful" : "harmless",
                category: index % 2 == 0 ? "even" : nil,
                target: ["yes"]
            )
        }
    )

    static func definition(
        samples: Int = 4,
        temperature: Double = 1,
        template: String? = nil,
        format: PromptFormat = .chat,
        task: EvaluationTask = .generate,
        scorers: Int = 1,
        sources: [PromptSource] = [PromptSource(file: "questions.jsonl")]
    ) -> EvaluationDefinition {
        EvaluationDefinition(
            name: "sample",
            version: 1,
            description: "",
            prompts: sources,
            promptTemplate: template,
            format: format,
            task: task,
            generation: GenerationSettings(samples: samples, temperature: temperature, seed: 7),
            scorers: Array(repeating: ScorerDefinition(name: "yes"), count: scorers)
        )
    }

    static func plan(_ definition: EvaluationDefinition = definition(), sets: [PromptSet] = [set]) throws
        -> EvaluationPlan
    {
        try EvaluationPlan(definition: definition, promptSets: sets, scorers: [YesScorer()])
    }

    static func record(of plan: EvaluationPlan, on model: ScriptedModel) -> RunRecord {
        plan.record(
            id: "00000000-0000-4000-8000-000000000001",
            model: model.identity,
            environment: RunEnvironment(assayVersion: "test", cpu: "none", threads: 1, batch: 1),
            startedAt: "2026-01-01T00:00:00Z"
        )
    }

    /// A whole run of the plan.
    static func events(of plan: EvaluationPlan, on model: ScriptedModel = ScriptedModel()) throws -> EventList {
        var list = EventList()
        let runner = EvaluationRunner(plan: plan, now: { "2026-01-01T00:01:00Z" })
        try runner.run(record(of: plan, on: model), on: model, recorder: &list)
        return list
    }
}

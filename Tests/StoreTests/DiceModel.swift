import Evaluation
import TestSupport
import Tokenization
import Verification

/// A model whose samples are a function of the prompt's id, the sample's index and the seed, and which ends them in an
/// order of its own.
struct DiceModel: EvaluatedModel {
    var identity = Example.model
    var contextLength = 400
    /// Seed of the order in which samples end.
    var order: UInt64 = 0

    struct CannotRender: Error {}

    func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt {
        guard messages.allSatisfy({ ["system", "user", "assistant"].contains($0.role) }) else { throw CannotRender() }
        return try render(text: messages.map(\.content).joined() + (prefill ?? ""))
    }

    func render(text: String) throws -> RenderedPrompt {
        let ids = encodeContinuation(text)
        return RenderedPrompt(
            text: text, ids: ids, parts: [], contents: [], instructionEnd: nil, promptEnd: max(0, ids.count - 1))
    }

    func generate(
        _ requests: [GenerationRequest], settings: GenerationSettings, onSample: (GeneratedSample) throws -> Void
    ) throws {
        var generator = SeededGenerator(seed: order)
        let work = requests.flatMap { request in request.sampleIndices.map { (request, $0) } }
        for (request, index) in work.shuffled(using: &generator) { try onSample(sample(request, index, settings.seed)) }
    }

    private func sample(_ request: GenerationRequest, _ index: Int, _ seed: UInt64) -> GeneratedSample {
        let key = request.promptID.utf8.reduce(seed &* 31 &+ UInt64(index)) { $0 &* 1_000_003 &+ UInt64($1) }
        var dice = SeededGenerator(seed: key)
        let count = Int.random(in: 0...6, using: &dice)
        return GeneratedSample(
            requestIndex: request.index,
            sampleIndex: index,
            ids: (0..<count).map { _ in Int32.random(in: 0..<1000, using: &dice) },
            text: ["1", "2", "none \u{0}"].randomElement(using: &dice) ?? "",
            finish: count == 6 ? .length : .stop,
            logProbabilities: (0..<count).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &dice))
            }
        )
    }

    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] {
        continuations.map { $0.map { -Float($0 % 7) } }
    }

    func encodeContinuation(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }
}

/// Right is `1`; a text that is no number is not graded.
struct OneScorer: Scorer {
    let name = "one"
    let version = 1
    let parameters: [String: String] = [:]

    func grade(_ submission: Submission) -> Grade {
        guard let number = Int(submission.completion) else {
            return Grade(outcome: .unscored(reason: "no number \u{0}"))
        }
        return Grade(outcome: .scored(number == 1 ? 1 : 0), answer: submission.completion)
    }
}

extension Example {
    /// Twelve prompts of four samples each; prompt 3 cannot be rendered and prompt 5 does not fit.
    static func plan() throws -> EvaluationPlan {
        var prompts = (0..<12).map { index in
            Prompt(id: "q\(index)", prompt: "Question \(index)?", label: index % 3 == 0 ? "harmful" : "harmless")
        }
        prompts[3].prompt = nil
        prompts[3].messages = [PromptMessage(role: "user", content: "x"), PromptMessage(role: "alien", content: "y")]
        prompts[5].prompt = String(repeating: "long ", count: 100)
        let set = PromptSet(name: "q", digest: String(repeating: "b", count: 64), format: "assay", prompts: prompts)
        let definition = EvaluationDefinition(
            name: "dice", version: 1, description: "", prompts: [PromptSource(file: "q.jsonl")],
            generation: GenerationSettings(samples: 4, temperature: 1, seed: 7),
            scorers: [ScorerDefinition(name: "one")])
        return try EvaluationPlan(definition: definition, promptSets: [set], scorers: [OneScorer()])
    }

    static func record(of plan: EvaluationPlan) -> RunRecord {
        plan.record(
            id: id, model: model, environment: RunEnvironment(assayVersion: "1", cpu: "none", threads: 1, batch: 1),
            startedAt: "2026-01-01T00:00:00Z")
    }
}

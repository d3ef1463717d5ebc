internal import Verification

/// Carries a plan out one sample of each prompt at a time, and asks after each whether the prompt needs another:
/// sampling under a budget, where most prompts end early.
///
/// The rows are those that ``EvaluationRunner`` would make, fewer of them. The run's settings must name the policy
/// (``RunSettings/stopping``), since samples that were stopped at a success are no random choice.
public struct SequentialRunner {
    public let plan: EvaluationPlan
    private let continues: ([GradedSample]) throws -> Bool
    private let shouldStop: () -> Bool
    private let now: () -> String

    /// - Parameters:
    ///   - continues: whether a prompt with these samples, in the order in which they were drawn, needs another one.
    ///   - shouldStop: asked after every sample.
    ///   - now: the time in ISO 8601, UTC; asked when the run is finished.
    public init(
        plan: EvaluationPlan,
        shouldStop: @escaping () -> Bool = { false },
        now: @escaping () -> String,
        continues: @escaping ([GradedSample]) throws -> Bool
    ) {
        self.plan = plan
        self.continues = continues
        self.shouldStop = shouldStop
        self.now = now
    }

    /// Runs what is missing of `run`; stopped anywhere, it ends with the rows of a run that was never stopped.
    ///
    /// - Throws: as ``EvaluationRunner/run(_:on:completed:recorder:)``, what `continues` throws, and
    ///   ``PlanError/groupUnderStopping(scorer:)`` for a scorer that needs all samples of a prompt.
    @discardableResult
    public func run(
        _ run: RunRecord,
        on model: any EvaluatedModel,
        completed: [GradedSample] = [],
        recorder: inout some EvaluationRecorder
    ) throws -> RunSummary {
        try plan.checkGradesAlone()
        try plan.checkScorers(on: model.identity)
        try plan.checkContinues(run, on: model.identity)
        var work = try RunProgress(plan: plan, completed: completed)
        try recorder.record(.runStarted(run, completed: completed.count))
        var steps = GenerationStep()
        for round in 0..<plan.settings.generation.samples {
            let open = try openPrompts(work, round: round)
            if open.isEmpty { continue }
            guard try draw(open, round: round, on: model, &work, &steps, &recorder) else {
                let summary = work.summary(of: run, finishedAt: nil)
                try recorder.record(.runStopped(summary))
                return summary
            }
        }
        let summary = work.summary(of: run, finishedAt: now())
        try recorder.record(.runFinished(summary))
        return summary
    }

    /// Prompts whose sample of this round is missing and wanted. A sample that is there was wanted.
    private func openPrompts(_ work: RunProgress, round: Int) throws -> [PlannedPrompt] {
        let drawn = work.byPrompt
        return try plan.prompts.filter { prompt in
            let samples = drawn[prompt.index] ?? []
            return try samples.count == round && (round == 0 || continues(samples))
        }
    }

    private struct StopRequest: Error {}

    /// False where the run was asked to stop.
    private func draw(
        _ prompts: [PlannedPrompt],
        round: Int,
        on model: any EvaluatedModel,
        _ work: inout RunProgress,
        _ steps: inout GenerationStep,
        _ recorder: inout some EvaluationRecorder
    ) throws -> Bool {
        let renderer = PromptRenderer(model: model)
        let grader = SampleGrader(plan: plan, judge: ModelJudge(model: model))
        var requests: [GenerationRequest] = []
        func accept(_ sample: SampleRecord) throws {
            try work.add(sample)
            try recorder.record(.sampleFinished(sample))
            if shouldStop() { throw StopRequest() }
        }
        do {
            for prompt in prompts {
                switch renderer.render(prompt) {
                case .failure(let failure): try accept(grader.failed(prompt, round, failure))
                case .success(let ids):
                    requests.append(
                        GenerationRequest(
                            index: prompt.index, promptID: prompt.id, ids: ids, sampleIndices: [round],
                            continuesText: prompt.endsInWords))
                }
            }
            let ids = Dictionary(uniqueKeysWithValues: requests.map { ($0.index, $0.ids) })
            guard !requests.isEmpty else { return true }
            let before = steps
            func note(_ step: GenerationStep) throws {
                steps = before.followed(by: step)
                try recorder.record(.stepDecoded(steps))
            }
            try model.generate(requests, settings: plan.settings.generation, onStep: note) { sample in
                guard let prompt = ids[sample.requestIndex] else {
                    throw PlanError.modelBrokeContract(
                        .unknownSample(request: sample.requestIndex, sample: sample.sampleIndex))
                }
                try accept(grader.graded(plan.prompts[sample.requestIndex], prompt, sample))
            }
            return true
        } catch is StopRequest {
            return false
        }
    }
}

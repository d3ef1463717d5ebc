internal import Verification

/// Carries a plan out: renders, asks the model for what is missing, grades, and tells a recorder. Prints nothing.
///
/// Where a scorer grades a prompt's samples together, they become rows when the last of them is drawn; otherwise each
/// sample is a row before the next one is taken. The rows of a run do not depend on where it was stopped, on the
/// order in which the model finishes samples, or on how it groups them.
public struct EvaluationRunner {
    public let plan: EvaluationPlan
    private let shouldStop: () -> Bool
    private let now: () -> String

    /// - Parameters:
    ///   - shouldStop: asked after every sample and between prompts.
    ///   - now: the time in ISO 8601, UTC; asked when the run is finished.
    public init(plan: EvaluationPlan, shouldStop: @escaping () -> Bool = { false }, now: @escaping () -> String) {
        self.plan = plan
        self.shouldStop = shouldStop
        self.now = now
    }

    /// Runs what is missing of `run`.
    ///
    /// A prompt that cannot be rendered or does not fit becomes rows with an error, and the run goes on. An error of the
    /// model or of the recorder ends it; it can then be continued.
    ///
    /// - Parameters:
    ///   - run: made by ``EvaluationPlan/record(id:model:environment:startedAt:)``, now or when the run first started.
    ///   - completed: the rows that `run` already has.
    /// - Throws: ``PlanError/differs(fields:)`` where `run` belongs to another plan,
    ///   ``PlanError/judgeWithoutChat(scorer:_:)`` where the model cannot be asked, what `model` throws, and what `recorder`
    ///   throws.
    @discardableResult
    public func run(
        _ run: RunRecord,
        on model: any EvaluatedModel,
        completed: [GradedSample] = [],
        recorder: inout some EvaluationRecorder
    ) throws -> RunSummary {
        try plan.checkScorers(on: model.identity)
        try plan.checkContinues(run, on: model.identity)
        var work = try RunProgress(plan: plan, completed: completed)
        try recorder.record(.runStarted(run, completed: completed.count))
        do {
            try complete(&work, on: model, recorder: &recorder)
        } catch is StopRequest {
            let summary = work.summary(of: run, finishedAt: nil)
            try recorder.record(.runStopped(summary))
            return summary
        }
        let summary = work.summary(of: run, finishedAt: now())
        try recorder.record(.runFinished(summary))
        return summary
    }

    private struct StopRequest: Error {}

    private func complete(
        _ work: inout RunProgress,
        on model: any EvaluatedModel,
        recorder: inout some EvaluationRecorder
    ) throws {
        let renderer = PromptRenderer(model: model)
        let grader = SampleGrader(plan: plan, judge: ModelJudge(model: model))
        var holder = SampleHolder(plan: plan, grader: grader)
        var requests: [GenerationRequest] = []
        func accept(_ sample: SampleRecord) throws {
            for complete in try holder.completed(by: sample, in: work) {
                try work.add(complete)
                try recorder.record(.sampleFinished(complete))
            }
            try stopIfAsked()
        }
        for (prompt, missing) in work.missing {
            try stopIfAsked()
            switch renderer.render(prompt) {
            case .failure(let failure):
                for index in missing { try accept(grader.failed(prompt, index, failure)) }
            case .success(let ids) where prompt.choices == nil:
                requests.append(
                    GenerationRequest(
                        index: prompt.index, promptID: prompt.id, ids: ids, sampleIndices: missing,
                        continuesText: prompt.endsInWords)
                )
            case .success(let ids):
                let answer = try renderer.choose(for: prompt, given: ids)
                for index in missing { try accept(try grader.chosen(prompt, index, ids, answer)) }
            }
        }
        try generate(
            requests, on: model, grader: grader, note: { try recorder.record(.stepDecoded($0)) }, accept: accept)
        try work.checkComplete()
    }

    private func generate(
        _ requests: [GenerationRequest],
        on model: any EvaluatedModel,
        grader: SampleGrader,
        note: (GenerationStep) throws -> Void,
        accept: (SampleRecord) throws -> Void
    ) throws {
        guard !requests.isEmpty else { return }
        let promptIDs = Dictionary(uniqueKeysWithValues: requests.map { ($0.index, $0.ids) })
        try model.generate(requests, settings: plan.settings.generation, onStep: note) { sample in
            guard let ids = promptIDs[sample.requestIndex] else {
                throw PlanError.modelBrokeContract(
                    .unknownSample(request: sample.requestIndex, sample: sample.sampleIndex)
                )
            }
            try accept(grader.graded(plan.prompts[sample.requestIndex], ids, sample))
        }
    }

    private func stopIfAsked() throws {
        if shouldStop() { throw StopRequest() }
    }
}

internal import Dispatch
internal import Synchronization
internal import Verification

/// From what a model gave to the row that is kept.
struct SampleGrader {
    let plan: EvaluationPlan

    /// - Throws: ``PlanError/modelBrokeContract(_:)`` for a sample that does not hold together.
    func graded(_ prompt: PlannedPrompt, _ promptIDs: [Int32], _ sample: GeneratedSample) throws -> SampleRecord {
        guard sample.logProbabilities.count == sample.ids.count else {
            let found = sample.logProbabilities.count
            throw PlanError.modelBrokeContract(.logProbabilityCount(found: found, ids: sample.ids.count))
        }
        var record = row(prompt, sample.sampleIndex)
        record.promptIDs = promptIDs
        record.ids = sample.ids
        record.logProbabilities = sample.logProbabilities
        record.text = sample.text
        record.finish = sample.finish.rawValue
        record.scores = scores(record, isTruncated: sample.finish == .length, prompt)
        return record
    }

    /// The letter is what the scorers see.
    func chosen(
        _ prompt: PlannedPrompt,
        _ sampleIndex: Int,
        _ promptIDs: [Int32],
        _ answer: Result<ChosenAnswer, PromptFailure>
    ) -> SampleRecord {
        switch answer {
        case .failure(let failure):
            return failed(prompt, sampleIndex, failure)
        case .success(let answer):
            var record = row(prompt, sampleIndex)
            record.promptIDs = promptIDs
            record.ids = answer.ids
            record.logProbabilities = answer.logProbabilities
            record.text = answer.letter
            record.finish = "choice"
            record.scores = scores(record, isTruncated: false, prompt)
            return record
        }
    }

    func failed(_ prompt: PlannedPrompt, _ sampleIndex: Int, _ failure: PromptFailure) -> SampleRecord {
        var record = row(prompt, sampleIndex)
        record.error = failure.description
        record.scores = plan.scorerReferences.map { scorer in
            ScoreRecord(
                scorer: scorer.key,
                version: scorer.version,
                grade: Grade(outcome: .unscored(reason: "no completion: \(failure)"))
            )
        }
        return record
    }

    private func row(_ prompt: PlannedPrompt, _ sampleIndex: Int) -> SampleRecord {
        SampleRecord(
            promptIndex: prompt.index,
            promptSet: prompt.promptSet,
            promptID: prompt.id,
            label: prompt.label,
            category: prompt.category,
            sampleIndex: sampleIndex,
            promptIDs: [],
            ids: [],
            logProbabilities: [],
            text: "",
            finish: "error",
            error: nil,
            scores: []
        )
    }

    private func scores(_ record: SampleRecord, isTruncated: Bool, _ prompt: PlannedPrompt) -> [ScoreRecord] {
        let submission = Submission(
            completion: record.text, isTruncated: isTruncated, targets: prompt.targets, tests: prompt.tests,
            logProbabilities: record.logProbabilities.map(Double.init),
            identity: SampleIdentity(prompt: "\(prompt.promptSet)/\(prompt.id)", index: record.sampleIndex))
        return zip(grades(submission), plan.scorerReferences).map { grade, reference in
            var grade = grade
            if case .scored(let value) = grade.outcome {
                // Adding 0 turns -0 into 0.
                grade.outcome =
                    (0...1).contains(value)
                    ? .scored(value + 0) : .unscored(reason: "the scorer's value is not between 0 and 1")
            }
            return ScoreRecord(scorer: reference.key, version: reference.version, grade: grade)
        }
    }

    /// One grade for each scorer. Those that execute programs mostly wait, and wait together.
    private func grades(_ submission: Submission) -> [Grade] {
        guard plan.scorers.count > 1, plan.scorers.contains(where: ScorerRegistry.executes) else {
            return plan.scorers.map { $0.grade(submission) }
        }
        let grades = Mutex([Grade?](repeating: nil, count: plan.scorers.count))
        DispatchQueue.concurrentPerform(iterations: plan.scorers.count) { index in
            let grade = plan.scorers[index].grade(submission)
            grades.withLock { $0[index] = grade }
        }
        return grades.withLock { $0.compactMap { $0 } }
    }
}

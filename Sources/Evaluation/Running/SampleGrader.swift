internal import Dispatch
internal import Synchronization
internal import Verification

/// From what a model gave to the row that is kept.
struct SampleGrader {
    let plan: EvaluationPlan
    let judge: ModelJudge

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
        record.scores = try scores(submission(record, prompt))
        return record
    }

    /// The scorers see the letter, and the log-probabilities of the chosen option's tokens.
    func chosen(
        _ prompt: PlannedPrompt,
        _ sampleIndex: Int,
        _ promptIDs: [Int32],
        _ answer: Result<ChosenAnswer, PromptFailure>
    ) throws -> SampleRecord {
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
            var submission = submission(record, prompt)
            submission.logProbabilities = answer.tokenLogProbabilities.map(Double.init)
            record.scores = try scores(submission)
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

    /// All samples of a prompt, with the grades that depend on all of them. A sample that has no completion has no part in
    /// those.
    func gradedTogether(_ samples: [SampleRecord], of prompt: PlannedPrompt) -> [SampleRecord] {
        var samples = samples
        let members = samples.indices.filter { samples[$0].error == nil }
        let submissions = members.map { submission(samples[$0], prompt) }
        for (position, scorer) in plan.scorers.enumerated() {
            guard let scorer = scorer as? any GroupScorer else { continue }
            for (member, grade) in zip(members, scorer.grades(submissions)) {
                samples[member].scores[position] = scoreRecord(grade, plan.scorerReferences[position])
            }
        }
        return samples
    }

    private func submission(_ record: SampleRecord, _ prompt: PlannedPrompt) -> Submission {
        Submission(
            completion: record.text, isTruncated: record.finish == FinishReason.length.rawValue,
            targets: prompt.targets, tests: prompt.tests, question: prompt.question, choiceCount: prompt.choices?.count,
            logProbabilities: record.logProbabilities.map(Double.init),
            identity: SampleIdentity(prompt: "\(prompt.promptSet)/\(prompt.id)", index: record.sampleIndex))
    }

    /// In the plan's order. Those of group scorers stand for a group of one until ``gradedTogether(_:of:)``.
    private func scores(_ submission: Submission) throws -> [ScoreRecord] {
        try zip(grades(submission), plan.scorerReferences).map { scoreRecord($0, $1) }
    }

    private func scoreRecord(_ grade: Grade, _ reference: ScorerReference) -> ScoreRecord {
        var grade = grade
        if case .scored(let value) = grade.outcome {
            // Adding 0 turns -0 into 0.
            grade.outcome =
                (0...1).contains(value)
                ? .scored(value + 0) : .unscored(reason: "the scorer's value is not between 0 and 1")
        }
        return ScoreRecord(scorer: reference.key, version: reference.version, grade: grade)
    }

    /// One grade for each scorer.
    private func grades(_ submission: Submission) throws -> [Grade] {
        let judged = try plan.scorers.map { scorer in
            try (scorer as? any JudgedScorer).map { try judge.grade(submission, by: $0) }
        }
        return zip(judged, Self.grades(submission, by: plan.scorers)).map { $0 ?? $1 }
    }

    /// Scorers that execute programs mostly wait, and wait together.
    private static func grades(_ submission: Submission, by scorers: [any Scorer]) -> [Grade] {
        guard scorers.count > 1, scorers.contains(where: ScorerRegistry.executes) else {
            return scorers.map { $0.grade(submission) }
        }
        let grades = Mutex([Grade?](repeating: nil, count: scorers.count))
        DispatchQueue.concurrentPerform(iterations: scorers.count) { index in
            let grade = scorers[index].grade(submission)
            grades.withLock { $0[index] = grade }
        }
        return grades.withLock { $0.compactMap { $0 } }
    }
}

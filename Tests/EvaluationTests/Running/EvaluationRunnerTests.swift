import Evaluation
import TestSupport
import Testing
import Tokenization
import Verification

@Test func aRunHasEverySampleOnceAndTheSameRowsInAnyOrderOfCompletion() throws {
    let plan = try Sample.plan()
    let reference = try Sample.events(of: plan)
    #expect(reference.rows.count == 48)
    #expect(Set(reference.rows.map(\.key)).count == 48)
    for order in 1...20 {
        let shuffled = try Sample.events(of: plan, on: ScriptedModel(order: UInt64(order)))
        #expect(shuffled.samples != reference.samples)
        #expect(shuffled.rows == reference.rows)
        #expect(shuffled.summary == reference.summary)
    }
}

@Test func stoppingAnywhereAndContinuingGivesTheSameRowsAndMetrics() throws {
    let plan = try Sample.plan()
    let reference = try Sample.events(of: plan)
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<60 {
        var rows: [SampleRecord] = []
        var summary: RunSummary?
        var starts = 0
        while summary?.isFinished != true {
            let stop = Int.random(in: 1...30, using: &generator)
            let model = ScriptedModel(order: generator.next())
            var list = EventList()
            var answers = 0
            let runner = EvaluationRunner(
                plan: plan,
                shouldStop: {
                    answers += 1
                    return answers > 12 + stop
                },
                now: { "2026-01-01T00:01:00Z" }
            )
            let run = Sample.record(of: plan, on: model)
            summary = try runner.run(run, on: model, completed: rows.map(GradedSample.init), recorder: &list)
            #expect(list.summary == summary)
            rows += list.samples
            starts += 1
            #expect(starts < 50)
        }
        #expect(rows.sorted { $0.key < $1.key } == reference.rows, "seed \(generator.seed)")
        #expect(summary == reference.summary)
    }
}

/// A reply to a conversation begins anew; plain text and a prefill are gone on with.
@Test(arguments: [PromptFormat.chat, .raw])
func completionsGoOnWithPlainTextAndPrefills(_ format: PromptFormat) throws {
    var set = Sample.set
    set.prompts[3].prefill = "Answer:"
    let plan = try Sample.plan(Sample.definition(format: format), sets: [set])
    let model = ContinuingModel()
    var lists = [EventList(), EventList()]
    let run = Sample.record(of: plan, on: model.scripted)
    try EvaluationRunner(plan: plan, now: { "" }).run(run, on: model, recorder: &lists[0])
    try SequentialRunner(plan: plan, now: { "" }, continues: { _ in true }).run(run, on: model, recorder: &lists[1])
    for list in lists {
        #expect(list.rows.count == 48)
        for row in list.rows {
            #expect(row.text == (format == .raw || row.promptIndex == 3 ? "goes on" : "begins"))
        }
    }
}

@Test func promptsThatCannotBeShownBecomeRowsWithAnError() throws {
    var set = Sample.set
    set.prompts[3].prompt = nil
    set.prompts[3].messages = [PromptMessage(role: "user", content: "x"), PromptMessage(role: "alien", content: "y")]
    set.prompts[5].prompt = String(repeating: "long ", count: 100)
    let list = try Sample.events(of: try Sample.plan(sets: [set]), on: ScriptedModel(contextLength: 100))
    #expect(list.rows.count == 48)
    let failed = list.rows.filter { $0.error != nil }
    #expect(failed.map(\.promptID) == Array(repeating: "q3", count: 4) + Array(repeating: "q5", count: 4))
    #expect(failed.allSatisfy { $0.finish == "error" && $0.ids.isEmpty && $0.scores.count == 1 })
    #expect(failed[0].error == "the model's chat template cannot render the prompt")
    #expect(failed[4].error == "the prompt has 517 tokens, which leave no room in the model's context of 100")
    let reason = "no completion: the model's chat template cannot render the prompt"
    #expect(failed[0].scores[0].grade == Grade(outcome: .unscored(reason: reason)))
    let all = try #require(list.summary?.metrics.first { $0.group == "all" })
    let notGraded = list.rows.count { $0.text == "no comment" }
    #expect(notGraded > 0)
    #expect(all.unscored == notGraded + 8)
    #expect(all.scored == 48 - all.unscored)
}

@Test func multipleChoiceTakesTheMostProbableOptionAndTheFirstOfEquals() throws {
    let prompts = [["a", "ab", "b"], ["c", "c", "d"]].enumerated().map { index, choices in
        Prompt(id: "m\(index)", prompt: "Q", target: ["A"], choices: choices)
    }
    let set = PromptSet(name: "s", digest: "d", format: "assay", prompts: prompts)
    let definition = Sample.definition(samples: 1, task: .multipleChoice)
    let plan = try EvaluationPlan(definition: definition, promptSets: [set], scorers: [TargetScorer()])
    let model = ScriptedModel()
    let list = try Sample.events(of: plan, on: model)
    for (row, prompt) in zip(list.rows, prompts) {
        let shown = try model.render([ChatMessage(role: "user", content: "Q")], prefill: nil).ids
        #expect(row.promptIDs == shown)
        let choices = try #require(prompt.choices)
        let values = try model.logProbabilities(of: choices.map(model.encodeContinuation), given: shown)
        let sums = values.map { $0.reduce(0, +) }
        let best = try #require(sums.max())
        let first = try #require(sums.firstIndex(of: best))
        #expect(row.logProbabilities == sums)
        #expect(row.text == ["A", "B", "C"][first])
        #expect(row.ids == model.encodeContinuation(choices[first]))
        #expect(row.finish == "choice")
        #expect(row.scores[0].grade.outcome == .scored(first == 0 ? 1 : 0))
    }
}

/// Lower-case letters, the one to which ``ScriptedModel`` gives the largest log-probability, 0, first; then -1 to -6.
private func lettersByProbability(on model: ScriptedModel) throws -> [String] {
    let length = try model.render([ChatMessage(role: "user", content: "Q")], prefill: nil).ids.count
    let bytes = (UInt8(ascii: "a")...UInt8(ascii: "g")).sorted { (Int($0) + length) % 7 < (Int($1) + length) % 7 }
    return bytes.map { String(Character(Unicode.Scalar($0))) }
}

private func multipleChoice(
    _ choices: [String], target: String, scorer: any Scorer, on model: some ScriptedWrapper
) throws -> SampleRecord {
    let prompt = Prompt(id: "m", prompt: "Q", target: [target], choices: choices)
    let set = PromptSet(name: "s", digest: "d", format: "assay", prompts: [prompt])
    let plan = try EvaluationPlan(
        definition: Sample.definition(samples: 1, task: .multipleChoice), promptSets: [set], scorers: [scorer])
    var list = EventList()
    try EvaluationRunner(plan: plan, now: { "" })
        .run(Sample.record(of: plan, on: model.scripted), on: model, recorder: &list)
    return try #require(list.rows.first)
}

/// Begins every continuation with the last token of the prompt.
private struct EchoModel: ScriptedWrapper {
    var scripted = ScriptedModel()

    func encodeContinuation(_ text: String, after prompt: [Int32]) -> [Int32] {
        [prompt.last ?? 0] + scripted.encodeContinuation(text)
    }
}

/// Nothing but the scripted model.
private struct PlainModel: ScriptedWrapper {
    var scripted = ScriptedModel()
}

@Test func optionsAreEncodedForThePromptThatTheyFollow() throws {
    let row = try multipleChoice(["a", "b"], target: "A", scorer: TargetScorer(), on: EchoModel())
    #expect(row.ids.count == 2)
    #expect(row.ids.first == row.promptIDs.last)
}

@Test func everyOptionCanBeChosenWithoutTheScorersLetters() throws {
    let letters = try lettersByProbability(on: ScriptedModel())
    var choices = Array(repeating: letters[6], count: 12)
    choices[10] = letters[0]
    let scorer = try ScorerRegistry.make(name: "choice")
    let row = try multipleChoice(choices, target: "K", scorer: scorer, on: PlainModel())
    #expect(row.scores[0].grade == Grade(outcome: .scored(1), answer: "K"))
}

@Test func theLikelihoodOfAChoiceIsThatOfItsTokens() throws {
    let letters = try lettersByProbability(on: ScriptedModel())
    let choices = [letters[1] + letters[0], String(repeating: letters[6], count: 5)]
    for (measure, threshold, value) in [("least", "-1", 1.0), ("least", "-0.9", 0.0), ("mean", "-0.5", 1.0)] {
        let scorer = try ScorerRegistry.make(
            name: "likelihood", parameters: ["measure": measure, "threshold": threshold])
        let row = try multipleChoice(choices, target: "A", scorer: scorer, on: PlainModel())
        #expect(row.logProbabilities == [-1, -30])
        #expect(row.scores[0].grade.outcome == .scored(value), "\(measure) \(threshold)")
    }
}

@Test func aRunOfAnotherPlanIsRefusedByField() throws {
    let plan = try Sample.plan()
    let model = ScriptedModel()
    var run = Sample.record(of: plan, on: model)
    run.settings.generation.seed = 8
    run.model.digest = "x"
    var list = EventList()
    let runner = EvaluationRunner(plan: plan, now: { "" })
    #expect(throws: PlanError.differs(fields: ["model.digest", "seed"])) {
        try runner.run(run, on: model, recorder: &list)
    }
    #expect(list.run == nil)
    let stranger = GradedSample(
        key: SampleKey(promptIndex: 12, sampleIndex: 0), label: nil, category: nil, scores: [])
    #expect(throws: PlanError.unknownRows(count: 1)) {
        try runner.run(Sample.record(of: plan, on: model), on: model, completed: [stranger], recorder: &list)
    }
}

/// Breaks one rule of the contract.
private struct FaultyModel: EvaluatedModel {
    enum Fault: CaseIterable { case twice, unknownRequest, unknownSample, missing, logProbabilities }

    var fault: Fault
    var scripted = ScriptedModel()
    var identity: ModelIdentity { scripted.identity }
    var contextLength: Int { scripted.contextLength }

    func render(_ messages: [ChatMessage], prefill: String?) throws -> RenderedPrompt {
        try scripted.render(messages, prefill: prefill)
    }
    func render(text: String) throws -> RenderedPrompt { try scripted.render(text: text) }
    func logProbabilities(of continuations: [[Int32]], given prompt: [Int32]) throws -> [[Float]] { [] }
    func encodeContinuation(_ text: String) -> [Int32] { scripted.encodeContinuation(text) }

    func generate(
        _ requests: [GenerationRequest],
        settings: GenerationSettings,
        onSample: (GeneratedSample) throws -> Void
    ) throws {
        guard let request = requests.first else { return }
        var sample = ScriptedModel.sample(request, 0, seed: 0)
        switch fault {
        case .twice: try onSample(sample)
        case .unknownRequest: sample.requestIndex = 99
        case .unknownSample: sample.sampleIndex = 99
        case .missing: break
        case .logProbabilities: sample.logProbabilities.append(0)
        }
        try onSample(sample)
    }
}

@Test(arguments: FaultyModel.Fault.allCases)
private func aModelThatBreaksItsContractEndsTheRun(_ fault: FaultyModel.Fault) throws {
    let plan = try Sample.plan()
    let model = FaultyModel(fault: fault)
    var list = EventList()
    let error = #expect(throws: PlanError.self) {
        try EvaluationRunner(plan: plan, now: { "" })
            .run(Sample.record(of: plan, on: model.scripted), on: model, recorder: &list)
    }
    switch (fault, error) {
    case (.twice, .modelBrokeContract(.unknownSample(request: 0, sample: 0))),
        (.unknownRequest, .modelBrokeContract(.unknownSample(request: 99, sample: 0))),
        (.unknownSample, .modelBrokeContract(.unknownSample(request: 0, sample: 99))),
        (.missing, .modelBrokeContract(.missingSamples(47))),
        (.logProbabilities, .modelBrokeContract(.logProbabilityCount)):
        break
    default:
        Issue.record("\(fault): \(String(describing: error))")
    }
    #expect(list.samples.count == (fault == .twice || fault == .missing ? 1 : 0))
}

@Test func aScorersValueOutsideItsRangeIsUnscored() throws {
    struct Wild: Scorer {
        let name = "wild"
        let version = 1
        let parameters: [String: String] = [:]
        func grade(_ submission: Submission) -> Grade {
            Grade(outcome: .scored(submission.completion == "yes" ? .nan : 1.5))
        }
    }
    let plan = try EvaluationPlan(definition: Sample.definition(), promptSets: [Sample.set], scorers: [Wild()])
    let rows = try Sample.events(of: plan).rows
    let reason = "the scorer's value is not between 0 and 1"
    #expect(rows.allSatisfy { $0.scores[0].grade.outcome == .unscored(reason: reason) })
}

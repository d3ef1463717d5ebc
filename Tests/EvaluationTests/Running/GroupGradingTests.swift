import Evaluation
import TestSupport
import Testing
import Verification

/// Scorers whose grade depends on all samples of a prompt.
struct GroupGradingTests {
    private static let key = "majority-vote/text"

    private func plan(
        samples: Int = 6, quorum: String? = nil, stopping: String? = nil, set: PromptSet = Sample.set
    ) throws -> EvaluationPlan {
        var parameters = ["of": "text"]
        parameters["quorum"] = quorum
        // The vote stands first, so that grades given late keep their place.
        let vote = try ScorerRegistry.make(name: "majority-vote", parameters: parameters)
        return try EvaluationPlan(
            definition: Sample.definition(samples: samples, scorers: 2), promptSets: [set],
            scorers: [vote, YesScorer()], overrides: PlanOverrides(stopping: stopping))
    }

    /// What the vote must say, from the texts alone.
    private func expected(_ texts: [String]) -> [Outcome] {
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        let winner = texts.max { counts[$0, default: 0] < counts[$1, default: 0] }
        let first = texts.first { counts[$0] == winner.flatMap { counts[$0] } }
        return texts.map { .scored($0 == first ? 1 : 0) }
    }

    @Test func everySampleHasTheVerdictOfItsWholePrompt() throws {
        let rows = try Sample.events(of: plan()).rows
        #expect(rows.count == 72)
        var ties = 0
        for prompt in 0..<12 {
            let group = rows.filter { $0.promptIndex == prompt }
            #expect(group.map { $0.scores[0].grade.outcome } == expected(group.map(\.text)), "prompt \(prompt)")
            let counts = Dictionary(grouping: group, by: \.text).values.map(\.count).sorted()
            if counts.count > 1, counts.suffix(2).first == counts.last { ties += 1 }
        }
        #expect(ties > 0)
        #expect(rows.allSatisfy { $0.scores.map(\.scorer) == [Self.key, "yes"] })
    }

    /// The samples themselves are those of a plan without the vote.
    @Test func theVoteChangesNoSample() throws {
        let plain = try EvaluationPlan(
            definition: Sample.definition(samples: 6), promptSets: [Sample.set], scorers: [YesScorer()])
        let voted = try Sample.events(of: plan()).rows.map { row in
            var row = row
            row.scores.removeFirst()
            return row
        }
        #expect(try Sample.events(of: plain).rows == voted)
    }

    @Test func noOrderOfCompletionChangesTheRows() throws {
        let plan = try plan()
        let reference = try Sample.events(of: plan)
        for order in 1...10 {
            let list = try Sample.events(of: plan, on: ScriptedModel(order: UInt64(order)))
            #expect(list.rows == reference.rows)
            #expect(list.summary == reference.summary)
        }
    }

    private struct PulledPlug: Error {}

    private struct BreakingRecorder: EvaluationRecorder {
        var list = EventList()
        var left: Int

        mutating func record(_ event: EvaluationEvent) throws {
            if left == 0 { throw PulledPlug() }
            left -= 1
            list.record(event)
        }
    }

    /// 72 samples are 74 events; a run that breaks between the rows of one prompt has some of them.
    @Test func aRunThatBreaksAnywhereIsContinuedToTheSameRows() throws {
        let plan = try plan()
        let reference = try Sample.events(of: plan)
        let runner = EvaluationRunner(plan: plan, now: { "2026-01-01T00:01:00Z" })
        for events in 0..<74 {
            var broken = BreakingRecorder(left: events)
            let first = ScriptedModel(order: 1)
            #expect(throws: PulledPlug.self) {
                try runner.run(Sample.record(of: plan, on: first), on: first, recorder: &broken)
            }
            let rows = broken.list.samples
            var rest = EventList()
            let second = ScriptedModel(order: 2)
            let summary = try runner.run(
                Sample.record(of: plan, on: second), on: second, completed: rows.map(GradedSample.init),
                recorder: &rest)
            #expect((rows + rest.samples).sorted { $0.key < $1.key } == reference.rows, "\(events)")
            #expect(summary == reference.summary)
        }
    }

    @Test func aStoppedRunKeepsWholePromptsAlone() throws {
        let plan = try plan()
        var answers = 0
        var list = EventList()
        let model = ScriptedModel(order: 3)
        let runner = EvaluationRunner(
            plan: plan,
            shouldStop: {
                answers += 1
                return answers > 75
            }, now: { "" })
        let summary = try runner.run(Sample.record(of: plan, on: model), on: model, recorder: &list)
        #expect(!summary.isFinished && !list.samples.isEmpty && list.samples.count < 72)
        #expect(Dictionary(grouping: list.samples, by: \.promptIndex).values.allSatisfy { $0.count == 6 })
        #expect(summary.completedSamples == list.samples.count)
    }

    @Test func aRowThatIsNotWhatIsDrawnAgainEndsTheRun() throws {
        let plan = try plan()
        var rows = try Array(Sample.events(of: plan).rows.prefix(3)).map(GradedSample.init)
        let voted = rows[1].scores[0].grade.outcome
        rows[1].scores[0].grade.outcome = voted == .scored(1) ? .scored(0) : .scored(1)
        var list = EventList()
        let model = ScriptedModel()
        #expect(throws: PlanError.redrawnSampleDiffers(prompt: "q0", sample: 1)) {
            try EvaluationRunner(plan: plan, now: { "" })
                .run(Sample.record(of: plan, on: model), on: model, completed: rows, recorder: &list)
        }
        #expect(list.samples.allSatisfy { $0.promptIndex != 0 })
    }

    @Test func samplesWithoutACompletionDoNotVote() throws {
        var set = Sample.set
        set.prompts[3].prompt = nil
        set.prompts[3].messages = [
            PromptMessage(role: "user", content: "x"), PromptMessage(role: "alien", content: "y"),
        ]
        let rows = try Sample.events(of: plan(set: set)).rows
        let failed = rows.filter { $0.promptIndex == 3 }
        let reason = "no completion: the model's chat template cannot render the prompt"
        #expect(failed.count == 6)
        let none = Outcome.unscored(reason: reason)
        #expect(failed.allSatisfy { $0.scores.map(\.grade.outcome) == [none, none] })
        #expect(rows.filter { $0.promptIndex == 4 }.contains { $0.scores[0].grade.outcome == .scored(1) })
    }

    @Test func itIsRefusedWhereSamplingEndsAtASuccess() throws {
        #expect(throws: PlanError.groupUnderStopping(scorer: Self.key)) { try self.plan(stopping: "first yes") }
        let whole = try plan()
        let model = ScriptedModel()
        var list = EventList()
        #expect(throws: PlanError.groupUnderStopping(scorer: Self.key)) {
            try SequentialRunner(plan: whole, now: { "" }, continues: { _ in true })
                .run(Sample.record(of: whole, on: model), on: model, recorder: &list)
        }
        #expect(list.run == nil)
        let message = "\(PlanError.groupUnderStopping(scorer: Self.key))"
        #expect(message.hasPrefix("The scorer majority-vote/text needs all samples of a prompt"))
    }

    @Test func tooFewSamplesAreRefused() throws {
        let one = PlanError.setting(
            name: "samples", found: "1", allowed: "at least 2 for the scorer majority-vote/text")
        #expect(throws: one) { try self.plan(samples: 1) }
        let quorum = PlanError.setting(
            name: "samples", found: "6", allowed: "at least 7 for the scorer majority-vote/text,7")
        #expect(throws: quorum) { try self.plan(quorum: "7") }
        let most = try Sample.events(of: plan(quorum: "6")).rows.map { $0.scores[0].grade.outcome }
        #expect(most.contains(.unscored(reason: "no answer has enough votes")))
    }

    @Test func aSampleThatComesTwiceEndsTheRun() throws {
        let plan = try plan()
        let model = TwiceModel()
        var list = EventList()
        #expect(throws: PlanError.modelBrokeContract(.unknownSample(request: 0, sample: 0))) {
            try EvaluationRunner(plan: plan, now: { "" })
                .run(Sample.record(of: plan, on: model.scripted), on: model, recorder: &list)
        }
        #expect(list.samples.isEmpty)
    }
}

import Evaluation
import TestSupport
import Testing
import Verification

struct SequentialRunnerTests {
    private func plan(stopping: String? = "first yes") throws -> EvaluationPlan {
        try EvaluationPlan(
            definition: Sample.definition(samples: 6), promptSets: [Sample.set], scorers: [YesScorer()],
            overrides: PlanOverrides(stopping: stopping))
    }

    private static func isOpen(_ samples: [GradedSample]) -> Bool {
        !samples.contains { $0.scores.contains { $0.grade.outcome == .scored(1) } }
    }

    private func events(_ plan: EvaluationPlan, on model: ScriptedModel = ScriptedModel()) throws -> EventList {
        var list = EventList()
        let runner = SequentialRunner(plan: plan, now: { "2026-01-01T00:01:00Z" }, continues: Self.isOpen)
        try runner.run(Sample.record(of: plan, on: model), on: model, recorder: &list)
        return list
    }

    @Test func everyPromptEndsAtItsFirstYesOrAtTheBudget() throws {
        let plan = try plan()
        let all = try Sample.events(of: plan)
        let drawn = try events(plan)
        for prompt in plan.prompts {
            let reference = all.rows.filter { $0.promptIndex == prompt.index }
            let first = reference.firstIndex { $0.scores[0].grade.outcome == .scored(1) } ?? 5
            let isSame = drawn.rows.filter { $0.promptIndex == prompt.index } == Array(reference.prefix(first + 1))
            #expect(isSame, "prompt \(prompt.index)")
        }
        #expect(drawn.rows.count < all.rows.count && drawn.summary?.isFinished == true)
    }

    @Test func stoppedAnywhereItEndsWithTheSameRows() throws {
        let plan = try plan()
        let reference = try events(plan).rows
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<30 {
            var rows: [SampleRecord] = []
            var isFinished = false
            while !isFinished {
                let stop = Int.random(in: 1...9, using: &generator)
                let model = ScriptedModel(order: generator.next())
                var list = EventList()
                var answers = 0
                let runner = SequentialRunner(
                    plan: plan,
                    shouldStop: {
                        answers += 1
                        return answers >= stop
                    }, now: { "2026-01-01T00:01:00Z" }, continues: Self.isOpen)
                let summary = try runner.run(
                    Sample.record(of: plan, on: model), on: model, completed: rows.map(GradedSample.init),
                    recorder: &list)
                rows += list.samples
                isFinished = summary.isFinished
            }
            let isSame = rows.sorted { $0.key < $1.key } == reference
            #expect(isSame, "seed \(generator.seed)")
        }
    }

    /// Samples that were stopped at a success are never pooled with others; what was stored before keeps its digest.
    @Test func thePolicyKeepsSuchRunsApart() throws {
        let record = Sample.record(of: try plan(), on: ScriptedModel())
        let free = Sample.record(of: try plan(stopping: nil), on: ScriptedModel())
        let other = Sample.record(of: try plan(stopping: "another"), on: ScriptedModel())
        #expect(Set([record, free, other].map(\.samplingDigest)).count == 3)
        #expect(free.identity.fields["stopping"] == nil)
    }
}

import Evaluation
import Testing

/// Steps of decoding are heard of, and change no row.
struct StepEventTests {
    private func tokens(_ samples: [SampleRecord]) -> Int { samples.reduce(0) { $0 + $1.ids.count } }

    @Test func aRunPassesThemOn() throws {
        let plan = try Sample.plan()
        let (model, reference) = (SteppingModel(), try Sample.events(of: plan))
        var list = EventList()
        try EvaluationRunner(plan: plan, now: { "2026-01-01T00:01:00Z" })
            .run(Sample.record(of: plan, on: model.scripted), on: model, recorder: &list)
        #expect(list.rows == reference.rows && list.summary == reference.summary)
        #expect(reference.steps.isEmpty)
        #expect(list.steps.map(\.endedSamples) == Array(1...48))
        #expect(list.steps.last?.tokens == tokens(list.samples))
    }

    /// The counts of a later round go on where those of the one before ended.
    @Test func roundsAreCountedOn() throws {
        let plan = try Sample.plan()
        let model = SteppingModel()
        var list = EventList()
        try SequentialRunner(plan: plan, now: { "2026-01-01T00:01:00Z" }, continues: { $0.count < 3 })
            .run(Sample.record(of: plan, on: model.scripted), on: model, recorder: &list)
        #expect(list.samples.count == 36)
        #expect(list.steps.map(\.endedSamples) == Array(1...36))
        #expect(list.steps.last?.endedTokens == tokens(list.samples))
    }
}

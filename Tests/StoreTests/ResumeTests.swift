import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Store

private struct PulledPlug: Error {}

/// Passes events on until it breaks, either before or after the store has heard of the last one.
private struct BreakingRecorder: EvaluationRecorder {
    var store: StoreRecorder
    var left: Int
    var breaksAfterwards: Bool

    mutating func record(_ event: EvaluationEvent) throws {
        left -= 1
        if left < 0 && !breaksAfterwards { throw PulledPlug() }
        try store.record(event)
        if left < 0 { throw PulledPlug() }
    }
}

/// Starts or continues the plan's run in a store, until it ends or breaks.
private func advance(
    _ plan: EvaluationPlan, in store: RunStore, order: UInt64, events: Int, breaksAfterwards: Bool,
    shouldStop: @escaping () -> Bool = { false }
) throws {
    let planned = Example.record(of: plan)
    let run = (try? store.resumable(planned)) ?? planned
    let completed = (try? store.completed(run.id)) ?? []
    var recorder = BreakingRecorder(
        store: StoreRecorder(store: store), left: events, breaksAfterwards: breaksAfterwards)
    let runner = EvaluationRunner(plan: plan, shouldStop: shouldStop, now: { "2026-01-01T00:01:00Z" })
    do {
        try runner.run(run, on: DiceModel(order: order), completed: completed, recorder: &recorder)
    } catch is PulledPlug {}
}

private func uninterrupted(_ plan: EvaluationPlan) throws -> Data {
    try withStore { store in
        try advance(plan, in: store, order: 0, events: .max, breaksAfterwards: false)
        #expect(try store.sampleCount(Example.id) == 48)
        #expect(try store.run(Example.id).status == .finished)
        return try store.exported()
    }
}

struct ResumeTests {
    /// 48 samples are 50 events. Each place is tried, with the store having heard of the last event and not.
    @Test func aRunThatBreaksAtAnyEventIsContinuedToTheSameRows() throws {
        let plan = try Example.plan()
        let reference = try uninterrupted(plan)
        for events in 0..<50 {
            for breaksAfterwards in [false, true] {
                try withStore { store in
                    try advance(plan, in: store, order: 1, events: events, breaksAfterwards: breaksAfterwards)
                    if events > 0 && events < 49 { #expect(try store.run(Example.id).status == .started) }
                    try advance(plan, in: store, order: 2, events: .max, breaksAfterwards: false)
                    #expect(try store.exported() == reference, "\(events) \(breaksAfterwards)")
                }
            }
        }
    }

    @Test func manyStopsAndBreaksInTurnGiveTheSameRows() throws {
        let plan = try Example.plan()
        let reference = try uninterrupted(plan)
        var random = SeededGenerator(seed: 21)
        for _ in 0..<15 {
            try withStore { store in
                var starts = 0
                while (try? store.run(Example.id).status) != .finished {
                    starts += 1
                    try #require(starts < 60)
                    var answers = Int.random(in: 15...25, using: &random)
                    try advance(
                        plan, in: store, order: random.next(), events: Int.random(in: 1...20, using: &random),
                        breaksAfterwards: Bool.random(using: &random),
                        shouldStop: {
                            answers -= 1
                            return answers < 0
                        })
                }
                #expect(try store.exported() == reference, "seed \(random.seed)")
            }
        }
    }

    @Test func onlyAnUnfinishedRunOfTheSamePlanIsContinued() throws {
        let plan = try Example.plan()
        try withStore { store in
            let planned = Example.record(of: plan)
            #expect(throws: StoreError.nothingToResume(evaluation: "dice")) { try store.resumable(planned) }
            try store.begin(planned)
            var later = planned
            later.id = Example.id(2)
            later.startedAt = "2026-01-02T00:00:00Z"
            later.environment.batch = 5
            #expect(try store.resumable(later).id == planned.id)
            try store.begin(later)
            #expect(try store.resumable(planned) == later)
            var other = planned
            other.settings.generation.seed = 8
            #expect(throws: StoreError.resumeDiffers(run: later.id, fields: ["seed"])) { try store.resumable(other) }
            other.model.digest = "x"
            #expect(throws: StoreError.nothingToResume(evaluation: "dice")) { try store.resumable(other) }
            for id in [planned.id, later.id] { try store.finish(id, at: "2026", metrics: []) }
            #expect(throws: StoreError.nothingToResume(evaluation: "dice")) { try store.resumable(planned) }
        }
    }

    @Test func aRecorderThatHeardOfNoRunRefusesSamples() throws {
        try withStore { store in
            var recorder = StoreRecorder(store: store)
            #expect(throws: StoreError.unknownRun("none")) {
                try recorder.record(.sampleFinished(Example.sample(0, 0)))
            }
        }
    }
}

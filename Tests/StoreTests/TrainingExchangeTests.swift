import Foundation
import Testing
import Training

@testable import Store

/// Runs of training travel with the others.
struct TrainingExchangeTests {
    private static let run = TrainingRunRecord(
        id: "00000000-0000-4000-8000-00000000000a", kind: "sft", model: "m",
        identity: String(repeating: "a", count: 64), recipe: "{}", environment: "e", status: .finished,
        startedAt: "2026-01-01T00:00:00Z")

    private static let steps = (1...3).map { step in
        StepMetrics(
            step: step, loss: 1 / Double(step), gradientNorm: 0.1, learningRate: 1e-3, tokens: 7, targets: 3,
            seconds: 0.25, accuracy: step == 2 ? 0.5 : nil, margin: nil)
    }

    private static let evaluations = [
        HeldOutMetrics(step: 2, loss: 0.7, accuracy: 0.5, margin: -0.25), HeldOutMetrics(step: 3, loss: 0.1),
    ]

    private func fill(
        _ store: RunStore, _ run: TrainingRunRecord, _ steps: [StepMetrics], _ evaluations: [HeldOutMetrics] = []
    ) throws {
        var open = run
        (open.status, open.reason) = (.started, nil)
        #expect(try store.begin(open) == run.id)
        for step in steps { try store.record(step, run: run.id) }
        for evaluation in evaluations { try store.record(evaluation, run: run.id) }
        if run.status == .finished { try store.finishTraining(run.id) }
        if let reason = run.reason { try store.failTraining(run.id, reason: reason) }
    }

    @Test func exportAndMergeCarryEveryStep() throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps)
            let lines = try store.exported()
            try withStore { (copy: RunStore) throws in
                let added = try copy.importRuns(lines)
                #expect(added == IntakeResult(trainingRunsAdded: 1))
                #expect(try copy.trainingRuns() == [Self.run])
                #expect(try copy.trainingSteps(Self.run.id) == Self.steps)
                #expect(try copy.exported() == lines)
                #expect(try copy.merge(from: store) == IntakeResult(trainingRunsKnown: 1))
            }
            try withStore { (copy: RunStore) throws in
                var part = Self.run
                part.status = .started
                try fill(copy, part, Array(Self.steps.prefix(2)))
                #expect(try copy.merge(from: store) == IntakeResult(trainingRunsKnown: 1))
                #expect(try copy.exported() == lines)
            }
        }
    }

    /// Evaluations go the whole way round, with a part of them there already or none, and so does the reason of a failure.
    @Test(arguments: [TrainingRunRecord.Status.finished, .failed])
    func evaluationsAndFailuresTravel(_ status: TrainingRunRecord.Status) throws {
        var run = Self.run
        (run.status, run.reason) = (status, status == .failed ? "the loss is\nno number" : nil)
        try withStore { store in
            try fill(store, run, Self.steps, Self.evaluations)
            let lines = try store.exported()
            try withStore { (copy: RunStore) throws in
                #expect(try copy.importRuns(lines) == IntakeResult(trainingRunsAdded: 1))
                #expect(try copy.trainingRuns() == [run])
                #expect(try copy.trainingEvaluations(run.id) == Self.evaluations)
                #expect(try copy.exported() == lines)
                #expect(try copy.importRuns(lines) == IntakeResult(trainingRunsKnown: 1))
                #expect(try copy.exported() == lines)
            }
            try withStore { (copy: RunStore) throws in
                var open = run
                (open.status, open.reason) = (.started, nil)
                try fill(copy, open, [], Array(Self.evaluations.prefix(1)))
                #expect(try copy.merge(from: store) == IntakeResult(trainingRunsKnown: 1))
                #expect(try copy.exported() == lines)
            }
        }
    }

    /// An export from before there were evaluations has no field for them, and comes back as it was.
    @Test func aLineWithoutEvaluationsComesBack() throws {
        let line = """
            {"run":{"environment":"e","id":"\(Self.run.id)","identity":"\(Self.run.identity)","kind":"sft","model":"m",\
            "recipe":"{}","startedAt":"2026-01-01T00:00:00Z","status":"finished"},"steps":[],"type":"training"}
            """
        let lines = Data("{\"assay_export\":1}\n\(line)\n".utf8)
        try withStore { store in
            try store.importRuns(lines)
            #expect(try store.exported() == lines)
        }
    }

    @Test func anotherEvaluationAfterTheSameStepIsRefused() throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps, Self.evaluations)
            try withStore { (copy: RunStore) throws in
                var other = Self.evaluations
                other[1].loss = 0.2
                try fill(copy, Self.run, Self.steps, other)
                let before = try copy.exported()
                let error = StoreError.evaluationConflict(run: Self.run.id, step: 3)
                #expect(throws: error) { try copy.merge(from: store) }
                #expect(error.description.contains("has another evaluation after step 3"))
                #expect(try copy.exported() == before)
            }
        }
    }

    /// A run that failed goes on under its id, as started; one that finished stays so.
    @Test func aFailedRunGoesOn() throws {
        try withStore { store in
            var failed = Self.run
            (failed.status, failed.reason) = (.failed, "no room")
            try fill(store, failed, Self.steps)
            #expect(try store.trainingRuns() == [failed])
            var again = Self.run
            (again.id, again.status) = (Example.id(2), .started)
            let other = try store.begin(again) { _ in false }
            #expect(other == again.id)
            #expect(try store.begin(again) { $0.id == failed.id } == failed.id)
            #expect(try store.trainingRuns().last?.status == .started)
            #expect(try store.trainingRuns().last?.reason == nil)
            try store.finishTraining(failed.id)
            try store.failTraining(failed.id, reason: "later")
            #expect(try store.trainingRuns().last == Self.run)
        }
    }

    @Test func anEvaluationIsReplacedByALaterOne() throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps, Self.evaluations)
            let later = HeldOutMetrics(step: 3, loss: 0.3)
            try store.record(later, run: Self.run.id)
            #expect(try store.trainingEvaluations(Self.run.id) == [Self.evaluations[0], later])
        }
    }

    /// What was exported unfinished, and again after steps were taken a second time, is one run: the last times are kept.
    @Test func aResumedRunIsTakenInAgain() throws {
        try withStore { store in
            var open = Self.run
            open.status = .started
            try fill(store, open, Array(Self.steps.prefix(2)))
            let early = try store.exported()
            var again = Self.steps
            for index in 1..<3 { again[index].seconds = 0.5 }
            for step in again[1...] { try store.record(step, run: open.id) }
            try store.finishTraining(open.id)
            let late = try store.exported()
            try withStore { (copy: RunStore) throws in
                try copy.importRuns(early)
                #expect(try copy.importRuns(late) == IntakeResult(trainingRunsKnown: 1))
                #expect(try copy.trainingSteps(open.id) == again)
                #expect(try copy.exported() == late)
            }
            try withStore { (copy: RunStore) throws in
                try copy.importRuns(early)
                #expect(try copy.merge(from: store) == IntakeResult(trainingRunsKnown: 1))
                #expect(try copy.exported() == late)
            }
        }
    }

    @Test func aStepThatStandsTwiceIsRefused() throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps)
            let text = String(decoding: try store.exported(), as: UTF8.self)
            let broken = text.replacing(#""step":3"#, with: #""step":2"#)
            try withStore { (copy: RunStore) throws in
                #expect(throws: StoreError.importLine(path: "x.jsonl", line: 2, problem: .repeatedStep(2))) {
                    try copy.importRuns(Data(broken.utf8))
                }
                #expect(try copy.trainingRuns().isEmpty)
            }
        }
    }

    @Test(arguments: [
        (#""kind":"sft""#, "kinder", "run.kinder"), (#""tokens":7"#, "mood", "steps.mood"),
        (#""margin":-0.25"#, "mean", "evaluations.mean"), (#""type":"training""#, "note", "note"),
    ])
    func aKeyThatNothingReadsIsRefused(_ place: String, _ key: String, _ named: String) throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps, Self.evaluations)
            let text = String(decoding: try store.exported(), as: UTF8.self)
            let broken = text.replacing(place, with: "\(place),\"\(key)\":1", maxReplacements: 1)
            #expect(broken != text)
            try withStore { (copy: RunStore) throws in
                #expect(throws: StoreError.importLine(path: "x.jsonl", line: 2, problem: .unknownKey(named))) {
                    try copy.importRuns(Data(broken.utf8))
                }
                #expect(try copy.trainingRuns().isEmpty)
            }
        }
    }

    @Test func anotherRunUnderTheSameIdIsRefused() throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps)
            try withStore { (copy: RunStore) throws in
                var other = Self.steps
                other[1].loss = 9
                try fill(copy, Self.run, other)
                let before = try copy.exported()
                #expect(throws: StoreError.stepConflict(run: Self.run.id, step: 2)) { try copy.merge(from: store) }
                #expect(try copy.exported() == before)
            }
        }
    }

    @Test(arguments: [
        (#""step":1"#, #""step":0"#), (#""tokens":7"#, #""tokens":-7"#), (String(repeating: "a", count: 64), "short"),
        (#""recipe":"{}""#, #""recipe":"""#), (#""status":"finished""#, #""status":"failed""#),
        (#""loss":0.7,"margin":-0.25,"step":2"#, #""loss":0.7,"margin":-0.25,"step":0"#),
        (#""loss":0.7,"margin":-0.25,"step":2"#, #""loss":0.7,"margin":-0.25,"step":3"#),
    ])
    func brokenLinesOfTrainingAreRefused(_ part: String, _ replacement: String) throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps, Self.evaluations)
            let text = String(decoding: try store.exported(), as: UTF8.self)
            let broken = text.replacing(part, with: replacement)
            #expect(broken != text)
            try withStore { (copy: RunStore) throws in
                #expect(throws: StoreError.self) { try copy.importRuns(Data(broken.utf8)) }
                #expect(try copy.trainingRuns().isEmpty)
            }
        }
    }
}

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

    private func fill(_ store: RunStore, _ run: TrainingRunRecord, _ steps: [StepMetrics]) throws {
        var open = run
        open.status = .started
        #expect(try store.begin(open) == run.id)
        for step in steps { try store.record(step, run: run.id) }
        if run.status == .finished { try store.finishTraining(run.id) }
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
        (#""recipe":"{}""#, #""recipe":"""#),
    ])
    func brokenLinesOfTrainingAreRefused(_ part: String, _ replacement: String) throws {
        try withStore { store in
            try fill(store, Self.run, Self.steps)
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

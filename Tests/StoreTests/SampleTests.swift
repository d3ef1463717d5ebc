import Evaluation
import Foundation
import GRDB
import TestSupport
import Testing
import Verification

@testable import Store

struct SampleTests {
    @Test func everyRowComesBackInEveryBit() throws {
        try withStore { store in
            var run = Example.run(planned: 4)
            run.model.templateDigest = nil
            run.model.name = "nul \u{0} tail"
            run.environment.cpu = "e\u{301}"
            try store.add(run, Example.oddSamples.reversed(), metrics: Example.metrics)
            let rows = try store.samples(run.id)
            #expect(isIdentical(rows, Example.oddSamples))
            #expect(rows[0].logProbabilities.map(\.bitPattern) == [0x7FC1_2345, 0xFF80_0001, 0x8000_0000, 0xFF80_0000])
            #expect(rows[0].ids == [.min, -1, 0, .max])
            #expect(Array(rows[0].text.utf8) == Array(Example.oddSamples[0].text.utf8))
            #expect(rows[1].error.map { Array($0.utf8) } == Array("no room \u{0} left".utf8))
            #expect(rows[0].scores[0].grade.outcome == .unscored(reason: "no number"))
            #expect(rows[2].scores == [] && rows[2].label == "" && rows[2].promptIDs == [])
            #expect(rows[3].scores[0].grade.outcome == .scored(Double.leastNonzeroMagnitude))
            #expect(try store.metrics(run.id) == Example.metrics)
            run.status = .finished
            run.finishedAt = "2026-02-01T00:00:00Z"
            #expect(try store.run(run.id) == run)
            #expect(try store.completed(run.id) == Example.oddSamples.map { GradedSample($0) })
            #expect(try store.completedKeys(run.id) == Set(Example.oddSamples.map(\.key)))
            #expect(try isIdentical(store.samples(run.id, prompt: 0), Array(Example.oddSamples[0...1])))
            #expect(try isIdentical(store.samples(run.id, prompt: Int(Int32.max)), [Example.oddSamples[3]]))
            #expect(try store.samples(run.id, prompt: 2) == [])
        }
    }

    @Test func eachSampleIsCommittedBeforeTheNext() throws {
        try withStore { store in
            let other = try RunStore(existing: store.path)
            try store.begin(Example.run())
            for (index, sample) in Example.samples().enumerated() {
                #expect(try other.sampleCount(Example.id) == index)
                #expect(try store.insert(sample, run: Example.id))
            }
            #expect(try other.sampleCount(Example.id) == 12)
        }
    }

    @Test func theSameSampleAgainIsNoNewRow() throws {
        try withStore { store in
            try store.add(Example.run(), Example.oddSamples)
            let before = try store.exported()
            for sample in Example.oddSamples { #expect(try !store.insert(sample, run: Example.id)) }
            try store.begin(Example.run())
            #expect(try store.exported() == before)
        }
    }

    @Test func anyDifferenceFromAStoredSampleIsAConflict() throws {
        let stored = Example.oddSamples[0]
        var mutants = Array(repeating: stored, count: 12)
        mutants[0].ids[1] = -2
        mutants[1].logProbabilities[0] = Float(bitPattern: 0x7FC1_2346)
        mutants[2].logProbabilities[2] = 0
        mutants[3].text = stored.text.replacingOccurrences(of: "e\u{301}", with: "\u{E9}")
        mutants[4].text = String(stored.text.prefix { $0 != "\u{0}" })
        mutants[5].finish = "length"
        mutants[6].scores[0].grade.outcome = .scored(0)
        mutants[7].scores[0].grade.outcome = .unscored(reason: "no number\u{0}")
        mutants[8].scores[1].grade.label = nil
        mutants[9].scores.removeLast()
        mutants[10].scores.swapAt(0, 1)
        mutants[11].scores[0].version = 2
        try withStore { store in
            try store.add(Example.run(), [stored])
            let before = try store.exported()
            for (index, mutant) in mutants.enumerated() {
                #expect(throws: StoreError.sampleConflict(run: Example.id, prompt: 0, sample: 0), "\(index)") {
                    try store.insert(mutant, run: Example.id)
                }
            }
            #expect(try store.exported() == before)
        }
    }

    /// Swift takes both spellings of é for one text; the bytes differ.
    @Test func aReasonInOtherBytesIsAConflict() throws {
        var stored = Example.sample(0, 0, value: nil)
        stored.scores[0].grade.outcome = .unscored(reason: "e\u{301}")
        var other = stored
        other.scores[0].grade.outcome = .unscored(reason: "\u{E9}")
        try withStore { store in
            try store.add(Example.run(), [stored])
            #expect(throws: StoreError.sampleConflict(run: Example.id, prompt: 0, sample: 0)) {
                try store.insert(other, run: Example.id)
            }
        }
    }

    @Test func anotherPromptUnderTheSameIndexIsAConflict() throws {
        var mutants = Array(repeating: Example.sample(0, 1), count: 6)
        mutants[0].promptSet = "b"
        mutants[1].promptID = "p0\u{0}"
        mutants[2].label = nil
        mutants[3].category = "Sums"
        mutants[4].promptIDs = [1, 2]
        mutants[5].promptIDs = []
        try withStore { store in
            try store.add(Example.run(), [Example.sample(0, 0)])
            for mutant in mutants {
                #expect(throws: StoreError.promptConflict(run: Example.id, prompt: 0)) {
                    try store.insert(mutant, run: Example.id)
                }
            }
            #expect(try store.sampleCount(Example.id) == 1)
        }
    }

    static let refused: [(SampleRecord, StoreError.RowProblem)] = {
        let start = Array(repeating: Example.sample(0, 0), count: 11)
        var rows = start
        rows[0].promptIndex = -1
        rows[1].sampleIndex = Int(Int32.max) + 1
        rows[2].finish = "end"
        rows[3].finish = "error"
        rows[4].error = "why"
        rows[5].logProbabilities.append(0)
        rows[6].scores[0].grade.outcome = .scored(1 + 0x1p-52)
        rows[7].scores[0].grade.outcome = .scored(.nan)
        rows[8].scores[0].grade.outcome = .scored(-Double.leastNonzeroMagnitude)
        rows[9].scores[1].scorer = "numeric"
        rows[10].promptIndex = .max
        let problems: [StoreError.RowProblem] = [
            .negativeIndex, .negativeIndex, .finish("end"), .errorWithoutReason, .errorWithoutReason,
            .logProbabilityCount(found: 3, expected: 2), .scoreOutOfRange(scorer: "numeric"),
            .scoreOutOfRange(scorer: "numeric"), .scoreOutOfRange(scorer: "numeric"), .duplicateScorer("numeric"),
            .negativeIndex,
        ]
        return Array(zip(rows, problems))
    }()

    @Test(arguments: refused)
    func rowsThatHoldNoSenseAreRefused(_ sample: SampleRecord, _ problem: StoreError.RowProblem) throws {
        try withStore { store in
            try store.begin(Example.run())
            #expect(throws: StoreError.invalidRow(problem)) { try store.insert(sample, run: Example.id) }
            #expect(try store.sampleCount(Example.id) == 0)
        }
    }

    @Test func runsThatHoldNoSenseAreRefused() throws {
        try withStore { store in
            for id in ["", "x", Example.id.uppercased() + "A", String(Example.id.dropLast()) + "G", Example.id + "0"] {
                var run = Example.run()
                run.id = id
                #expect(throws: StoreError.invalidRow(.runID(id))) { try store.begin(run) }
            }
            #expect(throws: StoreError.invalidRow(.plannedSamples(-1))) { try store.begin(Example.run(planned: -1)) }
            var run = Example.run()
            run.finishedAt = "2026"
            #expect(throws: StoreError.invalidRow(.finishedWithoutTime)) { try store.begin(run) }
            run = Example.run()
            run.settings.generation.temperature = .infinity
            #expect(throws: StoreError.invalidRow(.settings)) { try store.begin(run) }
            #expect(try store.runs() == [])
            #expect(throws: StoreError.unknownRun(Example.id)) {
                try store.insert(Example.sample(0, 0), run: Example.id)
            }
            try store.begin(Example.run())
            let bad = [
                MetricRecord(
                    name: "m", scorer: "s", group: "all", value: .nan, lower: nil, upper: nil, scored: 0, unscored: 0)
            ]
            #expect(throws: StoreError.invalidRow(.metricNotFinite("m"))) {
                try store.finish(Example.id, at: "2026", metrics: bad)
            }
            #expect(try store.run(Example.id).status == .started)
        }
    }

    /// The id is the key; a run of that id that was made otherwise is another run.
    @Test func aRunWithOtherSettingsIsAConflict() throws {
        var mutants = Array(repeating: Example.run(), count: 6)
        mutants[0].settings.generation.seed = 1
        mutants[1].model.digest = String(repeating: "e", count: 64)
        mutants[2].scorers.removeLast()
        mutants[3].promptSets[1].promptCount = 2
        mutants[4].environment.threads = 1
        // The same text to Swift, in other bytes.
        mutants[5].definition.description = Example.definition.description.decomposedStringWithCanonicalMapping
        try withStore { store in
            try store.begin(Example.run())
            for run in mutants {
                #expect(throws: StoreError.runConflict(id: Example.id)) { try store.begin(run) }
            }
            #expect(try store.run(Example.id) == Example.run())
        }
    }

    @Test func runsAreFoundByWhatTheirIdsBeginWith() throws {
        try withStore { store in
            for number in [1, 2, 12] { try store.begin(Example.run(number)) }
            #expect(try store.run(Example.id(12).uppercased()).id == Example.id(12))
            #expect(throws: StoreError.ambiguousRun(prefix: "0000", ids: [1, 2, 12].map { Example.id($0) })) {
                try store.run("0000")
            }
            for unknown in ["", "1", "%", "_", Example.id + "0", "0\u{0}", "é"] {
                #expect(throws: StoreError.unknownRun(unknown)) { try store.run(unknown) }
            }
            let tail = Example.id + "\u{0}tail"
            #expect(throws: StoreError.unknownRun(tail)) { try store.metrics(tail) }
            #expect(throws: StoreError.unknownRun(tail)) { try store.sampleCount(tail) }
        }
    }

    @Test func runsAreListedLatestFirst() throws {
        try withStore { store in
            for number in 1...4 { try store.begin(Example.run(number)) }
            var other = Example.run(5)
            (other.definition.name, other.model.digest) = ("refusal", String(repeating: "e", count: 64))
            try store.begin(other)
            try store.finish(Example.id(2), at: "2026-03-01T00:00:00Z", metrics: [])
            func ids(_ filter: RunFilter) throws -> [String] { try store.runs(filter).map(\.id) }
            #expect(try ids(RunFilter()) == [5, 4, 3, 2, 1].map { Example.id($0) })
            #expect(try ids(RunFilter(status: .finished)) == [Example.id(2)])
            #expect(try ids(RunFilter(status: .started, limit: 2)) == [Example.id(5), Example.id(4)])
            #expect(try ids(RunFilter(evaluation: "refusal")) == [Example.id(5)])
            #expect(try ids(RunFilter(modelDigest: Example.model.digest, limit: 1)) == [Example.id(4)])
            #expect(try ids(RunFilter(limit: 0)) == [])
        }
    }
}

import Evaluation
import Foundation
import TestSupport
import Testing
import Verification

@testable import Store

/// A store with a finished run, one that is not, and one of odd rows, which is not either.
private func fill(_ store: RunStore) throws {
    try store.add(Example.run(1), Example.samples(), metrics: Example.metrics)
    try store.add(Example.run(2), Array(Example.samples().prefix(5)))
    try store.add(Example.run(3, planned: 4), Example.oddSamples)
}

struct ExchangeTests {
    @Test func everyLineComesBackAsItWas() throws {
        try withStore { store in
            try fill(store)
            let lines = try store.exported()
            try withStore { (copy: RunStore) throws in
                #expect(
                    try copy.importRuns(lines)
                        == IntakeResult(runsAdded: 3, runsKnown: 0, samplesAdded: 21, samplesKnown: 0))
                #expect(try copy.exported() == lines)
                #expect(try isIdentical(copy.samples(Example.id(3)), Example.oddSamples))
                #expect(try copy.runs() == store.runs())
                #expect(
                    try copy.importRuns(lines)
                        == IntakeResult(runsAdded: 0, runsKnown: 3, samplesAdded: 0, samplesKnown: 21))
                #expect(try copy.exported() == lines)
            }
        }
    }

    @Test func packedLinesAreUnpacked() throws {
        try withStore { store in
            try fill(store)
            let lines = [UInt8](try store.exported())
            try withStore { (copy: RunStore) throws in
                #expect(try copy.importRuns(Data(gzipped(lines))).samplesAdded == 21)
                #expect(try [UInt8](copy.exported()) == lines)
            }
            try withStore { (copy: RunStore) throws in
                let cut = gzipped(lines).dropLast(3)
                #expect {
                    try copy.importRuns(Data(cut))
                } throws: { error in
                    guard case StoreError.importLine(_, _, let problem) = error else { return false }
                    return problem == .cannotUnpack("the gzip file ends too early")
                }
                #expect(try copy.runs().isEmpty)
            }
        }
    }

    /// The whole text of a small export: `docs/database.md` describes these lines.
    @Test func theLinesAreThoseOfTheDescription() throws {
        try withStore { store in
            var sample = Example.sample(0, 0)
            sample.scores[1].grade.outcome = .unscored(reason: "no text")
            try store.add(Example.run(planned: 1), [sample], metrics: [Example.metrics[1]])
            let lines = String(decoding: try store.exported(), as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines.count == 6)
            #expect(lines[0] == #"{"assay_export":1}"#)
            #expect(lines[1].hasPrefix(#"{"run":{"definition":{"description":"Sums, \"quoted\" / slashed, naïve ✓","#))
            #expect(
                lines[2] == """
                    {"category":"sums","id":"p0","ids":[1,2,0],"index":0,"label":"harmless","set":"a","type":"prompt"}
                    """)
            #expect(
                lines[3] == """
                    {"finish":"stop","ids":[7,0],"logprobs":"AAAAvwAAoL8=","prompt":0,"sample":0,"scores":[{"answer":"1.0",\
                    "scorer":"numeric","value":1,"version":3},{"label":"partial","scorer":"refusal/xstest",\
                    "unscored":"no text","version":1}],"text":"it is 0","type":"sample"}
                    """)
            #expect(
                lines[4] == """
                    {"group":"label=a\\u0000b","name":"accuracy","scored":0,"scorer":"numeric","type":"metric",\
                    "unscored":9223372036854775807}
                    """)
            #expect(lines[5] == #"{"run":"\#(Example.id)","samples":1,"type":"end"}"#)
        }
    }

    @Test func someRunsAloneAreExported() throws {
        try withStore { store in
            try fill(store)
            let lines = try store.exported([Example.id(3), Example.id(1)])
            try withStore { copy in
                try copy.importRuns(lines)
                #expect(try copy.exported() == lines)
                #expect(try copy.runs().map(\.id) == [Example.id(3), Example.id(1)])
            }
            #expect(throws: StoreError.unknownRun("x")) { try store.exported(["x"]) }
        }
    }

    @Test func anUnfinishedRunGrowsAndIsFinishedByImports() throws {
        try withStore { store in
            try store.begin(Example.run())
            let all = Example.samples()
            var exports: [Data] = [try store.exported()]
            for sample in all {
                try store.insert(sample, run: Example.id)
                exports.append(try store.exported())
            }
            try store.finish(Example.id, at: "2026-02-01T00:00:00Z", metrics: Example.metrics)
            exports.append(try store.exported())
            var random = SeededGenerator(seed: 41)
            for _ in 0..<5 {
                try withStore { copy in
                    for export in exports.shuffled(using: &random) { try copy.importRuns(export) }
                    #expect(try copy.exported() == exports.last, "seed \(random.seed)")
                }
            }
        }
    }

    /// The conflict comes last, after runs and samples that are new.
    @Test func aConflictLeavesNothingBehind() throws {
        var otherSample = Example.samples()
        otherSample[11].logProbabilities[0] = -0.25
        var otherPrompt = Example.samples()
        otherPrompt[8].promptIDs = []
        otherPrompt[9].promptIDs = []
        otherPrompt[10].promptIDs = []
        otherPrompt[11].promptIDs = []
        var otherMetrics = Example.metrics
        otherMetrics[0].value = 0.2
        var otherRun = Example.run(1)
        otherRun.settings.generation.topK = 3
        let cases: [(RunRecord, [SampleRecord], [MetricRecord], StoreError)] = [
            (Example.run(1), otherSample, Example.metrics, .sampleConflict(run: Example.id, prompt: 2, sample: 3)),
            (Example.run(1), otherPrompt, Example.metrics, .promptConflict(run: Example.id, prompt: 2)),
            (Example.run(1), Example.samples(), otherMetrics, .metricConflict(run: Example.id)),
            (otherRun, Example.samples(), Example.metrics, .runConflict(id: Example.id)),
        ]
        try withStore { store in
            try store.add(Example.run(1), Example.samples(), metrics: Example.metrics)
            let before = try store.exported()
            for (run, samples, metrics, expected) in cases {
                try withStore { other in
                    try other.add(Example.run(2), Example.samples(), metrics: Example.metrics)
                    try other.add(run, samples, metrics: metrics)
                    #expect(throws: expected) { try store.importRuns(try other.exported()) }
                    #expect(try store.exported() == before)
                    #expect(throws: expected) { try store.merge(from: other) }
                    #expect(try store.exported() == before)
                    #expect(expected.kind == .badData)
                }
            }
        }
    }

    /// A run that is finished has all its samples; one more would make its metrics wrong.
    @Test func aFinishedRunTakesNoMoreSamples() throws {
        try withStore { store in
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            let before = try store.exported()
            try withStore { other in
                try other.add(Example.run(), [Example.sample(3, 0)])
                let problem = StoreError.ImportProblem.count(found: 13, announced: 12)
                #expect(throws: StoreError.importLine(path: "x.jsonl", line: 5, problem: problem)) {
                    try store.importRuns(try other.exported())
                }
                #expect(throws: StoreError.self) { try store.merge(from: other) }
                #expect(try store.exported() == before)
            }
        }
    }

    /// A policy ends the sampling of a prompt before all planned samples are drawn.
    @Test func aRunThatAPolicyEndedTravelsWithTheSamplesThatItHas() throws {
        var run = Example.run()
        run.settings.stopping = "first accepted by numeric"
        let samples = Array(Example.samples().prefix(5))
        try withStore { store in
            try store.add(run, samples)
            let unfinished = try store.exported()
            try store.finish(run.id, at: "2026-02-01T00:00:00Z", metrics: Example.metrics)
            let finished = try store.exported()
            for exports in [[finished], [unfinished, finished], [finished, unfinished, finished]] {
                try withStore { copy in
                    for export in exports { try copy.importRuns(export) }
                    #expect(try copy.exported() == finished)
                }
            }
            try withStore { (copy: RunStore) throws in
                #expect(try copy.merge(from: store).samplesAdded == 5)
                #expect(try copy.exported() == finished)
            }
        }
    }

    /// One more sample than its metrics are of, and more than were planned.
    @Test func aRunThatAPolicyEndedTakesNoMoreSamples() throws {
        var run = Example.run(planned: 5)
        run.settings.stopping = "first accepted by numeric"
        func refused(_ found: Int, _ announced: Int) -> StoreError {
            .importLine(path: "x.jsonl", line: 5, problem: .count(found: found, announced: announced))
        }
        try withStore { store in
            try store.add(run, Array(Example.samples().prefix(4)), metrics: [])
            let before = try store.exported()
            try withStore { other in
                try other.add(run, [Example.sample(3, 0)])
                #expect(throws: refused(5, 4)) { try store.importRuns(try other.exported()) }
                #expect(throws: StoreError.self) { try store.merge(from: other) }
                try other.finish(run.id, at: "2026-02-01T00:00:00Z", metrics: [])
                #expect(throws: refused(5, 1)) { try store.importRuns(try other.exported()) }
            }
            #expect(try store.exported() == before)
        }
        try withStore { store in
            try store.add(run, Array(Example.samples().prefix(6)), metrics: [])
            try withStore { (copy: RunStore) throws in
                #expect(throws: StoreError.self) { try copy.merge(from: store) }
                #expect(try copy.runs().isEmpty)
            }
        }
    }

    @Test func aMergeIsAnImportWithoutAFile() throws {
        try withStore { source in
            try fill(source)
            try withStore { target in
                try target.add(Example.run(2), Array(Example.samples().suffix(3)))
                try target.add(Example.run(4), [])
                #expect(
                    try target.merge(from: source)
                        == IntakeResult(runsAdded: 2, runsKnown: 1, samplesAdded: 21, samplesKnown: 0))
                for id in [1, 3].map({ Example.id($0) }) {
                    #expect(try target.exported([id]) == source.exported([id]))
                }
                #expect(try target.sampleCount(Example.id(2)) == 8)
                #expect(try target.merge(from: source, runs: [Example.id(1)]).samplesKnown == 12)
                #expect(throws: StoreError.unknownRun("x")) { try target.merge(from: source, runs: ["x"]) }
            }
        }
    }

    @Test func aStoreIsNotMergedIntoItselfUnderAnyName() throws {
        try withStore { store, folder in
            try fill(store)
            let link = folder.appendingPathComponent("link.sqlite").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.path)
            let round = folder.path + "/../" + folder.lastPathComponent + "/runs.sqlite"
            for path in [store.path, round, link] {
                let other = try RunStore(existing: path)
                #expect(throws: StoreError.sameStore(path: path)) { try store.merge(from: other) }
                #expect(throws: StoreError.sameStore(path: store.path)) { try other.merge(from: store) }
            }
        }
    }

    /// Two stores that take each other's runs at the same moment.
    @Test func mergesInBothDirectionsDoNotWaitForEachOther() throws {
        try withStore { first in
            try withStore { second in
                try first.add(Example.run(1), Example.samples(), metrics: Example.metrics)
                try second.add(Example.run(2), Example.samples(), metrics: Example.metrics)
                try inParallel([
                    { try first.merge(from: second) },
                    { try second.merge(from: first) },
                ])
                for id in [1, 2].map({ Example.id($0) }) {
                    #expect(try first.exported([id]) == second.exported([id]))
                }
            }
        }
    }
}

import Evaluation
import Foundation
import TestSupport
import Testing
import Verification

@testable import Store

/// A plain recount of the samples of one run, by version and then by prompt in the order of the plan: every version that
/// the run names or a sample has, and every sample of the prompt, whether the scorer looked at it or not.
private func recount(_ run: RunRecord, _ samples: [SampleRecord], scorer: String) -> [StoredTaskCounts] {
    let found = samples.flatMap(\.scores).filter { $0.scorer == scorer }.map(\.version)
    let versions = Set(found + run.scorers.filter { $0.key == scorer }.map(\.version)).sorted()
    let prompts = Dictionary(grouping: samples, by: \.promptIndex).sorted { $0.key < $1.key }.map(\.value)
    return versions.flatMap { version in
        prompts.map { samples in
            let grades = samples.flatMap(\.scores).filter { $0.scorer == scorer && $0.version == version }
            let values = grades.compactMap { score -> Double? in
                if case .scored(let value) = score.grade.outcome { value } else { nil }
            }
            return StoredTaskCounts(
                run: run.id, modelDigest: run.model.digest, samplingDigest: run.samplingDigest,
                seed: run.settings.generation.seed, scorer: scorer, scorerVersion: version,
                promptSet: samples[0].promptSet, promptID: samples[0].promptID, scored: values.count,
                correct: values.count { $0 == 1 }, fractional: values.count { $0 > 0 && $0 < 1 },
                unscored: samples.count - values.count)
        }
    }
}

private func randomSamples(_ random: inout SeededGenerator) -> [SampleRecord] {
    let outcomes: [Outcome] = [
        .scored(0), .scored(1), .scored(Double.leastNonzeroMagnitude), .scored(1 - 0x1p-53), .unscored(reason: "1"),
        .scored(0.5),
    ]
    return (0..<Int.random(in: 0...9, using: &random)).flatMap { prompt in
        (0..<Int.random(in: 1...9, using: &random)).map { index in
            var sample = Example.sample(prompt, index)
            sample.promptID = "p\(prompt)\u{0}é"
            for score in sample.scores.indices {
                sample.scores[score].grade.outcome = outcomes.randomElement(using: &random) ?? .scored(0)
                sample.scores[score].version = Int.random(in: 1...2, using: &random)
            }
            return Int.random(in: 0..<6, using: &random) > 0
                ? sample
                : {
                    var s = sample; s.scores = []; return s
                }()
        }
    }
}

struct TaskCountTests {
    @Test(arguments: [UInt64(31), 32, 33])
    func countsEqualAPlainRecount(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withStore { store in
            var expected: [String: [String: [StoredTaskCounts]]] = [:]
            let scorers = ["numeric", "refusal/xstest"]
            for number in 1...6 {
                let run = Example.run(number, seed: UInt64(number))
                let samples = randomSamples(&random)
                try store.add(run, samples.shuffled(using: &random))
                for scorer in scorers { expected[scorer, default: [:]][run.id] = recount(run, samples, scorer: scorer) }
            }
            for scorer in scorers {
                let all = (1...6).flatMap { expected[scorer]?[Example.id($0)] ?? [] }
                #expect(try store.taskCounts(scorer: scorer) == all, "seed \(seed)")
                let some = [2, 5].flatMap { expected[scorer]?[Example.id($0)] ?? [] }
                #expect(try store.taskCounts(runs: [5, 2].map { Example.id($0) }, scorer: scorer) == some)
            }
            #expect(try store.taskCounts(scorer: "numeric\u{0}") == [])
            #expect(try store.taskCounts(runs: [], scorer: "numeric") == [])
            #expect(throws: StoreError.unknownRun("x")) { try store.taskCounts(runs: ["x"], scorer: "numeric") }
        }
    }

    /// What may differ between runs that are pooled, and what may not.
    @Test func digestsDecideWhatIsPooled() throws {
        var pooled = Array(repeating: Example.run(), count: 4)
        pooled[0].settings.generation.seed = 1
        pooled[1].settings.generation.samples = 99
        pooled[2].environment.batch = 1
        pooled[3].model.backend = "openblas"
        var apart = Array(repeating: Example.run(), count: 6)
        apart[0].settings.generation.temperature = 0.8
        apart[1].model.digest = String(repeating: "e", count: 64)
        apart[2].model.computeMode = "bf16"
        apart[3].settings.generation.stop = []
        apart[4].promptSets[0].digest = String(repeating: "f", count: 64)
        apart[5].definition.system = nil
        try withStore { store in
            for (number, run) in ([Example.run()] + pooled + apart).enumerated() {
                var run = run
                run.id = Example.id(number + 1)
                try store.add(run, [Example.sample(0, 0)])
            }
            let digests = try store.taskCounts(scorer: "numeric").map(\.samplingDigest)
            #expect(digests.count == 11)
            #expect(Set(digests.prefix(5)).count == 1)
            #expect(Set(digests).count == 7)
        }
    }

    /// A sample without any grade, a prompt of which none has one, and one that the scorer could not grade are unscored.
    @Test func samplesWithoutAGradeAreUnscored() throws {
        try withStore { store in
            var samples = Example.samples(prompts: 2, each: 4)
            samples[0].scores = []
            for index in 4..<8 { samples[index].scores = [] }
            try store.add(Example.run(planned: 8), samples)
            let counts = try store.taskCounts(scorer: "numeric")
            #expect(counts.map(\.promptID) == ["p0", "p1"])
            #expect(counts.map { [$0.scored, $0.correct, $0.unscored] } == [[2, 1, 2], [0, 0, 4]])
            #expect(try store.taskCounts(scorer: "includes") == [])
        }
    }

    /// A million samples are counted in one pass over an index of grades and the key of samples.
    @Test func countingReadsIndexesAlone() throws {
        try withStore { store in
            try store.add(Example.run(), Example.samples())
            let plan = try store.queryPlan(RunStore.taskCountSQL(runs: nil), ["numeric"])
            let grades = plan.filter { $0.contains(" scores ") || $0.hasSuffix(" scores") }
            #expect(
                grades == [
                    "SEARCH scores USING COVERING INDEX scores_by_prompt (run=? AND scorer=?)",
                    "SCAN scores USING COVERING INDEX scores_by_prompt",
                ], "\(plan)")
            let samples = plan.filter { $0.contains("samples") }
            #expect(
                samples == ["SEARCH samples USING COVERING INDEX sqlite_autoindex_samples_1 (run=? AND prompt=?)"],
                "\(plan)")
        }
    }
}

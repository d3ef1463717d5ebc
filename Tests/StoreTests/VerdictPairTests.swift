import Evaluation
import Foundation
import TestSupport
import Testing
import Verification

@testable import Store

struct VerdictPairTests {
    private static let unscored = Outcome.unscored(reason: "no verdict")

    private func sample(_ prompt: Int, _ index: Int, _ weak: Outcome?, _ strong: Outcome?) -> SampleRecord {
        var sample = Example.sample(prompt, index)
        sample.scores = [("numeric", 3, weak), ("refusal/xstest", 1, strong)].compactMap { scorer, version, outcome in
            outcome.map { ScoreRecord(scorer: scorer, version: version, grade: Grade(outcome: $0)) }
        }
        return sample
    }

    private func withStore(_ body: (RunStore) throws -> Void) throws {
        try Places.withTemporaryFolder { folder in
            try body(try RunStore(path: folder.appendingPathComponent("runs.sqlite").path, durability: .processEnd))
        }
    }

    /// Every combination of right, wrong, in between, unscored and missing, for both scorers.
    @Test func everyCombinationIsCountedOnce() throws {
        let outcomes: [Outcome?] = [.scored(1), .scored(0), .scored(0.25), Self.unscored, nil]
        try withStore { store in
            try store.begin(Example.run(1, planned: 100))
            var index = 0
            for weak in outcomes {
                for strong in outcomes {
                    try store.insert(sample(0, index, weak, strong), run: Example.id)
                    index += 1
                }
            }
            let pairs = try store.verdictPairs(weak: "numeric", strong: "refusal/xstest")
            let found = try #require(pairs.first)
            #expect(pairs.count == 1)
            let clear: [Int] = [found.bothAccept, found.weakAlone, found.strongAlone, found.neither]
            #expect(clear == [1, 1, 1, 1])
            // In between on either side: five and five, one of them twice.
            #expect(found.fractional == 9)
            // One verdict is missing on either side, less those in between; the sample that neither looked at is one of
            // them, although no grade of it is stored.
            #expect(found.unscored == 25 - 4 - 9)
            #expect(found.weakVersion == 3 && found.strongVersion == 1 && found.promptID == "p0")
            #expect(try store.verdictPairs(weak: "refusal/xstest", strong: "numeric").first?.weakAlone == 1)
            #expect(try store.verdictPairs(weak: "numeric", strong: "other").isEmpty)
        }
    }

    @Test func countsAgreeWithTheSamplesOfManyRuns() throws {
        var generator = SeededGenerator(seed: 12)
        try withStore { store in
            var expected: [String: [Int]] = [:]
            for number in 1...4 {
                try store.begin(Example.run(number, planned: 100, seed: UInt64(number)))
                for prompt in 0..<3 {
                    for index in 0..<9 {
                        let weak = Bool.random(using: &generator)
                        let strong = Bool.random(using: &generator)
                        let row = sample(prompt, index, .scored(weak ? 1 : 0), .scored(strong ? 1 : 0))
                        try store.insert(row, run: Example.id(number))
                        let cell = weak ? (strong ? 0 : 1) : (strong ? 2 : 3)
                        expected["\(Example.id(number)) p\(prompt)", default: [0, 0, 0, 0]][cell] += 1
                    }
                }
            }
            let pairs = try store.verdictPairs(weak: "numeric", strong: "refusal/xstest")
            let order: [String] = (1...4).flatMap { Array(repeating: Example.id($0), count: 3) }
            #expect(pairs.map(\.run) == order)
            for row in pairs {
                let counts: [Int] = [row.bothAccept, row.weakAlone, row.strongAlone, row.neither]
                #expect(counts == expected["\(row.run) \(row.promptID)"], "seed \(generator.seed)")
            }
            let one = try store.verdictPairs(runs: [Example.id(3)], weak: "numeric", strong: "refusal/xstest")
            #expect(Set(one.map(\.run)) == [Example.id(3)])
            #expect(throws: StoreError.unknownRun("x")) {
                try store.verdictPairs(runs: ["x"], weak: "numeric", strong: "refusal/xstest")
            }
        }
    }

    /// A prompt of which no sample was looked at is there, with all its samples unscored.
    @Test func promptsWithoutGradesAreThere() throws {
        try withStore { store in
            try store.begin(Example.run(1, planned: 100))
            for index in 0..<3 { try store.insert(sample(0, index, nil, nil), run: Example.id) }
            try store.insert(sample(1, 0, .scored(1), .scored(1)), run: Example.id)
            let pairs = try store.verdictPairs(weak: "numeric", strong: "refusal/xstest")
            #expect(pairs.map(\.promptID) == ["p0", "p1"])
            #expect(pairs.map { [$0.bothAccept, $0.neither, $0.unscored] } == [[0, 0, 3], [1, 0, 0]])
            #expect(pairs.map(\.fractional) == [0, 0])
        }
    }

    @Test func stylesCarryWhatPoolingNeeds() throws {
        try withStore { store in
            var run = Example.run(1, planned: 100, seed: 5)
            run.scorers.append(ScorerReference(key: "style", version: 7))
            try store.begin(run)
            let rows: [(Double, Double, Double)] = [(1, 1, 1), (1, 0, 1), (1, 0, 0), (0, 1, 1)]
            for (index, row) in rows.enumerated() {
                var sample = sample(0, index, .scored(row.0), .scored(row.1))
                sample.scores.append(
                    ScoreRecord(scorer: "style", version: 7, grade: Grade(outcome: .scored(row.2))))
                try store.insert(sample, run: run.id)
            }
            let found = try store.styleCounts(
                runs: [run.id], weak: "numeric", strong: "refusal/xstest", style: "style")
            #expect(
                found == [
                    StoredStyleCounts(
                        run: run.id, seed: 5, styleVersion: 7, promptSet: "a", promptID: "p0", right: 1,
                        rightAdhering: 1, wrong: 2, wrongAdhering: 1, samples: 4)
                ])
        }
    }
}

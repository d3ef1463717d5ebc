import Foundation
import Resampling
import TestSupport

extension VerdictTally {
    static func counts(_ task: String, _ tp: Int, _ fp: Int, _ fn: Int, _ tn: Int, unscored: Int = 0) -> VerdictTally {
        VerdictTally(
            task: task, truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn, unscored: unscored
        )
    }
}

/// The tasks and figures of `Tests/Fixtures/resampling/attempts.json`.
struct AttemptReference: Decodable {
    struct Reward: Decodable {
        var false_positive: Double
        var sample: Double
        var abstention: Double
        var rewards: [Double]
        var best: Int
    }
    struct Bucket: Decodable {
        var low: Int
        var high: Int
        var share: Double?
    }
    var tasks: [[Int]]
    var single: Double
    var conditional: Double
    var ceiling: Double
    var true_positive: [Double]
    var false_positive: [Double]
    var draws: [Double]
    var rewards: [Reward]
    var buckets: [Bucket]

    static func load() throws -> AttemptReference {
        try JSONDecoder().decode(Self.self, from: Data(contentsOf: Places.fixture("resampling/attempts.json")))
    }

    var tallies: [VerdictTally] {
        tasks.enumerated().map { .counts("t\($0.offset)", $0.element[0], $0.element[1], $0.element[2], $0.element[3]) }
    }
}

enum MadeUp {
    /// Tasks of two types, `samples` each: easy ones are right 85% of the time, hard ones 4%; wrong samples pass in
    /// 20%.
    static func twoTypes(tasks: Int, samples: Int, seed: UInt64) -> [VerdictTally] {
        var generator = SeededGenerator(seed: seed)
        return (0..<tasks).map { index in
            let accuracy = index.isMultiple(of: 2) ? 0.85 : 0.04
            var tally = VerdictTally.counts("task-\(index)", 0, 0, 0, 0)
            for _ in 0..<samples {
                if Double.random(in: 0..<1, using: &generator) < accuracy {
                    tally.truePositives += 1
                } else if Double.random(in: 0..<1, using: &generator) < 0.2 {
                    tally.falsePositives += 1
                } else {
                    tally.trueNegatives += 1
                }
            }
            return tally
        }
    }
}

func close(_ actual: [Double], _ expected: [Double], _ tolerance: Double = 1e-12) -> Bool {
    actual.count == expected.count && zip(actual, expected).allSatisfy { abs($0 - $1) <= tolerance }
}

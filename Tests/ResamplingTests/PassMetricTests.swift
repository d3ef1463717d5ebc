import Foundation
import Resampling
import TestSupport
import Testing

struct PassMetricTests {
    private struct Case: Decodable {
        var n: Int
        var c: Int
        var k: Int
        var atLeastOne: Double
        var all: Double

        enum CodingKeys: String, CodingKey {
            case n, c, k
            case atLeastOne = "pass_at_k"
            case all = "pass_hat_k"
        }
    }

    @Test func estimatesEqualExactRationals() throws {
        let data = try Data(contentsOf: Places.fixture("passk/cases.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count > 490)
        for item in cases {
            let atLeastOne = try PassMetric.passAtK.estimate(samples: item.n, correct: item.c, k: item.k)
            let all = try PassMetric.passHatK.estimate(samples: item.n, correct: item.c, k: item.k)
            #expect(abs(atLeastOne - item.atLeastOne) <= 1e-12, "pass@\(item.k) of \(item.c)/\(item.n)")
            #expect(abs(all - item.all) <= 1e-12, "pass^\(item.k) of \(item.c)/\(item.n)")
        }
    }

    @Test(arguments: [
        (5, 2, 1, 0.4), (5, 2, 3, 0.9), (5, 0, 3, 0), (200, 10, 1, 0.05), (200, 10, 10, 0.408547866081),
        (200, 10, 100, 0.999228973937), (256, 3, 64, 0.579782306623),
    ])
    func publishedValuesAgree(samples: Int, correct: Int, k: Int, expected: Double) throws {
        let value = try PassMetric.passAtK.estimate(samples: samples, correct: correct, k: k)
        #expect(abs(value - expected) < 5e-13)
    }

    @Test func passHatOfNineInTenIsFourFifths() throws {
        #expect(abs(try PassMetric.passHatK.estimate(samples: 10, correct: 9, k: 2) - 0.8) < 1e-15)
    }

    /// Every n up to 12: in 0...1, growing in k for pass@k, shrinking for pass^k, and equal at k = 1.
    @Test func everySmallCaseIsAProbabilityAndMonotone() throws {
        for n in 1...12 {
            for c in 0...n {
                var least = 0.0
                var most = 1.0
                for k in 1...n {
                    let any = try PassMetric.passAtK.estimate(samples: n, correct: c, k: k)
                    let all = try PassMetric.passHatK.estimate(samples: n, correct: c, k: k)
                    #expect((least - 1e-15...1).contains(any))
                    #expect((0...most + 1e-15).contains(all))
                    if k == 1 { #expect(abs(any - Double(c) / Double(n)) < 1e-15 && abs(any - all) < 1e-15) }
                    (least, most) = (any, all)
                }
                #expect(least == (c > 0 ? 1 : 0))
                #expect(most == (c == n ? 1 : 0))
            }
        }
    }

    /// A rare success keeps its relative precision: pass@1 of 1 in 10^6 is 1e-6 to 15 digits.
    @Test func smallProbabilitiesKeepTheirDigits() throws {
        let value = try PassMetric.passAtK.estimate(samples: 1_000_000, correct: 1, k: 3)
        #expect(abs(value / 3e-6 - 1) < 1e-15)
    }

    @Test func kAboveNIsRefused() {
        #expect(throws: ResamplingError.self) { try PassMetric.passAtK.estimate(samples: 4, correct: 4, k: 5) }
        #expect(throws: ResamplingError.self) { try PassMetric.passHatK.estimate(samples: 0, correct: 0, k: 1) }
        #expect(throws: ResamplingError.invalidK(0)) { try PassMetric.passAtK.estimate(samples: 4, correct: 1, k: 0) }
        #expect(throws: ResamplingError.invalidCounts(task: "", scored: 3, correct: 4, unscored: 0)) {
            try PassMetric.passAtK.estimate(samples: 3, correct: 4, k: 1)
        }
        #expect(throws: ResamplingError.invalidCounts(task: "", scored: -3, correct: 0, unscored: 0)) {
            try PassMetric.passAtK.estimate(samples: -3, correct: 0, k: 1)
        }
    }

    @Test func namesCarryK() {
        #expect(PassMetric.passAtK.name(at: 8) == "pass@8")
        #expect(PassMetric.passHatK.name(at: 16) == "pass^16")
    }
}

import Resampling
import Testing

struct PairedComparisonTests {
    /// Runs of one task for each pair of right samples, `samples` each.
    private func runs(_ right: [(Int, Int)], of samples: Int) -> (first: [VerdictTally], second: [VerdictTally]) {
        func run(_ counts: [Int]) -> [VerdictTally] {
            counts.enumerated().map { .counts("t\($0.offset)", $0.element, 0, 0, samples - $0.element) }
        }
        return (run(right.map(\.0)), run(right.map(\.1)))
    }

    private func pValue(_ right: [(Int, Int)], of samples: Int = 10) throws -> Double {
        let runs = runs(right, of: samples)
        return try PairedComparison(runs.first, runs.second).pValue
    }

    /// T tasks that all change one way: 2 of the 2^T ways to give signs are as far from 0.
    @Test func fewTasksCannotShowMoreThanTheirSigns() throws {
        #expect(try pValue([(0, 10)]) == 1)
        #expect(try pValue([(0, 10), (0, 10)]) == 0.5)
        #expect(try pValue([(0, 5), (0, 4), (0, 3)]) == 0.25)
        #expect(try pValue(Array(repeating: (2, 7), count: 16)) == 1.0 / 32768)
    }

    /// Differences 0.5, 0.4 and -0.1: up to the sign of all the sums are 1.0, 0.8, 0.2 and 0.0; the one found is 0.8.
    @Test func signsThatReachFartherCount() throws {
        #expect(try pValue([(0, 5), (0, 4), (1, 0)]) == 0.5)
        // All eight sums of three equal steps are at least one step away.
        #expect(try pValue([(0, 2), (0, 2), (2, 0)]) == 1)
    }

    @Test func tasksWithoutADifferenceSayNothing() throws {
        #expect(try pValue([(0, 5), (0, 4), (0, 3)] + Array(repeating: (6, 6), count: 40)) == 0.25)
        #expect(try pValue(Array(repeating: (6, 6), count: 40)) == 1)
    }

    /// 14 of 20 equal steps up: P(at most 6 or at least 14) of a fair coin is 120,920 / 2^20; 10,000 random ways have a
    /// standard error of 0.0032.
    @Test func manyTasksAreEstimatedFromRandomSigns() throws {
        let steps = (0..<20).map { $0 < 14 ? (0, 10) : (10, 0) }
        #expect(abs(try pValue(steps) - 0.115318) < 0.014)
        #expect(try pValue(Array(repeating: (0, 10), count: 60)) == 1.0 / 10_001)
    }

    /// Two samples each: differences 0.5 and 0 have variance 0.125, and sampling alone would give (0.25 + 0.5) / 2.
    @Test func twoSamplesSplitTheVariance() throws {
        let runs = runs([(1, 2), (1, 1)], of: 2)
        let size = try #require(PairedComparison(runs.first, runs.second).size)
        #expect(size.sampling == .estimated(0.75) && size.between == 0)
        // (1.959964 + 0.841621)^2 = 7.848880; 0.75 / (2 * 0.25 / 7.848880) = 11.8.
        #expect(try size.samplesNeeded(effect: 0.5) == .count(12))
    }

    @Test func oneSampleOfATaskLeavesTheNumberOpen() throws {
        let runs = runs([(0, 1), (1, 1), (0, 0), (0, 1)], of: 1)
        let size = try #require(PairedComparison(runs.first, runs.second).size)
        let needed = try size.samplesNeeded(effect: 0.5)
        #expect(needed == .unknown(.oneSample(tasks: 4)) && needed.count == nil)
        #expect(needed.description.contains("cannot be estimated with one sample"))
        // Differences 1, 0, 0, 1 have variance 1/3: 7.848880 / 3 / 0.25 = 10.5.
        #expect(try size.tasksNeeded(effect: 0.5) == 11)
        var mixed = runs.first
        mixed[2] = .counts("t2", 3, 0, 0, 5)
        let some = try #require(PairedComparison(mixed, mixed).size)
        #expect(try some.samplesNeeded(effect: 0.5) == .unknown(.oneSample(tasks: 3)))
    }

    @Test func otherFiguresLeaveTheNumberOpenToo() throws {
        let runs = runs([(1, 4), (3, 6), (2, 9)], of: 10)
        for (metric, k) in [(PairedComparison.Metric.passAtK, 2), (.acceptedAccuracy, 1)] {
            let size = try #require(PairedComparison(runs.first, runs.second, metric: metric, k: k).size)
            #expect(try size.samplesNeeded(effect: 0.5) == .unknown(.otherMetric))
        }
    }
}

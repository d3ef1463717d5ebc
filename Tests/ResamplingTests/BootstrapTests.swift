import Foundation
import Resampling
import TestSupport
import Testing

struct BootstrapTests {
    private struct Reference: Decodable {
        struct Task: Decodable {
            var n: Int
            var c: Int
        }
        struct Point: Decodable {
            var k: Int
            var estimate: Double
            var standardError: Double
            var percentile: [Double]
            var bca: [Double]

            enum CodingKeys: String, CodingKey {
                case k, estimate, percentile, bca
                case standardError = "standard_error"
            }
        }
        var tasks: [Task]
        var points: [Point]
    }

    private func bounds(_ interval: IntervalEstimate) throws -> (lower: Double, upper: Double) {
        guard case .bounds(let lower, let upper) = interval else {
            throw ResamplingError.noTasks
        }
        return (lower, upper)
    }

    /// Ends from 100,000 resamples have a Monte Carlo error near 1% of the standard error at these levels; 5% is far
    /// outside it and well inside the difference between the two methods.
    @Test(arguments: Bootstrap.Method.allCases)
    func intervalsEqualTheReference(method: Bootstrap.Method) throws {
        let data = try Data(contentsOf: Places.fixture("passk/bootstrap.json"))
        let reference = try JSONDecoder().decode(Reference.self, from: data)
        let tasks = reference.tasks.enumerated().map { TaskTotal(task: "\($0)", scored: $1.n, correct: $1.c) }
        let group = PooledGroup(modelDigest: "", settingsDigest: "", runs: [], repeatedRuns: [], tasks: tasks)
        let bootstrap = try Bootstrap(resamples: 100_000, seed: 3, method: method)
        let curve = try group.curve(at: reference.points.map(\.k), bootstrap: bootstrap)
        for (point, expected) in zip(curve.points, reference.points) {
            let ends = try bounds(point.interval)
            let wanted = method == .percentile ? expected.percentile : expected.bca
            #expect(abs(point.estimate - expected.estimate) < 1e-12)
            #expect(abs(try #require(point.standardError) - expected.standardError) < 1e-12)
            #expect(abs(ends.lower - wanted[0]) < 0.05 * expected.standardError, "k = \(point.k)")
            #expect(abs(ends.upper - wanted[1]) < 0.05 * expected.standardError, "k = \(point.k)")
        }
    }

    @Test func intervalIsAboutTwoStandardErrorsEachWay() throws {
        var random = SeededGenerator(seed: 5)
        let values = (0..<400).map { _ in Double.random(in: 0...1, using: &random) }
        let mean = values.reduce(0, +) / 400
        let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (399 * 400)).squareRoot()
        let ends = try bounds(Bootstrap.standard.intervals(ofMeansOf: values.map { [$0] })[0])
        #expect(abs((mean - ends.lower) / error - 1.96) < 0.1)
        #expect(abs((ends.upper - mean) / error - 1.96) < 0.1)
    }

    /// 95% intervals hold the true mean in about 95 of 100 repetitions; with 1,000 of them the count's own error is 7.
    @Test(arguments: Bootstrap.Method.allCases)
    func intervalsCoverTheTruth(method: Bootstrap.Method) throws {
        var random = SeededGenerator(seed: 21)
        var covered = 0
        for repetition in 0..<1000 {
            // The square of a uniform number: skewed, with mean 1/3.
            let rows = (0..<60).map { _ in
                let value = Double.random(in: 0..<1, using: &random)
                return [value * value]
            }
            let bootstrap = try Bootstrap(resamples: 1000, seed: UInt64(repetition), method: method)
            let ends = try bounds(bootstrap.intervals(ofMeansOf: rows)[0])
            if ends.lower <= 1.0 / 3, 1.0 / 3 <= ends.upper { covered += 1 }
        }
        #expect((920...970).contains(covered), "\(covered) of 1000")
    }

    @Test func resultDependsOnTheSeedAndOnNothingElse() throws {
        let rows = (0..<30).map { [Double($0 % 7), Double($0 % 3)] }
        let first = try Bootstrap(resamples: 500, seed: 1).intervals(ofMeansOf: rows)
        #expect(try Bootstrap(resamples: 500, seed: 1).intervals(ofMeansOf: rows) == first)
        #expect(try Bootstrap(resamples: 500, seed: 2).intervals(ofMeansOf: rows) != first)
        // A column keeps its interval whatever stands beside it, in its block of eight or in another.
        let wide = rows.map { row in Array(repeating: 0.5, count: 9) + [row[0]] }
        #expect(try Bootstrap(resamples: 500, seed: 1).intervals(ofMeansOf: wide)[9] == first[0])
    }

    /// Pinned, so that a change of the generator or of the order of work does not pass unseen.
    @Test func intervalOfTheDefaultSeedIsPinned() throws {
        let ends = try bounds(Bootstrap.standard.intervals(ofMeansOf: (0..<100).map { [Double($0)] })[0])
        #expect(ends.lower == 43.78975)
        #expect(ends.upper == 55.08)
    }

    @Test func settingsOutOfRangeAreRefused() {
        #expect(throws: ResamplingError.self) { try Bootstrap(resamples: 99) }
        #expect(throws: ResamplingError.self) { try Bootstrap(resamples: 100_001) }
        #expect(throws: ResamplingError.self) { try Bootstrap(confidence: 1) }
        #expect(throws: ResamplingError.self) { try Bootstrap(confidence: .nan) }
    }

    @Test func noRowsGiveNoIntervals() {
        #expect(Bootstrap.standard.intervals(ofMeansOf: []) == [])
        #expect(Bootstrap.standard.intervals(ofMeansOf: [[0.5, 1]]) == [.absent(.oneTask), .absent(.oneTask)])
    }
}

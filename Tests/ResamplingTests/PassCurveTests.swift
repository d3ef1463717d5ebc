import Resampling
import TestSupport
import Testing

struct PassCurveTests {
    private func group(_ tasks: [TaskTotal]) -> PooledGroup {
        PooledGroup(modelDigest: "m", settingsDigest: "s", runs: ["r"], repeatedRuns: [], tasks: tasks)
    }

    @Test func curveIsTheMeanOverTasks() throws {
        let curve = try group([
            TaskTotal(task: "a", scored: 5, correct: 2), TaskTotal(task: "b", scored: 5, correct: 0),
        ]).curve(at: [3, 1])
        #expect(curve.points.map(\.k) == [1, 3])
        #expect(abs(curve.points[0].estimate - 0.2) < 1e-15)
        #expect(abs(curve.points[1].estimate - 0.45) < 1e-15)
        // sd(0.4, 0) / sqrt(2) = 0.2
        #expect(abs(try #require(curve.points[0].standardError) - 0.2) < 1e-15)
        #expect(curve.taskCount == 2)
        #expect(curve.sampleCount == 10)
    }

    @Test func gridDoublesUpToTheShortestTask() throws {
        let tasks = [TaskTotal(task: "a", scored: 100, correct: 2), TaskTotal(task: "b", scored: 33, correct: 0)]
        #expect(try group(tasks).curve().points.map(\.k) == [1, 2, 4, 8, 16, 32])
        #expect(PassCurve.defaultGrid(tasks: tasks + [TaskTotal(task: "c", scored: 1, correct: 1)]) == [1])
        #expect(PassCurve.defaultGrid(tasks: []) == [])
    }

    @Test func tooLargeKNamesTheShortTasks() throws {
        var tasks = [TaskTotal(task: "long", scored: 20, correct: 3)]
        tasks += (0..<14).map { TaskTotal(task: "t\($0)", scored: 4, correct: 1, unscored: 2) }
        let error = #expect(throws: ResamplingError.self) { try group(tasks).curve(at: [1, 8]) }
        let expected = ResamplingError.notEnoughSamples(k: 8, short: Array(tasks[1...10]), count: 14)
        #expect(error == expected)
        let sentence = expected.description
        #expect(sentence.hasPrefix("k = 8 needs 8 samples of every task; 14 tasks have fewer: task \"t0\" (4 scored, "))
        #expect(sentence.contains("task \"t9\" (4 scored, 2 unscored) and 4 more. Ask for a smaller k"))
        #expect(!sentence.contains("t10"))
        // With the unscored ones there would be 6: no help for k = 8, but enough for k = 6.
        #expect(!sentence.contains("as wrong"))
        let six = ResamplingError.notEnoughSamples(k: 6, short: Array(tasks[1...10]), count: 14).description
        #expect(six.hasSuffix("draw more samples, or count unscored samples as wrong."))
    }

    @Test func taskWithoutGradesIsNotLeftOutInSilence() {
        let tasks = [
            TaskTotal(task: "a", scored: 4, correct: 1), TaskTotal(task: "b", scored: 0, correct: 0, unscored: 4),
        ]
        #expect(throws: ResamplingError.notEnoughSamples(k: 1, short: [tasks[1]], count: 1)) {
            try group(tasks).curve()
        }
        #expect(throws: Never.self) { try group(tasks).curve(unscored: .countedAsWrong) }
    }

    @Test func unscoredPolicyDecidesWhatNIs() throws {
        let tasks = [TaskTotal(task: "a", scored: 4, correct: 2, unscored: 4)]
        let excluded = try group(tasks).curve(at: [1])
        let wrong = try group(tasks).curve(at: [1], unscored: .countedAsWrong)
        #expect(excluded.points[0].estimate == 0.5)
        #expect(wrong.points[0].estimate == 0.25)
        #expect(excluded.sampleCount == 4)
        #expect(wrong.sampleCount == 8)
        #expect(wrong.unscored == .countedAsWrong)
    }

    @Test func oneTaskAndEqualTasksHaveNoInterval() throws {
        let one = try group([TaskTotal(task: "a", scored: 8, correct: 2)]).curve(at: [1])
        #expect(one.points[0].interval == .absent(.oneTask))
        #expect(one.points[0].standardError == nil)
        let equal = try group((0..<5).map { TaskTotal(task: "\($0)", scored: 8, correct: 8) }).curve(at: [2])
        #expect(equal.points[0].interval == .absent(.noSpread))
        #expect(equal.points[0].estimate == 1)
    }

    @Test func emptyGroupAndBadGridsAreRefused() {
        let some = group([TaskTotal(task: "a", scored: 8, correct: 2)])
        #expect(throws: ResamplingError.noTasks) { try group([]).curve() }
        #expect(throws: ResamplingError.invalidK(0)) { try some.curve(at: [0, 1]) }
        #expect(throws: ResamplingError.invalidK(-3)) { try some.curve(at: [4, -3]) }
        #expect(throws: ResamplingError.tooManyK(count: 2000, limit: 1024)) { try some.curve(at: Array(1...2000)) }
        #expect(throws: Never.self) { try some.curve(at: []) }
    }

    @Test func twiceKBeyondTheSamplesGivesNoSamplingError() throws {
        let points = try group([
            TaskTotal(task: "a", scored: 8, correct: 2), TaskTotal(task: "b", scored: 9, correct: 6),
        ]).curve(at: [1, 4, 5]).points
        #expect(points[0].samplingError != nil)
        #expect(points[2].samplingError == nil)
    }

    /// The sampling variance is unbiased: over many draws its mean is the variance of the estimates themselves.
    @Test(arguments: PassMetric.allCases)
    func samplingErrorMatchesTheSpreadOfRepeatedDraws(metric: PassMetric) throws {
        var random = SeededGenerator(seed: 11)
        let rates = [0.1, 0.3, 0.6, 0.9]
        var estimates: [Double] = []
        var variances: [Double] = []
        for _ in 0..<4000 {
            let tasks = rates.enumerated().map { index, rate in
                let correct = (0..<12).count { _ in Double.random(in: 0..<1, using: &random) < rate }
                return TaskTotal(task: "\(index)", scored: 12, correct: correct)
            }
            let bootstrap = try Bootstrap(resamples: 100)
            let point = try group(tasks).curve(of: metric, at: [3], bootstrap: bootstrap).points[0]
            estimates.append(point.estimate)
            variances.append((point.samplingError ?? 0) * (point.samplingError ?? 0))
        }
        let mean = estimates.reduce(0, +) / 4000
        let spread = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
        let claimed = variances.reduce(0, +) / 4000
        // The relative error of a variance from 4,000 draws is about sqrt(2 / 4000) = 2.2%.
        #expect(abs(claimed / spread - 1) < 0.08, "claimed \(claimed), seen \(spread)")
        let truth =
            rates.map { rate in
                metric == .passAtK ? 1 - (1 - rate) * (1 - rate) * (1 - rate) : rate * rate * rate
            }.reduce(0, +) / 4
        #expect(abs(mean - truth) < 4 * (spread / 4000).squareRoot(), "biased: \(mean), true \(truth)")
    }
}

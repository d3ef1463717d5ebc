internal import Statistics

/// Everything that a pair of verifiers says about one generator: the figures of a report.
public struct PairAnalysis: Sendable {
    public struct Options: Hashable, Sendable {
        /// The most tries; nil takes the number of samples of the shortest task.
        public var budget: Int?
        /// Costs of a false positive, in units of a right answer, that have reward curves.
        public var costs: [Double]
        /// Costs that the heat map has.
        public var heatRatios: [Double]
        /// Cost of a sample and value of abstaining, in all of them.
        public var sample: Double
        public var abstention: Double
        public var shuffles: Int
        public var bootstrap: Bootstrap

        public init(
            budget: Int? = nil,
            costs: [Double] = [0, 1, 2, 4, 8],
            heatRatios: [Double] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 4, 10],
            sample: Double = 0,
            abstention: Double = 0,
            shuffles: Int = 1000,
            bootstrap: Bootstrap = .standard
        ) {
            self.budget = budget
            self.costs = costs
            self.heatRatios = heatRatios
            self.sample = sample
            self.abstention = abstention
            self.shuffles = shuffles
            self.bootstrap = bootstrap
        }

        public func utility(_ cost: Double) -> Utility {
            Utility(falsePositive: cost, sample: sample, abstention: abstention)
        }
    }

    public var options: Options
    public var tasks: [VerdictTally]
    public var statistics: PairStatistics
    public var curve: AttemptCurve
    public var shuffled: AttemptCurve
    /// Accuracy of resampling at 1, 2, 4, … and at the budget.
    public var accuracy: [AccuracyPoint]
    public var stops: [StopBucket]
    /// Share of wrong samples among stops from the fourth position on less that at the first.
    public var lateLessEarly: Estimate?
    public var optima: [CostOptimum]
    /// The best K without a budget, for each of ``Options/heatRatios``, from the shares of every task.
    public var heat: [OptimalAttempts]
    /// With the completeness that the pairs show: tasks with false negatives are not left out.
    public var twoType: Result<TwoTypeModel, ResamplingError>
    public var quality: Result<VerifierQuality, ResamplingError>
    /// The rates of ``quality`` with intervals over tasks.
    public var rates: Result<VerifierRates, ResamplingError>
    /// pass@k from the weak verdicts alone, corrected for the errors that the strong ones show.
    public var corrected: Result<CorrectedCurve, ResamplingError>
    /// pass@k by the strong verdicts: what the correction should find.
    public var truePassAtK: [AccuracyPoint]

    /// - Throws: as ``AttemptCurve/exact(_:budget:)``.
    public init(_ tasks: [VerdictTally], options: Options = Options()) throws(ResamplingError) {
        let bootstrap = options.bootstrap
        let curve = try AttemptCurve.exact(tasks, budget: options.budget)
        let grid = Self.grid(curve.budget)
        let quick = try Bootstrap(
            resamples: min(bootstrap.resamples, 1000), seed: bootstrap.seed, confidence: bootstrap.confidence)
        self.options = options
        self.tasks = tasks
        self.curve = curve
        statistics = try PairStatistics(tasks, bootstrap: bootstrap)
        shuffled = try AttemptCurve.shuffled(
            tasks, budget: options.budget, shuffles: options.shuffles, seed: bootstrap.seed)
        accuracy = Self.points(tasks, grid, quick, .acceptedAccuracy)
        truePassAtK = Self.points(tasks, grid, quick, .passAtK)
        stops = try tasks.stopBuckets(budget: options.budget, bootstrap: quick)
        lateLessEarly = tasks.lateLessEarly(budget: curve.budget, bootstrap: quick)
        optima = try Self.optima(tasks, curve, options, quick)
        heat = try options.heatRatios.map { (ratio) throws(ResamplingError) in
            try GeometricReward(tasks, utility: options.utility(ratio)).optimum.attempts
        }
        twoType = Result { () throws(ResamplingError) in
            try TwoTypeModel.estimated(from: tasks, completeness: nil)
        }
        quality = Result { () throws(ResamplingError) in try VerifierQuality(of: tasks) }
        rates = Result { () throws(ResamplingError) in try VerifierRates(of: tasks, bootstrap: bootstrap) }
        corrected = Result { () throws(ResamplingError) in
            try CorrectedCurve(
                of: .passAtK, verdicts: tasks, at: grid.filter { $0 <= 64 },
                bootstrap: Bootstrap(resamples: min(quick.resamples, 500), seed: quick.seed))
        }
    }

    /// 1, 2, 4, … and the budget itself.
    static func grid(_ budget: Int) -> [Int] {
        let powers = Array(sequence(first: 1) { $0 * 2 }.prefix { $0 <= budget })
        return powers.last == budget ? powers : powers + [budget]
    }

    private static func points(
        _ tasks: [VerdictTally], _ grid: [Int], _ bootstrap: Bootstrap, _ metric: PairedComparison.Metric
    ) -> [AccuracyPoint] {
        let rows = tasks.map { task in grid.map { RatioPart.value(metric.value(task, $0)) } }
        return zip(grid, bootstrap.ratios(rows)).compactMap { k, estimate in
            estimate.map { AccuracyPoint(k: k, estimate: $0) }
        }
    }

    private static func optima(
        _ tasks: [VerdictTally], _ curve: AttemptCurve, _ options: Options, _ bootstrap: Bootstrap
    ) throws(ResamplingError) -> [CostOptimum] {
        let utilities = options.costs.map { options.utility($0) }
        for utility in utilities { try utility.validate() }
        let ranges = BestAttemptsBootstrap(tasks, budget: curve.budget).ranges(utilities, bootstrap)
        var optima: [CostOptimum] = []
        for (index, utility) in utilities.enumerated() {
            let best = curve.best(utility)
            let unlimited = try GeometricReward(tasks, utility: utility).optimum
            optima.append(
                CostOptimum(
                    cost: options.costs[index], attempts: best.attempts, reward: best.reward, range: ranges[index],
                    isBestAtBudget: curve.isBestAtBudget(utility), unlimited: unlimited.attempts,
                    unlimitedReward: unlimited.reward))
        }
        return optima
    }

    /// The largest distance between the shuffled and the exact curve, at any K.
    public var shuffleDeviation: Double {
        zip(curve.truePositive + curve.falsePositive, shuffled.truePositive + shuffled.falsePositive)
            .reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}

public struct AccuracyPoint: Hashable, Sendable {
    public var k: Int
    public var estimate: Estimate

    public init(k: Int, estimate: Estimate) {
        self.k = k
        self.estimate = estimate
    }
}

/// The best number of tries at one cost of false positives.
public struct CostOptimum: Hashable, Sendable {
    public var cost: Double
    /// Within the budget; 0 is not to try.
    public var attempts: Int
    public var reward: Double
    /// From the 2.5% to the 97.5% quantile of the best number over resampled tasks; nil with one task.
    public var range: ClosedRange<Int>?
    /// Whether nothing is lost by going on to the end of the budget.
    public var isBestAtBudget: Bool
    /// With the observed shares and no budget.
    public var unlimited: OptimalAttempts
    public var unlimitedReward: Double
}

/// How the best number of tries varies over resampled tasks.
struct BestAttemptsBootstrap {
    private let grid: [Int]
    /// For each kind of task what it adds at each K of the grid.
    private var values: [(right: [Double], wrong: [Double], draws: [Double])] = []
    private let members: [Int]

    /// Resamples that are looked at.
    static let resamples = 200

    init(_ tasks: [VerdictTally], budget: Int) {
        let grid = Self.grid(budget)
        self.grid = grid
        var indices: [AttemptKind: Int] = [:]
        for (index, entry) in AttemptKind.counts(tasks).enumerated() {
            indices[entry.kind] = index
            values.append(Self.values(of: entry.kind, grid))
        }
        members = tasks.map { indices[AttemptKind($0)] ?? 0 }
    }

    /// Every K up to 64, then in steps of 5%: the range is of no use to the last digit.
    private static func grid(_ budget: Int) -> [Int] {
        var grid = [0]
        while let last = grid.last, last < budget { grid.append(min(budget, max(last + 1, last + last / 20))) }
        return grid
    }

    private static func values(
        of kind: AttemptKind, _ grid: [Int]
    ) -> (right: [Double], wrong: [Double], draws: [Double]) {
        let survival = kind.survival(through: grid.last ?? 0)
        let share = kind.accepted > 0 ? Double(kind.right) / Double(kind.accepted) : 0
        var (drawn, total) = ([0.0], 0.0)
        for chance in survival.dropLast() {
            total += chance
            drawn.append(total)
        }
        return (
            grid.map { share * (1 - survival[$0]) }, grid.map { (1 - share) * (1 - survival[$0]) },
            grid.map { drawn[$0] }
        )
    }

    func ranges(_ utilities: [Utility], _ bootstrap: Bootstrap) -> [ClosedRange<Int>?] {
        guard members.count > 1 else { return utilities.map { _ in nil } }
        let random = CounterRandom(seed: bootstrap.seed)
        var found = utilities.map { _ in [Int]() }
        for resample in 0..<Self.resamples {
            let curve = resampled(random.stream(resample))
            for (index, utility) in utilities.enumerated() { found[index].append(grid[curve.best(utility).attempts]) }
        }
        let tail = (1 - bootstrap.confidence) / 2
        return found.map { attempts in
            let sorted = attempts.sorted().map(Double.init)
            return Int(quantile(sorted, tail).rounded(.down))...Int(quantile(sorted, 1 - tail).rounded(.up))
        }
    }

    /// The curve of drawn tasks; entry i belongs to the K at place i of the grid.
    private func resampled(_ stream: CounterRandom.Stream) -> AttemptCurve {
        var stream = stream
        var weights = Array(repeating: 0.0, count: values.count)
        for _ in members { weights[members[stream.index(below: UInt64(members.count))]] += 1 / Double(members.count) }
        var curve = AttemptCurve(budget: grid.count - 1)
        for (weight, value) in zip(weights, values) where weight > 0 {
            for place in grid.indices {
                curve.truePositive[place] += weight * value.right[place]
                curve.falsePositive[place] += weight * value.wrong[place]
                curve.draws[place] += weight * value.draws[place]
            }
        }
        return curve
    }
}

extension [VerdictTally] {
    /// Nil where the budget does not reach the fourth position, or nothing stops on one of the two sides.
    func lateLessEarly(budget: Int, bootstrap: Bootstrap) -> Estimate? {
        guard budget >= 4 else { return nil }
        let rows = map { task in
            let survival = AttemptKind(task).survival(through: budget)
            let wrong = task.conditionalAccuracy.map { 1 - $0 } ?? 0
            let (early, late) = (1 - survival[1], survival[3] - survival[budget])
            return [wrong * early, early, wrong * late, late]
        }
        func statistic(_ means: [Double]) -> Double? {
            means[1] > 0 && means[3] > 0 ? means[2] / means[3] - means[0] / means[1] : nil
        }
        let sums = (0..<4).map { column in rows.reduce(0) { $0 + $1[column] } }
        guard let value = statistic(sums) else { return nil }
        return Estimate(value: value, interval: bootstrap.interval(of: rows, statistic))
    }
}

/// Why repeated sampling gives no figure.
public enum ResamplingError: Error, Hashable, Sendable {
    case noTasks
    case invalidCounts(task: String, scored: Int, correct: Int, unscored: Int)
    case tooManySamples(task: String, samples: Int, limit: Int)
    case repeatedTask(run: String, task: String)
    case invalidK(Int)
    case kAbove(Int, limit: Int)
    case tooManyK(count: Int, limit: Int)
    /// `short` holds the first tasks that are too short, `count` says how many there are.
    case notEnoughSamples(k: Int, short: [TaskTotal], count: Int)
    case invalidBootstrap(resamples: Int, confidence: Double)
    /// A task that no verdict was given on.
    case emptyTask(String)
    case invalidShuffles(Int)
    case invalidUtility(Utility)
    case invalidModel(TwoTypeModel)
    case invalidKinds
    /// `easy` of the tasks are easy: all of them, or none.
    case oneType(easy: Int, tasks: Int)
    case noWrongSamples
    /// The verifier is no better than chance: what it says carries nothing to correct with.
    case noBetterThanChance(sensitivity: Double, specificity: Double)
    case invalidQuality(accepted: Int, of: Int)
    /// At k, rounding could change a corrected figure; `limit` is the largest k at which it cannot.
    case roundingAbove(k: Int, metric: CorrectedMetric, limit: Int)
    /// Tasks that only one of two runs has; `missing` holds the first ones, `count` says how many there are.
    case differentTasks(missing: [String], count: Int)
    case tooFewModels(found: Int, needed: Int)
    case invalidSizeQuestion
}

extension ResamplingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noTasks:
            "There are no tasks to estimate from. Choose runs that have graded samples."
        case .invalidCounts(let task, let scored, let correct, let unscored):
            """
            \(named(task)) has \(scored) scored, \(correct) correct and \(unscored) unscored samples. Counts start at \
            0 and no more samples can be correct than are scored.
            """
        case .tooManySamples(let task, let samples, let limit):
            "\(named(task)) has \(samples) samples; at most \(limit) are allowed. Choose fewer runs."
        case .repeatedTask(let run, let task):
            "\(named(task)) occurs twice in run \(quoted(run)). Give one row for each run and task."
        case .invalidK(let k):
            "k is \(k). It is a number of samples, 1 or more."
        case .kAbove(let k, let limit):
            "k is \(k); allowed: at most \(limit)."
        case .tooManyK(let count, let limit):
            "\(count) values of k are asked for; at most \(limit) are allowed."
        case .notEnoughSamples(let k, let short, let count):
            notEnough(k: k, short: short, count: count)
        case .invalidBootstrap(let resamples, let confidence):
            """
            The bootstrap has \(resamples) resamples at confidence \(confidence). Between \
            \(Bootstrap.resampleLimits.lowerBound) and \(Bootstrap.resampleLimits.upperBound) resamples, and a \
            confidence between 0 and 1, are allowed.
            """
        default: verifierDescription
        }
    }

    private var verifierDescription: String {
        switch self {
        case .emptyTask(let task):
            "\(named(task)) has no sample with both verdicts. Leave it out, or grade its samples."
        case .invalidShuffles(let count):
            "\(count) shuffles are asked for; 1 to 1000000 are allowed."
        case .invalidUtility:
            """
            A reward or a cost is not a number below 1e12, or a cost is negative. The costs of a false positive and of a \
            sample start at 0.
            """
        case .invalidModel(let model):
            """
            The two-type model has shares \(model.easy.share) and \(model.hard.share), accuracies \(model.easy.accuracy) \
            and \(model.hard.accuracy), completeness \(model.completeness) and soundness \(model.soundness). All are \
            probabilities, the shares add up to 1, and the first type is the easier one.
            """
        case .invalidKinds:
            "The kinds of task of a policy need shares that add up to 1, and chances between 0 and 1."
        case .oneType(let easy, let tasks):
            """
            \(easy) of \(tasks) tasks are solved by more than half of their samples. The two-type model needs tasks on \
            both sides.
            """
        case .noWrongSamples:
            "Every sample is right, so that nothing shows how many wrong ones the verifier would reject."
        default: comparisonDescription
        }
    }

    private var comparisonDescription: String {
        switch self {
        case .noBetterThanChance(let sensitivity, let specificity):
            """
            The verifier accepts \(sensitivity) of right and \(1 - specificity) of wrong samples: it is no better than \
            chance, and a correction for its errors is undefined. Use a better verifier.
            """
        case .invalidQuality(let accepted, let count):
            "A rate of \(accepted) out of \(count) is not possible. Give two counts, the first no larger than the second."
        case .roundingAbove(let k, let metric, let limit):
            """
            k is \(k); allowed: at most \(limit) for \(metric.rawValue) with these error rates. Above that, rounding could \
            change the corrected figure by more than \(CorrectedMetric.largestRounding).
            """
        case .differentTasks(let missing, let count):
            """
            The runs do not have the same tasks: \(count == 1 ? "1 is" : "\(count) are") in one of them only: \
            \(missing.map(quoted).joined(separator: ", "))\(count > missing.count ? ", …" : ""). Compare runs of one \
            prompt set, or choose the tasks that both have.
            """
        case .tooFewModels(let found, let needed):
            "A line through \(found) models says nothing; at least \(needed) are needed."
        case .invalidSizeQuestion:
            "The difference to detect, the level and the power must be numbers between 0 and 1."
        default: "Repeated sampling gives no figure."
        }
    }

    private func notEnough(k: Int, short: [TaskTotal], count: Int) -> String {
        let names = short.map { "\(named($0.task, capital: false)) (\($0.scored) scored, \($0.unscored) unscored)" }
        let more = count > short.count ? " and \(count - short.count) more" : ""
        let verb = count == 1 ? "1 task has" : "\(count) tasks have"
        let isEnoughWithUnscored = short.allSatisfy { $0.unscored >= k - $0.scored }
        let help =
            isEnoughWithUnscored
            ? "Ask for a smaller k, draw more samples, or count unscored samples as wrong."
            : "Ask for a smaller k, or draw more samples."
        return """
            k = \(k) needs \(k) samples of every task; \(verb) fewer: \(names.joined(separator: ", "))\(more). \(help)
            """
    }

    private func named(_ task: String, capital: Bool = true) -> String {
        let word = capital ? "Task" : "task"
        return task.isEmpty ? "\(capital ? "The" : "the") task" : "\(word) \(quoted(task))"
    }

    private func quoted(_ name: String) -> String {
        name.count > 60 ? String(reflecting: name.prefix(60) + "…") : String(reflecting: name)
    }
}

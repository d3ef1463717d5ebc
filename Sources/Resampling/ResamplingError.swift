/// Why repeated sampling gives no figure.
public enum ResamplingError: Error, Hashable, Sendable {
    case noTasks
    case invalidCounts(task: String, scored: Int, correct: Int, unscored: Int)
    case tooManySamples(task: String, samples: Int, limit: Int)
    case repeatedTask(run: String, task: String)
    case invalidK(Int)
    case tooManyK(count: Int, limit: Int)
    /// `short` holds the first tasks that are too short, `count` says how many there are.
    case notEnoughSamples(k: Int, short: [TaskTotal], count: Int)
    case invalidBootstrap(resamples: Int, confidence: Double)
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
        }
    }

    private func notEnough(k: Int, short: [TaskTotal], count: Int) -> String {
        let names = short.map { "\(named($0.task, capital: false)) (\($0.scored) scored, \($0.unscored) unscored)" }
        let more = count > short.count ? " and \(count - short.count) more" : ""
        let verb = count == 1 ? "1 task has" : "\(count) tasks have"
        return """
            k = \(k) needs \(k) samples of every task; \(verb) fewer: \(names.joined(separator: ", "))\(more). Ask for \
            a smaller k, draw more samples, or count unscored samples as wrong.
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

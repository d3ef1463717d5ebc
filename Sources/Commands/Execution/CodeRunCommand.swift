internal import ArgumentParser
internal import CodeExecution
internal import Foundation

struct CodeRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Executes samples (JSON lines) against the tests of a task file.",
        discussion: """
            A sample has `task_id`, and `completion` (which continues the task's prompt) or `solution` (a whole program). The \
            reference solutions are executed first; where one fails, nothing else runs.

              assay code run samples.jsonl --tasks HumanEval.jsonl --form humaneval \\
                --allow-code-execution
            """)

    @Argument(help: "Samples, one JSON object a line.", completion: .runLines)
    var samples: String
    @Option(help: "The task file.", completion: .promptSet)
    var tasks: String
    @Option(help: "humaneval, evalplus or mbpp.", completion: .list(["humaneval", "evalplus", "mbpp"]))
    var form = "humaneval"
    @Option(help: "Write one line for each sample and suite to this file.", completion: .anyFile)
    var out: String?
    @Flag(help: "Take the reference solutions on trust.")
    var skipGold = false
    @OptionGroup var execution: CodeExecutionOptions
    @OptionGroup var output: OutputOptions

    /// One sample's outcome on one suite.
    struct Row: Encodable {
        var task: String
        var sample: Int
        var suite: String
        var passed: Bool
        var result: String

        enum CodingKeys: String, CodingKey {
            case sample, suite, passed, result
            case task = "task_id"
        }
    }

    struct Report: Encodable {
        var tasks: Int
        var samples: Int
        var passed: [String: Int]
        var endings: [String: Int]
        var seconds: Double
        var python: String
    }

    func run() async throws {
        guard let form = PythonTaskForm(rawValue: form) else {
            throw ValidationError("--form is \"\(self.form)\"; allowed: humaneval, evalplus, mbpp")
        }
        let pool = try await execution.pool()
        let tasks = try PythonTaskFile.read(self.tasks, form: form, pool: pool)
        if !skipGold { try PythonTask.checkGold(tasks, on: pool, limits: execution.limits) }
        let samples = try CodeSample.read(self.samples, tasks: tasks)
        let jobs = samples.flatMap { sample in sample.task.suites.map { (sample, $0) } }
        let start = ContinuousClock.now
        let results = pool.run(
            jobs.map { PythonProgram(source: $0.program, tests: $1.tests, limits: execution.limits) })
        let seconds = start.duration(to: .now) / .seconds(1)
        let rows = zip(jobs, results).map { job, result in
            Row(
                task: job.0.task.id, sample: job.0.index, suite: job.1.name, passed: result.passed,
                result: result.outcome.description)
        }
        if let out { try TextFile.write(rows.map { try JSONText.encode($0) + "\n" }.joined(), to: out) }
        try show(rows, samples: samples.count, tasks: tasks.count, seconds: seconds, python: pool.interpreter.version)
    }

    private func show(_ rows: [Row], samples: Int, tasks: Int, seconds: Double, python: String) throws {
        let passed = Dictionary(grouping: rows, by: \.suite).mapValues { $0.count { $0.passed } }
        let endings = Dictionary(grouping: rows, by: \.result).mapValues(\.count)
        let report = Report(
            tasks: tasks, samples: samples, passed: passed, endings: endings, seconds: seconds, python: python)
        if output.json { return try StandardOutput.json(report) }
        for (suite, count) in passed.sorted(by: { $0.key < $1.key }) {
            StandardOutput.line("\(suite): \(count) of \(samples) samples pass")
        }
        for (ending, count) in endings.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            StandardOutput.line("  \(count)  \(ending)")
        }
    }
}

/// One line of a samples file, with its task.
struct CodeSample {
    var task: PythonTask
    /// Position among the samples of its task.
    var index: Int
    var program: String

    private struct Line: Decodable {
        var taskID: String
        var completion: String?
        var solution: String?

        enum CodingKeys: String, CodingKey {
            case completion, solution
            case taskID = "task_id"
        }
    }

    static func read(_ path: String, tasks: [PythonTask]) throws -> [CodeSample] {
        let known = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0) })
        var counts: [String: Int] = [:]
        var samples: [CodeSample] = []
        let lines = try TextFile.read(path, limit: 1 << 30, unpacks: true).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            guard let row = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw CommandFailure.badData("\(path):\(number + 1): this is not a JSON object with `task_id`")
            }
            guard let task = known[row.taskID] else {
                throw CommandFailure.badData(
                    "\(path):\(number + 1): there is no task \(row.taskID.prefix(80)) in the task file")
            }
            guard let program = row.solution ?? row.completion.map({ task.prompt + $0 }) else {
                throw CommandFailure.badData(
                    "\(path):\(number + 1): the sample has neither `completion` nor `solution`")
            }
            samples.append(CodeSample(task: task, index: counts[task.id, default: 0], program: program))
            counts[task.id, default: 0] += 1
        }
        return samples
    }
}

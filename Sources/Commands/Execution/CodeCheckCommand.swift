internal import ArgumentParser
internal import CodeExecution
internal import Evaluation
internal import Verification

struct CodeCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Executes the reference solutions of task files: each must pass all its tests.",
        discussion: """
            For Assay's own tasks the recorded wrong answer is executed too: it must pass the weak tests and fail the strong \
            ones. Public forms: humaneval, evalplus, mbpp.

              assay code check prompts/code/functions.jsonl --allow-code-execution
              assay code check HumanEval.jsonl --form humaneval --allow-code-execution
            """)

    @Argument(help: "A task file.", completion: .promptSet)
    var file: String
    @Option(help: "code, humaneval, evalplus or mbpp.", completion: .list(["code", "humaneval", "evalplus", "mbpp"]))
    var form = "code"
    @OptionGroup var execution: CodeExecutionOptions
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var file: String
        var tasks: Int
        var programs: Int
        var python: String
    }

    func run() async throws {
        let pool = try await execution.pool()
        let report: Report
        if form == "code" {
            report = try checkPairs(pool)
        } else {
            report = try checkGold(PythonTaskForm(rawValue: form), pool)
        }
        if output.json { return try StandardOutput.json(report) }
        StandardOutput.line("\(file): \(report.tasks) tasks, \(report.programs) programs end as they should")
    }

    private func checkGold(_ form: PythonTaskForm?, _ pool: SandboxPool) throws -> Report {
        guard let form else {
            throw ValidationError("--form is \"\(self.form)\"; allowed: code, humaneval, evalplus, mbpp")
        }
        let tasks = try PythonTaskFile.read(file, form: form, pool: pool)
        let programs = tasks.reduce(0) { $0 + $1.suites.count }
        let failing = PythonTask.failingGold(tasks, on: pool, limits: execution.limits)
        for case .goldFails(let task, let suite, let outcome) in failing {
            StandardError.write("assay: the solution of \(task) on its \(suite) tests: \(outcome)\n")
        }
        guard failing.isEmpty else { throw broken(failing.count, of: programs) }
        return Report(file: file, tasks: tasks.count, programs: programs, python: pool.interpreter.version)
    }

    private func broken(_ count: Int, of total: Int) -> CommandFailure {
        .badData("\(count) of \(total) programs of \(file) do not end as they should")
    }

    /// Each task's solution and wrong answer against both suites.
    private func checkPairs(_ pool: SandboxPool) throws -> Report {
        let set = try PromptSetReader.read(path: file, format: .code)
        let checks = set.prompts.flatMap(PairCheck.all)
        let results = pool.run(checks.map { $0.program(execution.limits) })
        let broken = zip(checks, results).filter { check, result in
            result.passed != check.shouldPass
        }
        for (check, result) in broken { StandardError.write("assay: \(check.id): \(check.what) \(result.outcome)\n") }
        guard broken.isEmpty else { throw self.broken(broken.count, of: checks.count) }
        return Report(file: file, tasks: set.prompts.count, programs: checks.count, python: pool.interpreter.version)
    }
}

/// One program of a task against one suite, and what should come of it.
private struct PairCheck {
    var id: String
    var what: String
    var source: String
    var tests: UnitTests
    var suite: UnitTestSuite
    var shouldPass: Bool

    static func all(_ prompt: Prompt) -> [PairCheck] {
        guard let tests = prompt.tests, let metadata = prompt.metadata, let solution = metadata["solution"],
            let wrong = metadata["wrong"], let weak = tests.suites["weak"], let strong = tests.suites["strong"]
        else { return [] }
        func check(_ what: String, _ source: String, _ suite: UnitTestSuite, _ shouldPass: Bool) -> PairCheck {
            PairCheck(id: prompt.id, what: what, source: source, tests: tests, suite: suite, shouldPass: shouldPass)
        }
        return [
            check("the solution on the weak tests", solution, weak, true),
            check("the solution on the strong tests", solution, strong, true),
            check("the wrong answer on the weak tests", wrong, weak, true),
            check("the wrong answer on the strong tests", wrong, strong, false),
        ]
    }

    func program(_ limits: ExecutionLimits) -> PythonProgram {
        PythonProgram(source: source, tests: PythonTests(suite, of: tests), limits: limits)
    }
}

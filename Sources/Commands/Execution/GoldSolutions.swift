internal import CodeExecution
internal import Evaluation
internal import Verification

/// Executes the reference solutions of a plan's prompts before anything is sampled: a harness that fails them says nothing
/// about a model.
enum GoldSolutions {
    /// - Throws: `PythonTaskError.goldFails` for the first solution that does not pass one of its suites.
    static func check(_ plan: EvaluationPlan, _ runner: SandboxRunner) throws {
        let checks = plan.prompts.flatMap { prompt in
            guard let tests = prompt.tests, let solution = prompt.solution else { return [Check]() }
            return tests.suites.sorted { $0.key < $1.key }.map { name, suite in
                let program = PythonProgram(
                    source: solution, tests: PythonTests(suite, of: tests), limits: runner.limits)
                return Check(task: prompt.id, suite: name, program: program)
            }
        }
        for (check, result) in zip(checks, runner.pool.run(checks.map(\.program))) where !result.passed {
            throw PythonTaskError.goldFails(task: check.task, suite: check.suite, outcome: "\(result.outcome)")
        }
    }

    private struct Check {
        var task: String
        var suite: String
        var program: PythonProgram
    }
}

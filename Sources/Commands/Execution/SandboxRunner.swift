internal import CodeExecution
internal import Verification

/// Runs the unit tests that scorers ask for in a pool of sandboxes.
struct SandboxRunner: UnitTestRunner {
    let pool: SandboxPool
    let limits: ExecutionLimits

    func run(_ program: String, suite: UnitTestSuite, of tests: UnitTests) -> UnitTestResult {
        let job = PythonProgram(source: program, tests: PythonTests(suite, of: tests), limits: limits)
        let outcome = pool.run([job])[0].outcome
        return UnitTestResult(verdict: outcome.verdict, ending: outcome.description)
    }

    func verdict(_ style: CodeStyle, of program: String) -> Verdict {
        do {
            guard let found = try pool.style(of: program) else { return .unscored(reason: "not Python") }
            return Verdict(found.keeps(to: style))
        } catch {
            return .unscored(reason: "the program was not parsed: \(error)")
        }
    }
}

extension PythonTests {
    init(_ suite: UnitTestSuite, of tests: UnitTests) {
        switch suite {
        case .statements(let statements): self = .asserts(statements)
        case .check(let code): self = .check(code: code, entryPoint: tests.entryPoint, prelude: tests.stub ?? "")
        }
    }
}

extension ExecutionOutcome {
    /// A program that runs out of its limits is not right, and neither is one that had to be stopped.
    fileprivate var verdict: Verdict {
        switch self {
        case .passed: .pass
        case .failed, .killedBySandbox: .fail
        case .timeout, .outOfMemory, .outputLimit, .fileLimit, .harnessError: .unscored(reason: description)
        }
    }
}

extension ProgramStyle {
    fileprivate func keeps(to style: CodeStyle) -> Bool {
        switch style {
        case .snakeCase: isSnakeCase
        case .camelCase: isCamelCase
        case .short: isShort
        case .commented: commentShare >= 0.5
        case .simple: largestComplexity <= 10
        }
    }
}

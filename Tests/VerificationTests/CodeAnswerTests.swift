import Testing

@testable import Verification

struct CodeAnswerTests {
    private let tests = UnitTests(entryPoint: "f", suites: ["weak": .statements(["assert f(1) == 1"])])

    @Test(arguments: [
        ("def f(x):\n    return x", "def f(x):\n    return x"),
        ("Sure:\n```python\ndef f(x):\n    return x\n```\nDone.", "def f(x):\n    return x"),
        ("```\nprint(1)\n```\n```python\ndef f(x): return x\n```", "def f(x): return x"),
        ("```python\ndef f(x):\n    return x", "def f(x):\n    return x"),
        ("Here it is:\r\n```python\r\ndef f(x):\r\n    return x\r\n```\r\nDone.", "def f(x):\n    return x"),
        ("```python\ndef g(x): pass\n```", "def g(x): pass"),
        ("```python\nf = lambda x: x\n```", "f = lambda x: x"),
    ])
    func theProgramIsFound(reply: String, program: String) {
        #expect(CodeAnswer.program(in: reply, for: tests) == program)
    }

    @Test func aContinuationEndsAtTheMargin() {
        var tests = tests
        tests.stub = "import math\n\ndef f(x):\n    \"\"\"doc\"\"\"\n"
        let program = CodeAnswer.program(in: "    return x\n\nprint(f(1))\n", for: tests)
        #expect(program == "import math\n\ndef f(x):\n    \"\"\"doc\"\"\"\n    return x\n\n")
        let whole = CodeAnswer.program(in: "```python\ndef f(x):\n    return math.pi\n```", for: tests)
        #expect(whole == "import math\ndef f(x):\n    return math.pi")
    }

    private struct Runner: UnitTestRunner {
        var verdict: Verdict
        func run(_ program: String, suite: UnitTestSuite, of tests: UnitTests) -> UnitTestResult {
            UnitTestResult(verdict: verdict, ending: "ended")
        }
        func verdict(_ style: CodeStyle, of program: String) -> Verdict {
            style == .short ? verdict : .unscored(reason: program)
        }
    }

    @Test func theRuleDecidesWhichStyleCounts() throws {
        let submission = Submission(completion: "```python\ndef f(x): return x\n```", tests: tests)
        func outcome(_ rule: String, _ runner: Runner?) throws -> Outcome {
            try ScorerRegistry.make(name: "python-style", parameters: ["rule": rule], runner: runner)
                .grade(submission).outcome
        }
        #expect(try outcome("short", Runner(verdict: .fail)) == .scored(0))
        #expect(try outcome("camelCase", Runner(verdict: .pass)) == .unscored(reason: "def f(x): return x"))
        #expect(try outcome("short", nil) == .unscored(reason: "code execution is not allowed"))
        #expect(throws: VerificationError.self) { try ScorerRegistry.make(name: "python-style") }
    }

    @Test func theSuiteDecidesWhichTestsRun() throws {
        let submission = Submission(completion: "def f(x): return x", tests: tests)
        let weak = try ScorerRegistry.make(name: "python-weak", runner: Runner(verdict: .pass))
        #expect(weak.grade(submission) == Grade(outcome: .scored(1), label: "ended"))
        let strong = try ScorerRegistry.make(name: "python-strong", runner: Runner(verdict: .pass))
        #expect(strong.grade(submission).outcome == .unscored(reason: "the prompt has no tests called strong"))
        let forbidden = try ScorerRegistry.make(name: "python-weak")
        #expect(forbidden.grade(submission).outcome == .unscored(reason: "code execution is not allowed"))
        let broken = try ScorerRegistry.make(name: "python-weak", runner: Runner(verdict: .unscored(reason: "timeout")))
        #expect(broken.grade(submission).outcome == .unscored(reason: "timeout"))
    }
}

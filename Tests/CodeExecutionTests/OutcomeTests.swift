import CodeExecution
import Testing

@Suite struct OutcomeTests {
    @Test func aRightProgramPasses() async throws {
        #expect(try await Pools.outcome("def f(x): return x + 1", "assert f(1) == 2", "assert f(2) == 3") == .passed)
    }

    @Test func aWrongProgramFailsAtItsFirstWrongTest() async throws {
        let tests = PythonTests.asserts(["assert f(1) == 1", "assert f(2) == 4", "assert f(3) == 9"])
        let program = PythonProgram(source: "def f(x): return x", tests: tests)
        let result = try await Pools.shared.value.run([program])[0]
        #expect(result.outcome == .failed(kind: "AssertionError"))
        #expect(result.position == 1)
    }

    @Test(arguments: [
        ("def f(:", "SyntaxError"), ("def g(): pass", "NameError"), ("def f(x): return x / 0", "ZeroDivisionError"),
        ("import nowhere", "ModuleNotFoundError"), ("def f(x): return f(x) + 1", "RecursionError"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"), ("class Own(Exception): pass\nraise Own", "Own"),
    ])
    func failuresCarryTheirKind(source: String, kind: String) async throws {
        #expect(try await Pools.outcome(source, "assert f(1) == 2") == .failed(kind: kind))
    }

    @Test func valuesKeepTheirTypes() async throws {
        let outcome = try await Pools.outcome(
            "def f(x): return x",
            "for v in (1, 2**80, -0.0, 1e300, float('inf'), 'a\\u00e9\\ud800', (1, [2]), {1: {2}}, None, b'x', 1+2j): "
                + "assert repr(f(v)) == repr(v)",
            "assert type(f((1,))) is tuple and type(f([1])) is list and f(True) is True")
        #expect(outcome == .passed)
    }

    @Test func argumentsAreChangedInPlace() async throws {
        #expect(try await Pools.outcome("def f(x): x.sort()", "a = [3, 1]\nf(a)\nassert a == [1, 3]") == .passed)
    }

    @Test func objectsOfTheProgramCanBePassedBack() async throws {
        let source =
            "class Pair:\n  def __init__(s, a): s.a = a\ndef f(p): return p.a\ndef g(n): return (i for i in range(n))"
        #expect(try await Pools.outcome(source, "assert f(Pair(5)) == 5", "assert list(g(3)) == [0, 1, 2]") == .passed)
    }

    @Test func exceptionsReachTheTests() async throws {
        let test = "try:\n  f(1)\n  assert False\nexcept ValueError:\n  pass"
        #expect(try await Pools.outcome("def f(x): raise ValueError('x')", test) == .passed)
    }

    @Test func aBrokenTestIsTheHarnessesFault() async throws {
        let outcome = try await Pools.outcome("def f(x): return x", "assert f(1 ==")
        #expect(outcome == .harnessError(reason: "the tests cannot be run: SyntaxError"))
        #expect(try await Pools.outcome("def f(x): return x", "assert f(1) == 1") == .passed)
    }

    @Test func resultsComeInTheOrderOfThePrograms() async throws {
        let programs = (0..<40).map { number in
            PythonProgram(source: "def f(): return \(number % 2)", tests: .asserts(["assert f() == 1"]))
        }
        let results = try await Pools.shared.value.run(programs)
        #expect(results.map(\.passed) == (0..<40).map { $0 % 2 == 1 })
    }

    @Test func limitsOutOfRangeAreRefused() async throws {
        let outcome = try await Pools.outcome("", "pass", limits: ExecutionLimits(cpuSeconds: 0))
        let error = SandboxError.limit(name: "cpuSeconds", found: "0", allowed: "1 to 3600")
        #expect(outcome == .harnessError(reason: "\(error)"))
    }
}

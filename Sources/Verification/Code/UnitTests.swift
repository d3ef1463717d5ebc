/// The tests of a programming task, as plain data. Whoever may run programs gives them to a ``UnitTestRunner``.
public struct UnitTests: Codable, Hashable, Sendable {
    /// The function that an answer must define.
    public var entryPoint: String
    /// The beginning of the program, where the prompt is one (HumanEval); an answer may continue it.
    public var stub: String?
    /// Suites by name: `weak`, `strong`, `base`, …
    public var suites: [String: UnitTestSuite]

    public init(entryPoint: String, stub: String? = nil, suites: [String: UnitTestSuite]) {
        self.entryPoint = entryPoint
        self.stub = stub
        self.suites = suites
    }
}

/// Tests that decide together.
public enum UnitTestSuite: Codable, Hashable, Sendable {
    /// Statements that use the function by its name, one test each.
    case statements([String])
    /// Code that defines `check(candidate)`.
    case check(String)
}

/// Runs programs that models wrote. Verification only asks; what runs them is declared elsewhere and handed in.
public protocol UnitTestRunner: Sendable {
    /// How the program ended: ``UnitTestResult``. Blocks until it has.
    func run(_ program: String, suite: UnitTestSuite, of tests: UnitTests) -> UnitTestResult

    /// Whether a program keeps to a style; unscored where it is no Python. Parses it and does not execute it.
    func verdict(_ style: CodeStyle, of program: String) -> Verdict
}

/// A verdict with the short name of how the program ended: `passed`, `failed: AssertionError`, `timeout (wall)`.
public struct UnitTestResult: Hashable, Sendable {
    public var verdict: Verdict
    public var ending: String

    public init(verdict: Verdict, ending: String) {
        self.verdict = verdict
        self.ending = ending
    }
}

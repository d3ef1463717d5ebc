/// A program that somebody else wrote, and the tests that decide whether it is right.
public struct PythonProgram: Hashable, Sendable {
    /// Untrusted.
    public var source: String
    /// Trusted: they run beside the judge, where the program cannot reach them.
    public var tests: PythonTests
    public var limits: ExecutionLimits

    public init(source: String, tests: PythonTests, limits: ExecutionLimits = ExecutionLimits()) {
        self.source = source
        self.tests = tests
        self.limits = limits
    }
}

/// Tests in the forms of the public benchmarks.
public enum PythonTests: Hashable, Sendable {
    /// HumanEval: code that defines `check(candidate)`; `prelude` defines what the code uses besides.
    case check(code: String, entryPoint: String, prelude: String)
    /// MBPP: statements, one test each. `prelude` runs before the program's functions are there, `setup` behind it, with
    /// them. Of `reference`, a right solution, tests may use the imports and the names, also such as Python itself has.
    case asserts([String], prelude: String = "", setup: String = "", reference: String = "")
    /// EvalPlus: inputs and the outputs of the reference solution.
    case cases(PythonCases)
}

/// Inputs with the outputs that are expected for them; made by ``SandboxPool/cases(from:)``.
public struct PythonCases: Hashable, Sendable {
    public var entryPoint: String
    /// Both in the harness's own notation, which keeps Python's types.
    var inputs: String
    var expected: String
    /// Absolute; 0 compares exactly, but floating-point numbers within 1e-6.
    public var tolerance: Double
    public var relation: OutputRelation
}

/// When an output counts as the expected one.
public enum OutputRelation: String, Codable, Hashable, Sendable {
    case equal
    /// The order does not matter.
    case set
    /// Only whether there is a result.
    case truth
    /// A zero of the polynomial that is the first argument.
    case root
    /// Any output will do, as long as there is one.
    case any
}

/// A solution that is right by definition, and the inputs that it is tried on.
public struct ReferenceSolution: Hashable, Sendable {
    /// `HumanEval/0`, `Mbpp/2`: how JSON stands for tuples and sets depends on it.
    public var task: String
    /// A whole program; its assertions say which inputs are allowed.
    public var source: String
    public var entryPoint: String
    /// JSON: a list of argument lists, or EvalPlus's whole row.
    public var inputs: String
    /// The first inputs, which the solution must accept: the base suite. Of the others, those it refuses are left out.
    public var required: Int
    public var tolerance: Double
    public var relation: OutputRelation

    public init(
        task: String, source: String, entryPoint: String, inputs: String, required: Int, tolerance: Double = 0,
        relation: OutputRelation = .equal
    ) {
        self.task = task
        self.source = source
        self.entryPoint = entryPoint
        self.inputs = inputs
        self.required = required
        self.tolerance = tolerance
        self.relation = relation
    }
}

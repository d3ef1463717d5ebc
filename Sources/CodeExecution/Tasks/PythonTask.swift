/// A programming task of a benchmark: what is asked, a solution that is right, and suites of tests.
public struct PythonTask: Hashable, Sendable {
    /// `HumanEval/0`, `Mbpp/2`, …
    public var id: String
    /// What the model is shown. In HumanEval's form, the beginning of the program itself.
    public var prompt: String
    /// The function that the tests call; nil where the tests name it themselves (MBPP).
    public var entryPoint: String?
    /// A whole program.
    public var solution: String
    public var suites: [TestSuite]

    /// The suite of that name.
    public func suite(_ name: String) -> TestSuite? { suites.first { $0.name == name } }
}

/// Tests that decide together: `base`, `plus`, `weak`, `strong`.
public struct TestSuite: Hashable, Sendable {
    public var name: String
    public var tests: PythonTests

    public init(name: String, tests: PythonTests) {
        self.name = name
        self.tests = tests
    }
}

/// The public forms of task files, one JSON object a line.
public enum PythonTaskForm: String, CaseIterable, Hashable, Sendable {
    /// `task_id`, `prompt`, `entry_point`, `canonical_solution`, `test`.
    case humanEval = "humaneval"
    /// HumanEval's keys with `base_input`, `plus_input`, `atol` and `contract`.
    case evalPlus = "evalplus"
    /// `task_id`, `text` or `prompt`, `code`, `test_list`, and `test_setup_code` or `test_imports`.
    case mbpp
}

/// Why a task file cannot be used.
public enum PythonTaskError: Error, Hashable, Sendable {
    case unreadable(file: String, reason: String)
    case tooLarge(file: String, bytes: Int, limit: Int)
    /// More comes out of a packed file than is read.
    case unpackedTooLarge(file: String, limit: Int)
    case malformed(file: String, line: Int, problem: String)
    /// Every reference solution that does not take its base inputs.
    case references([String])
    case duplicate(file: String, line: Int, task: String)
    case noTasks(file: String)
    /// The solutions that come with the tasks must pass; where they do not, the harness or the file is wrong.
    case goldFails(task: String, suite: String, outcome: String)
}

extension PythonTaskError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .tooLarge(let file, let bytes, let limit):
            "\(file) has \(bytes) bytes; at most \(limit) are read. Split the file"
        case .unpackedTooLarge(let file, let limit):
            "more than \(limit) bytes come out of \(file); at most so many are read. Split the file"
        case .malformed(let file, let line, let problem): "\(file):\(line): \(problem)"
        case .references(let problems): problems.joined(separator: "\n")
        case .duplicate(let file, let line, let task): "\(file):\(line): the task \(task) is there twice; remove one"
        case .noTasks(let file): "\(file) holds no task"
        case .goldFails(let task, let suite, let outcome):
            "the reference solution of \(task) does not pass its \(suite) tests (\(outcome)). Nothing was graded: "
                + "repair the task, or the interpreter that runs it"
        }
    }
}

/// One line of HumanEval's file.
struct HumanEvalRow: Decodable {
    var taskID: String
    var prompt: String
    var entryPoint: String
    var canonicalSolution: String
    var test: String

    enum CodingKeys: String, CodingKey {
        case prompt, test
        case taskID = "task_id"
        case entryPoint = "entry_point"
        case canonicalSolution = "canonical_solution"
    }

    /// The prompt is also what the tests' helpers are taken from: some tests call a function that the prompt defines.
    var task: PythonTask {
        let tests = PythonTests.check(code: test, entryPoint: entryPoint, prelude: prompt)
        return PythonTask(
            id: taskID, prompt: prompt, entryPoint: entryPoint, solution: prompt + canonicalSolution,
            suites: [TestSuite(name: "base", tests: tests)])
    }
}

/// One line of MBPP's file, or of its sanitized version.
struct MBPPRow: Decodable {
    var taskID: Int
    var text: String?
    var prompt: String?
    var code: String
    var tests: [String]
    var challengeTests: [String]?
    var setup: String?
    var imports: [String]?

    enum CodingKeys: String, CodingKey {
        case text, prompt, code
        case taskID = "task_id"
        case tests = "test_list"
        case challengeTests = "challenge_test_list"
        case setup = "test_setup_code"
        case imports = "test_imports"
    }

    /// Tests use modules that the reference solution imports and functions that it defines, some of them with names of
    /// Python's own; what is set up before them may make objects of the program's classes.
    var task: PythonTask {
        func suite(_ name: String, _ statements: [String]) -> TestSuite {
            let tests = PythonTests.asserts(
                statements, prelude: (imports ?? []).joined(separator: "\n"), setup: setup ?? "", reference: code)
            return TestSuite(name: name, tests: tests)
        }
        var suites = [suite("base", tests)]
        if let challengeTests, !challengeTests.isEmpty { suites.append(suite("challenge", tests + challengeTests)) }
        return PythonTask(id: "Mbpp/\(taskID)", prompt: text ?? prompt ?? "", solution: code, suites: suites)
    }
}

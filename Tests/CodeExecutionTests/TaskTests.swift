import CodeExecution
import Foundation
import TestSupport
import Testing

@Suite struct TaskTests {
    private func read(_ lines: String, _ form: PythonTaskForm) async throws -> [PythonTask] {
        try await read(Array(lines.utf8), form)
    }

    private func read(_ bytes: [UInt8], _ form: PythonTaskForm) async throws -> [PythonTask] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try PythonTaskFile.read(path, form: form, pool: try await Pools.shared.value)
    }

    private func outcomes(_ source: String, _ task: PythonTask) async throws -> [String: ExecutionOutcome] {
        let results = try await Pools.shared.value.run(
            task.suites.map { PythonProgram(source: source, tests: $0.tests) })
        return Dictionary(uniqueKeysWithValues: zip(task.suites.map(\.name), results.map(\.outcome)))
    }

    static let humanEval = #"""
        {"task_id":"HumanEval/x","prompt":"def helper(x):\n    return x * 2\n\ndef f(x):\n    \"\"\" doc \"\"\"\n","entry_point":"f","canonical_solution":"    return helper(x) + 1\n","test":"def check(candidate):\n    assert candidate(helper(1)) == 5\n    assert f(0) == 1\n"}
        """#

    @Test func humanEvalsTestsUseThePromptsHelpersAndTheProgramsFunction() async throws {
        let tasks = try await read(Self.humanEval, .humanEval)
        #expect(tasks.map(\.id) == ["HumanEval/x"])
        try PythonTask.checkGold(tasks, on: try await Pools.shared.value)
        #expect(try await outcomes("def f(x): return 5", tasks[0]) == ["base": .failed(kind: "AssertionError")])
    }

    /// As HumanEval is published: `HumanEval.jsonl.gz`.
    @Test func aPackedFileIsWhatComesOutOfIt() async throws {
        let packed = gzipped(Array((Self.humanEval + "\n").utf8))
        #expect(try await read(packed, .humanEval) == read(Self.humanEval, .humanEval))
        let cut = Array(packed.dropLast(9))
        let error = await #expect(throws: PythonTaskError.self) { try await read(cut, .humanEval) }
        #expect(error.map { "\($0)" }?.contains("cannot be unpacked: the gzip file ends too early") ?? false)
    }

    @Test func aHarnessWhoseGoldFailsStops() async throws {
        let broken = Self.humanEval.replacingOccurrences(of: "helper(x) + 1", with: "helper(x) + 2")
        let tasks = try await read(broken, .humanEval)
        let pool = try await Pools.shared.value
        #expect(
            throws: PythonTaskError.goldFails(task: "HumanEval/x", suite: "base", outcome: "failed: AssertionError")
        ) {
            try PythonTask.checkGold(tasks, on: pool)
        }
    }

    static let evalPlus = #"""
        {"task_id":"HumanEval/y","prompt":"def f(x):\n    ''' doc '''\n","contract":"    assert x >= 0\n","entry_point":"f","canonical_solution":"    return x / 2\n","base_input":[[4],[2.0]],"plus_input":[[-3],[7]],"atol":0}
        """#

    @Test func evalPlusKnowsTypesToleranceAndContract() async throws {
        let task = try await read(Self.evalPlus, .evalPlus)[0]
        #expect(try await outcomes("def f(x): return x / 2 + 1e-8", task) == ["base": .passed, "plus": .passed])
        #expect(
            try await outcomes("def f(x): return x // 2 * 1.0", task)
                == ["base": .passed, "plus": .failed(kind: "AssertionError")])
        #expect(try await outcomes("def f(x): return 99 if x < 0 else x / 2", task)["plus"] == .passed)
    }

    @Test func evalPlussOrderFreeTasksCompareSets() async throws {
        let row =
            #"{"task_id":"Mbpp/2","prompt":"","entry_point":"similar_elements","contract":"\n  assert isinstance(a, tuple)\n","canonical_solution":"def similar_elements(a, b):\n    assert type(a) is tuple\n    return tuple(set(a) & set(b))\n","base_input":[[[3,4,5],[5,4,9]]],"plus_input":[],"atol":0}"#
        let task = try await read(row, .evalPlus)[0]
        #expect(try await outcomes("def similar_elements(a, b): return [5, 4]", task)["base"] == .passed)
        #expect(try await outcomes("def similar_elements(a, b): return [5]", task)["base"] != .passed)
    }

    /// What a program raises is its own: no fault of the tests, and no end of their loops. What it does to its arguments
    /// counts, whatever they hold.
    @Test func exceptionsAndArgumentsOfAProgramAreJudged() async throws {
        let parsed = try await Pools.outcome("def f(x): return eval(x)", "assert f('1+') == 1")
        #expect(parsed == .failed(kind: "SyntaxError"))
        let loop = "assert all(map(lambda p: f(p) == 1, [1, 2]))"
        #expect(try await Pools.outcome("def f(x): raise StopIteration", loop) == .failed(kind: "StopIteration"))
        let reversal = "a = ['foo', 'bar', None]\nf(a)\nassert a == [None, 'bar', 'foo']"
        #expect(try await Pools.outcome("def f(x): x.reverse()", reversal) == .passed)
        #expect(try await Pools.outcome("def f(x): pass", reversal) == .failed(kind: "AssertionError"))
    }

    /// A function's name may stand apart from its parenthesis, and imports over several lines.
    @Test func solutionsAreReadAsPython() async throws {
        let plus =
            #"{"task_id":"Mbpp/3","prompt":"'t'\n","entry_point":"f","contract":"\n  assert x\n","canonical_solution":"\ndef f (x):\n    return x\n","base_input":[[1]],"plus_input":[],"atol":0}"#
        let tasks = try await read(plus, .evalPlus)
        #expect(try await outcomes("def f(x): return x", tasks[0])["base"] == .passed)
        let future =
            #"{"task_id":9,"text":"t","code":"from __future__ import annotations\nfrom math import (\n    pi)\ndef f():\n    return pi","test_list":["assert f() == pi"]}"#
        try PythonTask.checkGold(try await read(future, .mbpp), on: try await Pools.shared.value)
    }

    /// Python writes NaN and Infinity into JSON.
    @Test func inputsMayBeWhatOnlyPythonWrites() async throws {
        let row =
            #"{"task_id":"Mbpp/5","prompt":"'\"NaN'\n","entry_point":"f","canonical_solution":"def f(x):\n    return x > 0\n","base_input":[[Infinity],[-Infinity]],"plus_input":[[NaN],[Infinity]],"atol":0}"#
        let task = try await read(row, .evalPlus)[0]
        #expect(task.prompt == "'\"NaN'\n")
        #expect(try await outcomes("def f(x): return x > 0", task) == ["base": .passed, "plus": .passed])
        #expect(try await outcomes("def f(x): return True", task)["base"] == .failed(kind: "AssertionError"))
        #expect(try await outcomes("def f(x): return x == float('inf')", task)["plus"] == .passed)
    }

    /// Some references return a match object: whether there is one is compared.
    @Test func matchesOfReferencesAreComparedByTruth() async throws {
        let row =
            #"{"task_id":"Mbpp/737","prompt":"","entry_point":"check_str","canonical_solution":"import re\ndef check_str(s):\n    return re.search('^[aeiou]', s)\n","base_input":[["annie"],["dawood"]],"plus_input":[],"atol":0}"#
        let task = try await read(row, .evalPlus)[0]
        let same = "import re\ndef check_str(s): return re.match('[aeiou]', s)"
        #expect(try await outcomes(same, task)["base"] == .passed)
        #expect(try await outcomes("def check_str(s): return s[0] in 'aeiou'", task)["base"] == .passed)
        #expect(try await outcomes("def check_str(s): return True", task)["base"] == .failed(kind: "AssertionError"))
    }

    @Test func everyReferenceThatFailsIsNamed() async throws {
        let row =
            #"{"task_id":"Mbpp/ID","prompt":"","entry_point":"f","canonical_solution":"def f(x):\n    return 1 / x\n","base_input":[[0]],"plus_input":[],"atol":0}"#
        let text = [3, 4].map { row.replacing("ID", with: "\($0)") }.joined(separator: "\n")
        let error = await #expect(throws: PythonTaskError.self) { try await read(text, .evalPlus) }
        #expect(error?.description.contains(":1: the reference solution") == true)
        #expect(error?.description.contains(":2: the reference solution") == true)
    }

    @Test func mbppsTestsNameTheFunction() async throws {
        let row =
            #"{"task_id":7,"text":"t","code":"import math\ndef area(r):\n    return math.pi * r * r","test_list":["assert math.isclose(area(1), 3.14159, rel_tol=1e-4)"],"test_setup_code":"import math","challenge_test_list":["assert area(0) == 0"]}"#
        let tasks = try await read(row, .mbpp)
        try PythonTask.checkGold(tasks, on: try await Pools.shared.value)
        let found = try await outcomes("def area(r): return 3.14159", tasks[0])
        #expect(found == ["base": .passed, "challenge": .failed(kind: "AssertionError")])
    }

    /// What single tasks of MBPP do: take the name of a function of Python's, pass a type, use a module that the solution
    /// imports, and make objects of its class.
    @Test func mbppsTestsReachWhatTheSolutionDefines() async throws {
        let row = #"""
            {"task_id":8,"text":"t","code":"import sys\nclass Node:\n    def __init__(self, value):\n        self.value = value\n        self.next = None\ndef sum(a, b):\n    return a * b\ndef only(xs, kind):\n    return [x for x in xs if isinstance(x, kind)]\ndef size(x):\n    return sys.getsizeof(x)\ndef length(node):\n    return 0 if node is None else 1 + length(node.next)","test_list":["assert sum(3, 5) == 15","assert only((1, 'a'), str) == ['a']","assert size((1,)) == sys.getsizeof((1,))","assert length(root) == 3","assert root.next.value == 2"],"test_setup_code":"root = Node(1)\nroot.next = Node(2)\nroot.next.next = Node(3)"}
            """#
        let tasks = try await read(row, .mbpp)
        try PythonTask.checkGold(tasks, on: try await Pools.shared.value)
        let builtin = tasks[0].solution.replacing("def sum", with: "def total")
        #expect(try await outcomes(builtin, tasks[0]) == ["base": .failed(kind: "NameError")])
        let unlinked = tasks[0].solution.replacing("1 + length(node.next)", with: "1")
        #expect(try await outcomes(unlinked, tasks[0]) == ["base": .failed(kind: "AssertionError")])
        let hidden = tasks[0].solution.replacing("class Node", with: "class Knot")
        #expect(try await outcomes(hidden, tasks[0]) == ["base": .failed(kind: "NameError")])
    }

    @Test(arguments: [
        ("", PythonTaskForm.mbpp, "holds no task"),
        ("[]", .mbpp, ":1: the value of \"the line\" has the wrong type"),
        (#"{"task_id":1,"code":"x"}"#, .mbpp, ":1: the key \"test_list\" is missing"),
        (
            #"{"task_id":1,"code":"x","test_list":[]}"# + "\n" + #"{"task_id":1,"code":"x","test_list":[]}"#, .mbpp,
            ":2: the task Mbpp/1 is there twice"
        ),
        (#"{"task_id":"a","prompt":"","entry_point":"f","canonical_solution":""}"#, .evalPlus, "\"base_input\""),
    ])
    func brokenFilesAreRefusedWithTheLine(text: String, form: PythonTaskForm, part: String) async throws {
        let error = await #expect(throws: PythonTaskError.self) { try await read(text, form) }
        #expect(error?.description.contains(part) == true)
    }

    @Test func styleIsParsed() async throws {
        let source =
            "def fooBar(xs):\n    # why\n    total = 0\n    for x in xs:\n        if x and x > 1: total += x\n    return total\n"
        let style = try #require(try await Pools.shared.value.style(of: source))
        #expect((style.names, style.camelCase, style.snakeCase) == (4, 4, 3))
        #expect((style.codeLines, style.commentedLines, style.largestComplexity) == (5, 1, 4))
        #expect((style.longestLine, style.longestFunction, style.isShort) == (34, 6, true))
        #expect(try await Pools.shared.value.style(of: "def (") == nil)
        #expect(try await Pools.shared.value.style(of: String(repeating: "(", count: 100_000)) == nil)
    }
}

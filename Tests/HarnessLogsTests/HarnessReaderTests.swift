import HarnessLogs
import Testing
import Verification

struct HarnessReaderTests {
    private func file(_ text: String, _ name: String = "results.json") -> HarnessFile {
        HarnessFile(name: name, bytes: Array(text.utf8))
    }

    private func outcomes(_ results: HarnessResults) -> [[Outcome]] { results.samples.map { $0.grades.map(\.outcome) } }

    private static let evalPlus = """
        {"date": "2024-01-01 10:00", "hash": "h", "eval": {
          "HumanEval/0": [
            {"task_id": "HumanEval/0", "solution": "a", "base_status": "pass", "plus_status": "pass",
             "base_fail_tests": [], "plus_fail_tests": []},
            {"task_id": "HumanEval/0", "solution": "b", "base_status": "pass", "plus_status": "fail",
             "base_fail_tests": [], "plus_fail_tests": [[1, [2]]]},
            {"task_id": "HumanEval/0", "solution": "c", "base_status": "timeout", "plus_status": "pass",
             "base_fail_tests": [], "plus_fail_tests": []}],
          "Mbpp/2": [{"solution": "d", "base_status": "pass", "plus_status": null}]}}
        """

    @Test func evalPlusGivesAWeakAndAStrongVerdict() throws {
        let results = try HarnessReader.read([file(Self.evalPlus)])
        #expect(results.format == .evalPlus && results.verifiers == ["evalplus-base", "evalplus-plus"])
        #expect(results.tasks == ["HumanEval/0", "Mbpp/2"])
        #expect(
            outcomes(results) == [
                [.scored(1), .scored(1)], [.scored(1), .scored(0)],
                // Right is right in base and plus tests; a timeout is a failure, and is named.
                [.scored(0), .scored(0)], [.scored(1), .unscored(reason: "not run")],
            ])
        #expect(results.samples[2].grades[0].label == "timeout")
        #expect(results.samples.map(\.index) == [0, 1, 2, 0])
        #expect(results.remarks.contains { $0.contains("1 tasks have fewer than 3 samples") })
        #expect(results.remarks.contains { $0.contains("1 samples have no verdict of evalplus-plus") })
    }

    @Test func humanEvalSamplesAreReadWithAndWithoutResults() throws {
        let text = """
            {"task_id": "HumanEval/0", "completion": "x", "result": "passed", "passed": true}

            {"task_id": "HumanEval/0", "completion": "y", "result": "failed: secret", "passed": false}
            {"task_id": "HumanEval/1", "completion": "z"}
            """
        let results = try HarnessReader.read([file(text, "samples.jsonl_results.jsonl")])
        #expect(results.format == .humanEval)
        #expect(outcomes(results) == [[.scored(1)], [.scored(0)], [.unscored(reason: "not run")]])
        #expect(results.samples[1].grades[0].label == "failed")
        #expect(results.samples.map(\.index) == [0, 1, 0])
    }

    @Test func bigcodeGenerationsAreTextsAlone() throws {
        let results = try HarnessReader.read([file(#"[["a", "b"], ["c", "d"]]"#)])
        #expect(results.format == .bigcode && results.tasks == ["0", "1"])
        #expect(results.samples.map(\.text) == ["a", "b", "c", "d"])
        #expect(results.remarks == ["4 samples have no verdict of bigcode"])
    }

    @Test func logsOfTheEvaluationHarnessKeepEveryMetricAndFilter() throws {
        func row(_ id: Int, _ filter: String, _ value: String) -> String {
            """
            {"doc_id": \(id), "doc": {}, "resps": [["r\(id)"]], "filtered_resps": ["r"], "filter": "\(filter)", \
            "metrics": ["exact_match"], "exact_match": \(value)}
            """
        }
        let text = [
            row(0, "strict", "1.0"), row(1, "strict", "0.0"), row(0, "flexible", "1.0"), row(1, "flexible", "0.5"),
        ].joined(separator: "\n")
        let results = try HarnessReader.read([file(text, "samples_gsm8k.jsonl")])
        #expect(results.verifiers == ["exact_match/strict", "exact_match/flexible"])
        #expect(outcomes(results) == [[.scored(1), .scored(1)], [.scored(0), .scored(0.5)]])
        #expect(throws: HarnessError.duplicateTask(file: "s.jsonl", task: "0")) {
            try HarnessReader.read([file(row(0, "strict", "1") + "\n" + row(0, "strict", "0"), "s.jsonl")])
        }
        let shared = #"{"doc_id": 0, "resps": [["a", "b"]], "filter": "none", "metrics": ["acc"], "acc": 1}"#
        #expect(throws: HarnessError.sharedVerdict(file: "s.jsonl", place: "line 1", responses: 2)) {
            try HarnessReader.read([file(shared, "s.jsonl")])
        }
    }

    @Test func monkeysAreOneFileForEachTask() throws {
        let first = file(
            "gt_answer: '#### 4'\nis_corrects:\n- true\n- false\nsamples:\n- 'The answer & more'\n- '*stars*'\n",
            "d/7.yaml")
        let second = file("samples:\n- a\n- b\n", "d/8.yaml")
        let results = try HarnessReader.read([first, second])
        #expect(results.format == .monkeys && results.tasks == ["7", "8"])
        #expect(
            outcomes(results) == [
                [.scored(1)], [.scored(0)], [.unscored(reason: "not run")], [.unscored(reason: "not run")],
            ])
        #expect(throws: HarnessError.duplicateTask(file: "e/7.yaml", task: "7")) {
            try HarnessReader.read([first, file("samples: [a]\n", "e/7.yaml")])
        }
        #expect(throws: HarnessError.count(file: "9.yaml", place: "is_corrects", found: 1, expected: 2)) {
            try HarnessReader.read([file("is_corrects: [true]\nsamples: [a, b]\n", "9.yaml")])
        }
        #expect(throws: HarnessError.malformed(file: "a.yaml", line: nil, expected: "YAML without aliases")) {
            try HarnessReader.read([file("x: &x [1, 1]\ny: &y [*x, *x]\nsamples: [*y]\n", "a.yaml")])
        }
        #expect(throws: HarnessError.malformed(file: "b.yaml", line: nil, expected: "YAML without aliases")) {
            try HarnessReader.read([file("x: !!seq &x [1, 1]\n? *x\n: 1\nsamples: [a]\n", "b.yaml")])
        }
    }

    @Test func duplicateMissingAndUnknownTasksAreNamed() {
        let twice = #"{"eval": {"a": [], "a": []}}"#
        #expect(throws: HarnessError.duplicateKey(file: "results.json", key: "a")) {
            try HarnessReader.read([file(twice)], format: .evalPlus)
        }
        let tasks = ["HumanEval/0", "Mbpp/2"]
        #expect(throws: HarnessError.missingTasks(file: "results.json", tasks: ["Mbpp/3"], count: 1)) {
            try HarnessReader.read([file(Self.evalPlus)], tasks: tasks + ["Mbpp/3"])
        }
        #expect(throws: HarnessError.unknownTasks(file: "results.json", tasks: ["Mbpp/2"], count: 1)) {
            try HarnessReader.read([file(Self.evalPlus)], tasks: ["HumanEval/0"])
        }
        let misplaced = #"{"eval": {"a": [{"task_id": "b", "base_status": "pass", "plus_status": "pass"}]}}"#
        #expect(throws: HarnessError.misplacedSample(file: "results.json", task: "a", found: "b")) {
            try HarnessReader.read([file(misplaced)])
        }
    }

    @Test(arguments: [
        "", "  \n", "hello", "{", "[1, 2", "{\"eval\": 3}", "{\"eval\": {\"a\": [{\"base_status\": \"maybe\"}]}}",
        "{\"eval\": {\"a\": {\"base\": []}}}", "[[1]]", "{\"task_id\": 4.5, \"completion\": \"x\"}",
        "{\"task_id\": \"a\", \"completion\": \"x\", \"passed\": \"yes\"}",
        "{\"doc_id\": 1, \"resps\": [], \"metrics\": []}",
    ])
    func brokenFilesAreRefused(text: String) {
        #expect(throws: HarnessError.self) { try HarnessReader.read([file(text)]) }
    }

    /// Every cut of a good file is refused or is a shorter good file; none traps.
    @Test func everyCutIsRefused() {
        let bytes = Array(Self.evalPlus.utf8)
        for length in 0..<bytes.count {
            #expect(throws: HarnessError.self, "cut at \(length)") {
                try HarnessReader.read([HarnessFile(name: "cut.json", bytes: Array(bytes.prefix(length)))])
            }
        }
    }

    @Test func messagesSayWhatToDo() {
        let error = HarnessError.missingTasks(file: "f.json", tasks: ["a"], count: 3)
        #expect(
            error.description == """
                f.json: 3 tasks of the task list have no sample: "a", …. They would be left out of every mean in silence; \
                complete the file, or give a shorter list.
                """)
    }
}

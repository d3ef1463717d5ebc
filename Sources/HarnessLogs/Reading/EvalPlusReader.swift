internal import Evaluation
internal import Verification

/// `{"eval": {task: [{task_id, solution, base_status, plus_status}]}}` of EvalPlus.
///
/// The strong verdict is a pass of base and plus tests, as EvalPlus counts it. `timeout` is a failure there, and here;
/// the grade's label keeps the word.
struct EvalPlusReader {
    let file: HarnessFile

    static let verifiers = ["evalplus-base", "evalplus-plus"]

    func results() throws(HarnessError) -> HarnessResults {
        let root = try FieldReader(JSONDocument.whole(file), file: file.name, place: "the file")
        guard let evaluations = root.object["eval"]?.object else { throw root.wrong("eval", "an object of tasks") }
        var samples: [HarnessSample] = []
        for task in evaluations.keys {
            guard let list = evaluations[task]?.array else {
                throw .field(
                    file: file.name, place: "eval", name: task, allowed: "a list of samples (EvalPlus 0.2 or later)")
            }
            guard list.count <= HarnessLimits.samplesOfATask else {
                throw .tooMany(file: file.name, what: "samples of \(task)", limit: HarnessLimits.samplesOfATask)
            }
            for (index, node) in list.enumerated() { samples.append(try sample(node, task, index)) }
        }
        return HarnessResults(format: .evalPlus, verifiers: Self.verifiers, samples: samples, remarks: [])
    }

    private func sample(_ node: JSONNode, _ task: String, _ index: Int) throws(HarnessError) -> HarnessSample {
        let fields = try FieldReader(node, file: file.name, place: "task \(task), sample \(index + 1)")
        if fields.object["task_id"] != nil {
            let name = try fields.name("task_id")
            guard name == task else { throw .misplacedSample(file: file.name, task: task, found: name) }
        }
        let base = try status("base_status", fields)
        let plus = try status("plus_status", fields)
        return HarnessSample(
            task: task, index: index, text: try fields.optionalText("solution") ?? "",
            grades: [grade(base), both(base, plus)])
    }

    private func status(_ name: String, _ fields: FieldReader) throws(HarnessError) -> String? {
        guard let status = try fields.optionalText(name) else { return nil }
        guard ["pass", "fail", "timeout"].contains(status) else {
            throw fields.wrong(name, "pass, fail, timeout or null")
        }
        return status
    }

    private func grade(_ status: String?) -> Grade {
        status.map { .verdict($0 == "pass", label: $0) } ?? .missing("not run")
    }

    /// A base failure decides the strong verdict, even where the plus tests were not run.
    private func both(_ base: String?, _ plus: String?) -> Grade {
        guard let base else { return .missing("not run") }
        return base == "pass" ? grade(plus) : .verdict(false, label: base)
    }
}

internal import Evaluation
internal import Verification

/// `samples_*.jsonl` of lm-evaluation-harness: one row for each document and filter, with the metrics' values.
///
/// Every metric of every filter is a verifier of its own, `exact_match/strict-match`. Values between 0 and 1 that are
/// neither are kept as they are.
struct LanguageModelEvaluationReader {
    let file: HarnessFile

    private struct Row {
        var document: String
        var text: String
        var values: [(verifier: String, grade: Grade)]
    }

    func results() throws(HarnessError) -> HarnessResults {
        var order: [String] = []
        var documents: [String: (text: String, grades: [String: Grade])] = [:]
        var verifiers: [String] = []
        for (line, node) in try JSONDocument.lines(file) {
            let row = try row(node, line)
            if documents[row.document] == nil { order.append(row.document) }
            for (verifier, grade) in row.values {
                guard documents[row.document]?.grades[verifier] == nil else {
                    throw .duplicateTask(file: file.name, task: row.document)
                }
                if !verifiers.contains(verifier) { verifiers.append(verifier) }
                documents[row.document, default: (row.text, [:])].grades[verifier] = grade
            }
        }
        let samples = order.compactMap { name in
            documents[name].map { document in
                HarnessSample(
                    task: name, index: 0, text: document.text,
                    grades: verifiers.map { document.grades[$0] ?? .missing("not in the log") })
            }
        }
        return HarnessResults(
            format: .languageModelEvaluation, verifiers: verifiers, samples: samples, remarks: [])
    }

    private func row(_ node: JSONNode, _ line: Int) throws(HarnessError) -> Row {
        let fields = try FieldReader(node, file: file.name, place: "line \(line)")
        let responses = try fields.list("resps").flatMap { $0.array ?? [$0] }
        guard responses.count == 1 || responses.allSatisfy({ $0.string == nil }) else {
            throw .sharedVerdict(file: file.name, place: fields.place, responses: responses.count)
        }
        let metrics = try fields.list("metrics").compactMap(\.string)
        guard !metrics.isEmpty, metrics.count <= 100 else { throw fields.wrong("metrics", "1 to 100 names") }
        let filter = try fields.optionalText("filter") ?? "none"
        var values: [(verifier: String, grade: Grade)] = []
        for metric in metrics {
            values.append((filter == "none" ? metric : "\(metric)/\(filter)", try grade(metric, fields)))
        }
        return Row(document: try fields.name("doc_id"), text: responses.first?.string ?? "", values: values)
    }

    private func grade(_ metric: String, _ fields: FieldReader) throws(HarnessError) -> Grade {
        switch fields.object[metric]?.value {
        case .boolean(let flag): return .verdict(flag)
        case .number(let text):
            guard let value = Double(text), (0...1).contains(value) else { return .missing("not between 0 and 1") }
            return Grade(outcome: .scored(value))
        case nil, .null: return .missing("no value")
        default: return .missing("not a number")
        }
    }
}

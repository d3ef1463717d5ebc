internal import Evaluation
internal import Verification

/// Reads the results of other harnesses. Files are hostile until checked: a key or a task that stands twice, a verdict
/// without its sample and a task that nobody asked for are named, and nothing of the file is used.
public enum HarnessReader {
    /// Reads one file, or the many YAML files of Large Language Monkeys.
    ///
    /// - Parameters:
    ///   - format: nil tells it from the content.
    ///   - tasks: the tasks that were asked for; unknown and missing ones are refused. Nil takes what is there.
    public static func read(
        _ files: [HarnessFile], format: HarnessFormat? = nil, tasks: [String]? = nil
    ) throws(HarnessError) -> HarnessResults {
        guard let first = files.first else { throw .nothingToWrite("no file was given") }
        for file in files where file.bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            throw .empty(file: file.name)
        }
        let format = if let format { format } else { try detect(first) }
        guard files.count == 1 || format == .monkeys else { throw .severalFormats(files: files.map(\.name)) }
        var results =
            switch format {
            case .evalPlus: try EvalPlusReader(file: first).results()
            case .humanEval: try HumanEvalReader(file: first).results()
            case .bigcode: try BigcodeReader(file: first).results()
            case .languageModelEvaluation: try LanguageModelEvaluationReader(file: first).results()
            case .monkeys: try MonkeysReader(files: files).results()
            }
        try check(results, against: tasks, file: first.name)
        results.remarks += remarks(on: results)
        return results
    }

    /// Tells the format from the first value of the file.
    static func detect(_ file: HarnessFile) throws(HarnessError) -> HarnessFormat {
        let start = file.bytes.first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
        if start == UInt8(ascii: "[") { return .bigcode }
        guard start == UInt8(ascii: "{") else {
            if file.name.hasSuffix(".yaml") || file.name.hasSuffix(".yml") { return .monkeys }
            throw .unknownFormat(file: file.name)
        }
        let row = try? JSONDocument.lines(file, limit: 1).first?.node.object
        if let row, row["doc_id"] != nil, row["resps"] != nil { return .languageModelEvaluation }
        if let row, row["task_id"] != nil, row["completion"] != nil || row["solution"] != nil { return .humanEval }
        if let root = try? JSONDocument.whole(file).object, root["eval"] != nil { return .evalPlus }
        throw .unknownFormat(file: file.name)
    }

    private static func check(
        _ results: HarnessResults, against tasks: [String]?, file: String
    ) throws(HarnessError) {
        guard !results.samples.isEmpty else { throw .empty(file: file) }
        guard results.samples.count <= HarnessLimits.samples else {
            throw .tooMany(file: file, what: "samples", limit: HarnessLimits.samples)
        }
        guard let tasks else { return }
        let found = Set(results.tasks)
        let unknown = found.subtracting(tasks).sorted()
        guard unknown.isEmpty else {
            throw .unknownTasks(file: file, tasks: Array(unknown.prefix(5)), count: unknown.count)
        }
        let missing = Set(tasks).subtracting(found).sorted()
        guard missing.isEmpty else {
            throw .missingTasks(file: file, tasks: Array(missing.prefix(5)), count: missing.count)
        }
    }

    private static func remarks(on results: HarnessResults) -> [String] {
        let counts = Dictionary(grouping: results.samples, by: \.task).mapValues(\.count)
        let (fewest, most) = (counts.values.min() ?? 0, counts.values.max() ?? 0)
        var remarks: [String] = []
        if fewest < most {
            let short = counts.filter { $0.value < most }.keys.sorted()
            remarks.append(
                "\(short.count) tasks have fewer than \(most) samples (\(fewest) at least), the first \(short[0]); no k "
                    + "above \(fewest) is possible for all tasks")
        }
        for (position, verifier) in results.verifiers.enumerated() {
            let unscored = results.samples.count { $0.grades[position].isUnscored }
            if unscored > 0 { remarks.append("\(unscored) samples have no verdict of \(verifier)") }
            let passes = results.samples.count { $0.grades[position].outcome == .scored(1) }
            if passes == 0 && unscored < results.samples.count {
                remarks.append("\(verifier) accepts no sample at all")
            }
        }
        return remarks
    }
}

extension Grade {
    static func verdict(_ passed: Bool, label: String? = nil) -> Grade {
        Grade(outcome: .scored(passed ? 1 : 0), label: label)
    }

    static func missing(_ reason: String) -> Grade { Grade(outcome: .unscored(reason: reason)) }

    var isUnscored: Bool {
        if case .unscored = outcome { true } else { false }
    }
}

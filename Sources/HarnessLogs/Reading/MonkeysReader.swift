internal import Evaluation
internal import Verification
internal import Yams

/// Results of Large Language Monkeys: one YAML file for each problem, with `samples` and `is_corrects`. The file's name
/// is the task.
struct MonkeysReader {
    let files: [HarnessFile]

    func results() throws(HarnessError) -> HarnessResults {
        var samples: [HarnessSample] = []
        var seen: Set<String> = []
        for file in files {
            let task = Self.task(file.name)
            guard seen.insert(task).inserted else { throw .duplicateTask(file: file.name, task: task) }
            samples += try read(file, task)
        }
        return HarnessResults(format: .monkeys, verifiers: ["is_correct"], samples: samples, remarks: [])
    }

    private static func task(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return last.split(separator: ".").dropLast().joined(separator: ".")
    }

    private func read(_ file: HarnessFile, _ task: String) throws(HarnessError) -> [HarnessSample] {
        let root = try mapping(file)
        guard let texts = root["samples"]?.sequence, texts.count <= HarnessLimits.samplesOfATask else {
            throw .field(file: file.name, place: "the file", name: "samples", allowed: "a list of texts")
        }
        let verdicts = root["is_corrects"]?.sequence.map { $0.map(\.bool) }
        if let verdicts, verdicts.count != texts.count {
            throw .count(file: file.name, place: "is_corrects", found: verdicts.count, expected: texts.count)
        }
        return texts.enumerated().map { index, text in
            let verdict = verdicts.map { $0[index].map { Grade.verdict($0) } ?? .missing("neither true nor false") }
            return HarnessSample(
                task: task, index: index, text: text.string ?? "", grades: [verdict ?? .missing("not run")])
        }
    }

    private func mapping(_ file: HarnessFile) throws(HarnessError) -> Node.Mapping {
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw .malformed(file: file.name, line: nil, expected: "UTF-8")
        }
        // Anchors and aliases can make a small file an endless one.
        guard YAMLText.isPlain(text) else {
            throw .malformed(file: file.name, line: nil, expected: "YAML without aliases")
        }
        do {
            guard let mapping = try Yams.compose(yaml: text)?.mapping else {
                throw HarnessError.malformed(file: file.name, line: 1, expected: "a mapping")
            }
            return mapping
        } catch let error as HarnessError {
            throw error
        } catch {
            throw .malformed(file: file.name, line: nil, expected: "YAML in which no key stands twice")
        }
    }
}

/// Why a file of another harness is refused.
public enum HarnessError: Error, Hashable, Sendable {
    case empty(file: String)
    /// The content belongs to none of the known formats, or not to the one that was asked for.
    case unknownFormat(file: String)
    case malformed(file: String, line: Int?, expected: String)
    case duplicateKey(file: String, key: String)
    /// A field is missing or has a value of the wrong kind.
    case field(file: String, place: String, name: String, allowed: String)
    /// A task that occurs twice, where each may occur once.
    case duplicateTask(file: String, task: String)
    /// An entry says that it belongs to another task than the one that it stands under.
    case misplacedSample(file: String, task: String, found: String)
    /// Numbers of verdicts and samples differ.
    case count(file: String, place: String, found: Int, expected: Int)
    /// Several responses share one value: which of them it belongs to is not said.
    case sharedVerdict(file: String, place: String, responses: Int)
    /// Tasks that are not among the expected ones, or expected ones that are missing; the first ones are named.
    case unknownTasks(file: String, tasks: [String], count: Int)
    case missingTasks(file: String, tasks: [String], count: Int)
    case tooMany(file: String, what: String, limit: Int)
    case severalFormats(files: [String])
    case nothingToWrite(String)
    /// Grades between 0 and 1, for which a format of verdicts has no word; the task of the first one.
    case fractional(scorer: String, task: String, samples: Int)
    /// An archive of this form holds less than was to be written.
    case archiveFull(entries: Int)
}

extension HarnessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty(let file): "\(file): the file is empty. Give a results file."
        case .unknownFormat(let file):
            "\(file): is none of \(HarnessFormat.allCases.map(\.rawValue).joined(separator: ", ")). Give a results file "
                + "of one of these, or name its form."
        case .malformed(let file, let line, let expected):
            "\(place(file, line)): not readable; expected \(expected). Check that the file is whole."
        case .duplicateKey(let file, let key):
            "\(file): the key \(quoted(key)) stands twice. Remove one of the two, or merge their samples."
        case .field(let file, let place, let name, let allowed):
            "\(file), \(place): `\(name)` is missing or of the wrong kind; allowed: \(allowed)."
        case .duplicateTask(let file, let task):
            "\(file): task \(quoted(task)) occurs twice. Give every task once."
        case .misplacedSample(let file, let task, let found):
            "\(file): a sample under task \(quoted(task)) says that it belongs to \(quoted(found)). Repair the file."
        default: countDescription
        }
    }

    private var countDescription: String {
        switch self {
        case .count(let file, let place, let found, let expected):
            "\(file), \(place): \(found) verdicts for \(expected) samples. There must be one for each."
        case .sharedVerdict(let file, let place, let responses):
            "\(file), \(place): \(responses) responses share one value, which says nothing of any one of them. Import logs "
                + "with one response a row."
        case .unknownTasks(let file, let tasks, let count):
            "\(file): \(count) tasks are not in the task list: \(list(tasks, count)). Give the list that the samples were "
                + "drawn for."
        case .missingTasks(let file, let tasks, let count):
            "\(file): \(count) tasks of the task list have no sample: \(list(tasks, count)). They would be left out of every "
                + "mean in silence; complete the file, or give a shorter list."
        case .tooMany(let file, let what, let limit): "\(file): more than \(limit) \(what). Split the file."
        case .severalFormats(let files):
            "\(files.joined(separator: ", ")): are of different forms. Import them one by one."
        case .archiveFull(let entries):
            "\(entries) samples do not fit into one .eval archive, which holds at most 65,534 entries and 4 GiB. Export the "
                + "run as inspect's JSON."
        case .fractional(let scorer, let task, let samples):
            "\(quoted(scorer)) graded \(samples) samples between 0 and 1, the first of them of task \(quoted(task)); a "
                + "verdict is right or wrong. Choose another scorer."
        case .nothingToWrite(let reason): "There is nothing to write: \(reason)."
        default: "A results file could not be read."
        }
    }

    private func place(_ file: String, _ line: Int?) -> String { line.map { "\(file), line \($0)" } ?? file }

    private func list(_ tasks: [String], _ count: Int) -> String {
        tasks.map(quoted).joined(separator: ", ") + (count > tasks.count ? ", …" : "")
    }

    private func quoted(_ name: String) -> String {
        name.count > 60 ? String(reflecting: name.prefix(60) + "…") : String(reflecting: name)
    }
}

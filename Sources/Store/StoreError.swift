/// Why a store cannot be opened, read or written, or why rows are refused.
public enum StoreError: Error, Hashable, Sendable {
    case noSuchFile(path: String)
    case cannotOpen(path: String, reason: String)
    case notADatabase(path: String)
    case damaged(path: String, detail: String)
    /// A database of another program.
    case foreign(path: String)
    /// Holds migrations that this version does not know.
    case newer(path: String, migrations: [String])
    /// Its tables are not those that its migrations made.
    case alteredSchema(path: String, object: String)
    case full(path: String)
    case busy(path: String)
    case readOnly(path: String)
    case inputOutput(path: String, detail: String)
    case failed(path: String, detail: String)

    case unknownRun(String)
    case ambiguousRun(prefix: String, ids: [String])
    case nothingToResume(evaluation: String)
    /// The latest unfinished run of this evaluation was made from another plan.
    case resumeDiffers(run: String, fields: [String])
    case runConflict(id: String)
    case promptConflict(run: String, prompt: Int)
    case sampleConflict(run: String, prompt: Int, sample: Int)
    case metricConflict(run: String)
    /// A step of training that did something else, its time aside.
    case stepConflict(run: String, step: Int)
    /// Held-out examples that said something else after a step.
    case evaluationConflict(run: String, step: Int)
    case invalidRow(RowProblem)
    case sameStore(path: String)

    case importLine(path: String, line: Int, problem: ImportProblem)

    /// What is wrong with a row that was handed over.
    public enum RowProblem: Hashable, Sendable {
        case runID(String)
        case negativeIndex
        case finish(String)
        case errorWithoutReason
        case logProbabilityCount(found: Int, expected: Int)
        case scoreOutOfRange(scorer: String)
        case duplicateScorer(String)
        case metricNotFinite(String)
        case plannedSamples(Int)
        case promptCount(Int)
        case finishedWithoutTime
        /// A number that JSON cannot spell.
        case settings
    }

    /// What is wrong with a line of an export.
    public enum ImportProblem: Hashable, Sendable {
        case empty
        case notAnExport
        case version(Int)
        case tooLong(limit: Int)
        /// The file is packed by gzip, and damaged.
        case cannotUnpack(String)
        case notUTF8
        case notJSON
        case field(String)
        case unknownType(String)
        /// A key that no version of this form has had.
        case unknownKey(String)
        case outsideRun
        case unknownPrompt(Int)
        /// A finished run has a sample that its settings do not ask for.
        case sampleBeyond(Int, samples: Int)
        case count(found: Int, announced: Int)
        case unfinished(run: String)
        case metricsTooEarly
        /// A step of training, or an evaluation after it, that stands twice in one run.
        case repeatedStep(Int)
        case row(RowProblem)
    }
}

extension StoreError {
    /// What kind of failure it is: for the exit code of a program.
    public enum Kind: Hashable, Sendable {
        case badData
        case noInput
        case inputOutput
    }

    public var kind: Kind {
        switch self {
        case .noSuchFile, .unknownRun, .nothingToResume: .noInput
        case .cannotOpen, .full, .busy, .readOnly, .inputOutput, .failed: .inputOutput
        default: .badData
        }
    }
}

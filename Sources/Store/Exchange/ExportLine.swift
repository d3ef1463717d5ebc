internal import Evaluation
internal import Foundation
internal import Verification

/// One line of an export. `docs/database.md` lists the fields.
enum ExportLine {
    case run(RunRecord)
    case prompt(ExportedPrompt)
    case sample(ExportedSample)
    case metric(MetricRecord)
    case end(run: String, samples: Int)
    case training(TrainedRun)

    static let version = 1
}

/// The first line.
struct ExportHeader: Codable {
    var version: Int

    enum CodingKeys: String, CodingKey {
        case version = "assay_export"
    }
}

/// A prompt of the current run, which its samples refer to by index.
struct ExportedPrompt: Codable, Hashable {
    var index: Int
    var set: String
    var id: String
    var label: String?
    var category: String?
    var ids: [Int32]

    init(_ sample: SampleRecord) {
        index = sample.promptIndex
        set = sample.promptSet
        id = sample.promptID
        label = sample.label
        category = sample.category
        ids = sample.promptIDs
    }
}

/// A sample of the current run.
struct ExportedSample: Codable {
    var prompt: Int
    var sample: Int
    var ids: [Int32]
    /// Float32, little endian, in base64: decimal digits would lose the payload of a NaN.
    var logProbabilities: Data
    var text: String
    var finish: String
    var error: String?
    var scores: [ExportedScore]

    enum CodingKeys: String, CodingKey {
        case prompt, sample, ids, text, finish, error, scores
        case logProbabilities = "logprobs"
    }

    init(_ sample: SampleRecord) {
        prompt = sample.promptIndex
        self.sample = sample.sampleIndex
        ids = sample.ids
        logProbabilities = LittleEndian.data(sample.logProbabilities)
        text = sample.text
        finish = sample.finish
        error = sample.error
        scores = sample.scores.map(ExportedScore.init)
    }

    /// Nil where the log-probabilities are not whole values.
    func record(of prompt: ExportedPrompt) -> SampleRecord? {
        guard let words = LittleEndian.words(logProbabilities) else { return nil }
        return SampleRecord(
            promptIndex: prompt.index,
            promptSet: prompt.set,
            promptID: prompt.id,
            label: prompt.label,
            category: prompt.category,
            sampleIndex: sample,
            promptIDs: prompt.ids,
            ids: ids,
            logProbabilities: words.map { Float(bitPattern: $0) },
            text: text,
            finish: finish,
            error: error,
            scores: scores.map(\.record)
        )
    }
}

/// A grade: `value`, or the reason in `unscored`.
struct ExportedScore: Codable {
    var scorer: String
    var version: Int
    var outcome: Outcome
    var label: String?
    var answer: String?

    enum CodingKeys: String, CodingKey {
        case scorer, version, value, unscored, label, answer
    }

    init(_ score: ScoreRecord) {
        scorer = score.scorer
        version = score.version
        outcome = score.grade.outcome
        label = score.grade.label
        answer = score.grade.answer
    }

    init(from decoder: any Decoder) throws {
        try KnownKeys.check(decoder, ["scorer", "version", "value", "unscored", "label", "answer"], at: "scores.")
        let container = try decoder.container(keyedBy: CodingKeys.self)
        scorer = try container.decode(String.self, forKey: .scorer)
        version = try container.decode(Int.self, forKey: .version)
        label = try container.decodeIfPresent(String.self, forKey: .label)
        answer = try container.decodeIfPresent(String.self, forKey: .answer)
        let value = try container.decodeIfPresent(Double.self, forKey: .value)
        let reason = try container.decodeIfPresent(String.self, forKey: .unscored)
        switch (value, reason) {
        case (let value?, nil): outcome = .scored(value)
        case (nil, let reason?): outcome = .unscored(reason: reason)
        default:
            let message = "either a value or a reason"
            throw DecodingError.dataCorruptedError(forKey: .value, in: container, debugDescription: message)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scorer, forKey: .scorer)
        try container.encode(version, forKey: .version)
        switch outcome {
        case .scored(let value): try container.encode(value, forKey: .value)
        case .unscored(let reason): try container.encode(reason, forKey: .unscored)
        }
        try container.encodeIfPresent(label, forKey: .label)
        try container.encodeIfPresent(answer, forKey: .answer)
    }

    var record: ScoreRecord {
        ScoreRecord(scorer: scorer, version: version, grade: Grade(outcome: outcome, label: label, answer: answer))
    }
}

extension ExportLine: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, run, samples, steps, evaluations
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "run":
            try KnownKeys.check(decoder, ["type", "run"])
            let run = try container.decode(RunRecord.self, forKey: .run)
            try KnownKeys.check(run, in: container, at: .run)
            self = .run(run)
        case "prompt":
            try KnownKeys.check(decoder, ["type", "index", "set", "id", "label", "category", "ids"])
            self = .prompt(try ExportedPrompt(from: decoder))
        case "sample":
            let keys: Set = ["type", "prompt", "sample", "ids", "logprobs", "text", "finish", "error", "scores"]
            try KnownKeys.check(decoder, keys)
            self = .sample(try ExportedSample(from: decoder))
        case "metric":
            let keys: Set = ["type", "name", "scorer", "group", "value", "lower", "upper", "scored", "unscored"]
            try KnownKeys.check(decoder, keys)
            self = .metric(try MetricRecord(from: decoder))
        case "end":
            try KnownKeys.check(decoder, ["type", "run", "samples"])
            self = .end(
                run: try container.decode(String.self, forKey: .run),
                samples: try container.decode(Int.self, forKey: .samples)
            )
        case "training":
            try KnownKeys.check(decoder, ["type", "run", "steps", "evaluations"])
            let trained = try TrainedRun(from: decoder)
            try KnownKeys.check(trained.run, in: container, at: .run)
            try KnownKeys.check(trained.steps, in: container, at: .steps)
            if !trained.evaluations.isEmpty {
                try KnownKeys.check(trained.evaluations, in: container, at: .evaluations)
            }
            self = .training(trained)
        default: throw StoreError.ImportProblemError(.unknownType(type))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .run(let run):
            try container.encode("run", forKey: .type)
            try container.encode(run, forKey: .run)
        case .prompt(let prompt):
            try container.encode("prompt", forKey: .type)
            try prompt.encode(to: encoder)
        case .sample(let sample):
            try container.encode("sample", forKey: .type)
            try sample.encode(to: encoder)
        case .metric(let metric):
            try container.encode("metric", forKey: .type)
            try metric.encode(to: encoder)
        case .end(let run, let samples):
            try container.encode("end", forKey: .type)
            try container.encode(run, forKey: .run)
            try container.encode(samples, forKey: .samples)
        case .training(let trained):
            try container.encode("training", forKey: .type)
            try trained.encode(to: encoder)
        }
    }
}

extension StoreError {
    /// A problem of a line whose number is not known yet.
    struct ImportProblemError: Error {
        var problem: ImportProblem

        init(_ problem: ImportProblem) {
            self.problem = problem
        }
    }
}

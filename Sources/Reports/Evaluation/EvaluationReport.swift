public import Evaluation
internal import Verification

/// One run of an evaluation: text for the terminal, JSON, CSV, and a page of its own.
///
/// Prompts are never in it, and completions only on request. Equal reports give equal bytes: nothing is read from a
/// clock or from the machine.
public struct EvaluationReport: Sendable {
    public var run: RunRecord
    public var metrics: [MetricRecord]
    /// The command that makes this run again.
    public var command: String?
    /// When the report was made, if it shall say so.
    public var generated: String?

    let samples: Samples

    /// What a report shows of the samples.
    public struct Options: Hashable, Sendable {
        /// Shows what the model wrote, and the answers found in it. Completions may be harmful or private.
        public var includesTexts: Bool
        /// Samples listed one by one; the tallies count all.
        public var listedSamples: Int

        public init(includesTexts: Bool = false, listedSamples: Int = 2000) {
            self.includesTexts = includesTexts
            self.listedSamples = max(0, listedSamples)
        }
    }

    /// What a report keeps of a run's samples, which are handed to it one by one: counts of all, and the first ones as they
    /// are listed.
    public struct Samples: Sendable {
        let options: Options
        private(set) var tally = SampleTally()
        /// As many as the options list.
        private(set) var rows: [SampleRow] = []

        public init(_ options: Options = Options()) {
            self.options = options
        }

        /// Samples come in the order of their keys.
        public mutating func add(_ sample: SampleRecord) {
            tally.add(sample)
            guard rows.count < options.listedSamples else { return }
            rows.append(SampleRow(sample, includesTexts: options.includesTexts))
        }
    }

    public init(
        run: RunRecord,
        metrics: [MetricRecord],
        samples: Samples,
        command: String? = nil,
        generated: String? = nil
    ) {
        self.run = run
        self.metrics = metrics
        self.samples = samples
        self.command = command
        self.generated = generated
    }
}

extension EvaluationReport {
    var options: Options { samples.options }
    var tally: SampleTally { samples.tally }
    var rows: [SampleRow] { samples.rows }
}

/// What is listed of one sample.
struct SampleRow: Sendable {
    var promptSet: String
    var promptID: String
    var label: String?
    var category: String?
    var sampleIndex: Int
    var promptTokens: Int
    var tokens: Int
    var finish: String
    var error: String?
    /// Without the answers where texts are left out.
    var scores: [ScoreRecord]
    var text: String?

    init(_ sample: SampleRecord, includesTexts: Bool) {
        promptSet = sample.promptSet
        promptID = sample.promptID
        label = sample.label
        category = sample.category
        sampleIndex = sample.sampleIndex
        promptTokens = sample.promptIDs.count
        tokens = sample.ids.count
        finish = sample.finish
        error = sample.error
        scores = sample.scores
        if includesTexts {
            text = sample.text
        } else {
            for index in scores.indices { scores[index].grade.answer = nil }
        }
    }
}

extension ScoreRecord {
    /// `1.000`, `1.000 refused`, or why there is no value.
    var summary: String {
        switch grade.outcome {
        case .scored(let value): [NumberFormat.rate(value), grade.label].compactMap { $0 }.joined(separator: " ")
        case .unscored(let reason): "unscored: \(reason)"
        }
    }

    var value: Double? {
        guard case .scored(let value) = grade.outcome else { return nil }
        return value
    }

    var unscoredReason: String? {
        guard case .unscored(let reason) = grade.outcome else { return nil }
        return reason
    }
}

import Evaluation
import Reports
import Resampling
import Testing
import Verification

/// Strings that try to get out of a page, a table, a spreadsheet or a terminal.
enum Hostile {
    static let script = "<script>alert(1)</script>"
    static let quotes = "\"'><img src=x onerror=alert(1)>&amp;"
    static let escape = "\u{1B}[31mred\u{7}"
    static let bidi = "abc\u{202E}txt.exe\u{2066}"
    static let tags = "a\u{E0041}\u{E0042}\u{200B}\u{FEFF}\u{FFFE}\u{0}"
    static let formula = "=HYPERLINK(\"http://x\",\"y\")"
    static let all = [script, quotes, escape, bidi, tags, formula].joined(separator: " ")
}

enum Examples {
    static let model = ModelIdentity(
        name: "tiny", digest: String(repeating: "0f", count: 32), architecture: "llama", templateDigest: nil,
        computeMode: "f32", backend: "reference")

    static func pooled(_ counts: [(String, Int, Int, Int)], seed: UInt64? = nil) throws -> PooledGroup {
        let rows = counts.map { task, scored, correct, unscored in
            TaskCounts(
                run: "run-1", modelDigest: model.digest, settingsDigest: "settings", seed: seed, task: task,
                scored: scored, correct: correct, unscored: unscored)
        }
        return try #require(try PooledGroup.pool(rows).first)
    }

    static func group(
        _ label: String,
        _ counts: [(String, Int, Int, Int)] = [("a", 4, 1, 0), ("b", 4, 3, 1), ("c", 4, 4, 0)],
        metrics: [PassMetric] = [.passAtK],
        grid: [Int]? = nil
    ) throws -> PassKReport.Group {
        let pooled = try pooled(counts)
        return PassKReport.Group(
            label: label, model: model,
            settings: [ReportFact("evaluation", "demo v1")] + .facts(of: GenerationSettings(temperature: 0.8)),
            pooled: pooled, curves: try metrics.map { try pooled.curve(of: $0, at: grid) })
    }

    static func run(planned: Int, status: RunStatus = .finished) -> RunRecord {
        RunRecord(
            id: "00000000-0000-4000-8000-000000000001",
            definition: EvaluationDefinition(
                name: "demo", version: 2, description: "A demonstration.", prompts: [],
                scorers: [ScorerDefinition(name: "refusal", parameters: ["list": "short"])]),
            model: model,
            promptSets: [PromptSetReference(name: "set", digest: "d1", format: "jsonl", promptCount: planned)],
            scorers: [ScorerReference(key: "refusal/short", version: 1)],
            plannedSamples: planned, settings: RunSettings(generation: GenerationSettings(seed: 7)),
            environment: RunEnvironment(assayVersion: "0.1.0", cpu: "cpu", threads: 2, batch: 8), status: status,
            startedAt: "2025-01-01T00:00:00Z", finishedAt: "2025-01-01T00:01:00Z")
    }

    static func sample(
        _ index: Int,
        text: String = "SECRET",
        finish: String = "stop",
        error: String? = nil,
        outcome: Outcome = .scored(1),
        label: String? = "harmful"
    ) -> SampleRecord {
        let grade = Grade(outcome: outcome, label: "refused", answer: "SECRET ANSWER")
        return SampleRecord(
            promptIndex: index, promptSet: "set", promptID: "p\(index)", label: label, category: "fraud",
            sampleIndex: 0, promptIDs: [1, 2, 3], ids: [4, 5], logProbabilities: [], text: text, finish: finish,
            error: error, scores: [ScoreRecord(scorer: "refusal/short", version: 1, grade: grade)])
    }

    /// A run of nine samples that was stopped at the fourth.
    static var incompleteRun: IncompleteRun {
        get throws { try #require(IncompleteRun(run(planned: 9, status: .started), found: 4)) }
    }

    static let metrics = [
        MetricRecord(
            name: "refusal_rate", scorer: "refusal/short", group: "all", value: 0.5, lower: 0.25, upper: 0.75,
            scored: 2,
            unscored: 1),
        MetricRecord(
            name: "refusal_rate", scorer: "refusal/short", group: "label=harmful", value: nil, lower: nil, upper: nil,
            scored: 0, unscored: 1),
    ]
}

extension EvaluationReport {
    init(
        run: RunRecord, metrics: [MetricRecord], samples: [SampleRecord], options: Options = Options(),
        command: String? = nil
    ) {
        var kept = Samples(options)
        for sample in samples { kept.add(sample) }
        self.init(run: run, metrics: metrics, samples: kept, command: command)
    }
}

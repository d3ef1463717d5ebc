import Evaluation
import Foundation
import GRDB
import TestSupport
import Verification

@testable import Store

/// Runs and samples as an evaluation would hand them over.
enum Example {
    static let id = "00000000-0000-4000-8000-000000000001"

    static func id(_ number: Int) -> String {
        "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
    }

    static let definition = EvaluationDefinition(
        name: "arithmetic",
        version: 2,
        description: "Sums, \"quoted\" / slashed, naïve ✓",
        prompts: [PromptSource(file: "a.jsonl", labels: ["harmless"], categories: nil, limit: 3)],
        system: "Be brief.\u{0}\n",
        promptTemplate: "Q: {prompt}",
        generation: GenerationSettings(samples: 4, temperature: 0.7, topP: 0.9, stop: ["\n\n"], seed: .max),
        scorers: [ScorerDefinition(name: "numeric", parameters: ["tolerance": "0.01"])]
    )

    static let model = ModelIdentity(
        name: "smollm2", digest: String(repeating: "a", count: 64), architecture: "llama",
        templateDigest: String(repeating: "c", count: 64), computeMode: "f32", backend: "onednn avx512")

    static func run(_ number: Int = 1, planned: Int = 12, seed: UInt64 = .max) -> RunRecord {
        var settings = RunSettings(generation: definition.generation, limit: 3)
        settings.generation.seed = seed
        return RunRecord(
            id: id(number),
            definition: definition,
            model: model,
            promptSets: [
                PromptSetReference(
                    name: "a", digest: String(repeating: "b", count: 64), format: "assay", promptCount: 3),
                PromptSetReference(
                    name: "a", digest: String(repeating: "b", count: 64), format: "assay", promptCount: 1),
            ],
            scorers: [
                ScorerReference(key: "numeric", version: 3), ScorerReference(key: "refusal/xstest", version: 1),
            ],
            plannedSamples: planned,
            settings: settings,
            environment: RunEnvironment(assayVersion: "1.0", cpu: "a cpu", threads: 2, batch: 32),
            status: .started,
            startedAt: "2026-01-0\(1 + number % 9)T00:00:00Z"
        )
    }

    /// A plain sample with two grades.
    static func sample(_ prompt: Int, _ index: Int, value: Double? = 1) -> SampleRecord {
        let numeric: Outcome = value.map { .scored($0) } ?? .unscored(reason: "no number")
        return SampleRecord(
            promptIndex: prompt,
            promptSet: "a",
            promptID: "p\(prompt)",
            label: prompt % 2 == 0 ? "harmless" : nil,
            category: prompt % 3 == 0 ? "sums" : nil,
            sampleIndex: index,
            promptIDs: [1, 2, Int32(prompt)],
            ids: [7, Int32(index)],
            logProbabilities: [-0.5, -1.25],
            text: "it is \(index)",
            finish: "stop",
            error: nil,
            scores: [
                ScoreRecord(
                    scorer: "numeric", version: 3, grade: Grade(outcome: numeric, answer: value.map { "\($0)" })),
                ScoreRecord(
                    scorer: "refusal/xstest", version: 1, grade: Grade(outcome: .scored(0.5), label: "partial")),
            ]
        )
    }

    /// Everything that a row may hold and that is easily lost: NULs, odd line ends, both forms of é, NaN payloads,
    /// the ends of the ranges, errors and grades without a value.
    static let oddSamples: [SampleRecord] = {
        var bits = sample(0, 0, value: nil)
        bits.ids = [.min, -1, 0, .max]
        bits.logProbabilities = [0x7FC1_2345, 0xFF80_0001, 0x8000_0000, 0xFF80_0000].map(Float.init(bitPattern:))
        bits.text = "nul \u{0} tail, e\u{301} \u{E9}, \r\n\u{2028}\u{FEFF}\u{10FFFF} \"\\/"
        var failed = sample(0, 1, value: nil)
        (failed.finish, failed.error) = ("error", "no room \u{0} left")
        (failed.ids, failed.logProbabilities, failed.text) = ([], [], "")
        var empty = sample(1, 0)
        (empty.promptIDs, empty.label, empty.category, empty.scores) = ([], "", "", [])
        var choice = sample(Int(Int32.max), Int(Int32.max), value: Double.leastNonzeroMagnitude)
        (choice.finish, choice.logProbabilities) = ("choice", [-0.0, -.infinity, .leastNonzeroMagnitude])
        choice.scores[1].grade.outcome = .unscored(reason: "")
        choice.scores[1].grade.answer = "\u{0}"
        return [bits, failed, empty, choice]
    }()

    static let metrics = [
        MetricRecord(
            name: "accuracy", scorer: "numeric", group: "all", value: 0.1, lower: Double.leastNonzeroMagnitude,
            upper: 1 - 0x1p-53, scored: 11,
            unscored: 1),
        MetricRecord(
            name: "accuracy", scorer: "numeric", group: "label=a\u{0}b", value: nil, lower: nil, upper: nil, scored: 0,
            unscored: .max),
    ]

    /// Every prompt of `run` with four samples each, right and wrong and unscored in turn.
    static func samples(prompts: Int = 3, each: Int = 4) -> [SampleRecord] {
        (0..<prompts).flatMap { prompt in
            (0..<each).map { sample(prompt, $0, value: [1, 0, nil, 1][($0 + prompt) % 4]) }
        }
    }
}

extension RunStore {
    /// Writes a whole run.
    func add(_ run: RunRecord, _ samples: [SampleRecord], metrics: [MetricRecord]? = nil) throws {
        try begin(run)
        for sample in samples { try insert(sample, run: run.id) }
        if let metrics { try finish(run.id, at: "2026-02-01T00:00:00Z", metrics: metrics) }
    }

    func exported(_ ids: [String]? = nil) throws -> Data {
        var lines = Data()
        try export(ids) { lines += $0 }
        return lines
    }

    /// What SQLite finds wrong with the file: `ok`.
    func integrity() throws -> [String] {
        try read { db in try String.fetchAll(db, sql: "PRAGMA integrity_check") }
    }

    /// Takes in an export that is in memory.
    @discardableResult
    func importRuns(_ data: Data) throws -> IntakeResult {
        let file = URL(fileURLWithPath: path + ".\(UUID().uuidString).jsonl")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try importRuns(from: handle, named: "x.jsonl")
    }
}

/// Calls `body` with a new store, and the folder that it lies in.
func withStore<Result>(_ body: (RunStore, URL) throws -> Result) throws -> Result {
    try Places.withTemporaryFolder { folder in
        let store = try RunStore(path: folder.appendingPathComponent("runs.sqlite").path, durability: .processEnd)
        let result = try body(store, folder)
        try store.close()
        return result
    }
}

func withStore<Result>(_ body: (RunStore) throws -> Result) throws -> Result {
    try withStore { store, _ in try body(store) }
}

/// Equality of every bit.
func isIdentical(_ first: [SampleRecord], _ second: [SampleRecord]) -> Bool {
    first.count == second.count && zip(first, second).allSatisfy { $0.isIdentical(to: $1) }
}

public import Evaluation
internal import Foundation
internal import Verification

/// A stored run as a log of inspect_ai, version 2: one JSON document, or the parts of an `.eval` archive.
///
/// Prompt texts are not stored with a run, so that `input` is the prompt's id. Scores are "C" and "I" for 1 and 0, the
/// number in between, and NaN, inspect's word for unscored.
public struct InspectLogWriter {
    private let run: RunRecord
    private let metrics: [MetricRecord]
    private let samples: [SampleRecord]

    /// - Throws: ``HarnessError/nothingToWrite(_:)`` for a run without samples.
    public init(_ run: RunRecord, _ metrics: [MetricRecord], _ samples: [SampleRecord]) throws(HarnessError) {
        guard !samples.isEmpty else { throw .nothingToWrite("run \(run.id) has no samples") }
        self.run = run
        self.metrics = metrics
        self.samples = samples
    }

    /// The whole log as one JSON document.
    public func json() -> String {
        LogValue.object(header + [("samples", .array(samples.map(sample)))]).text + "\n"
    }

    /// The log as an `.eval` archive: header, summaries, and one document for each sample.
    ///
    /// - Throws: ``HarnessError/archiveFull(entries:)``.
    public func archive() throws(HarnessError) -> [UInt8] {
        var archive = StoredArchive()
        let start = LogValue.object([("version", .integer(2)), ("eval", specification), ("plan", plan)])
        archive.add("_journal/start.json", start.text)
        for record in samples {
            archive.add(
                "samples/\(Self.fileName(run.exportID(of: record)))_epoch_\(epoch(record)).json",
                sample(record).text)
        }
        archive.add("summaries.json", LogValue.array(samples.map(summary)).text)
        archive.add("header.json", LogValue.object(header).text)
        guard !archive.isFull else { throw .archiveFull(entries: samples.count) }
        return archive.finish()
    }

    /// A name inside the archive is no path: what could leave the folder is spelled out.
    static func fileName(_ id: String) -> String {
        var name = ""
        for scalar in id.unicodeScalars {
            if scalar == "/" || scalar == "\\" || scalar.value < 0x20 {
                name += String(format: "%%%02X", scalar.value)
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return name == "." || name == ".." ? "_" + name : name
    }

    private var header: [(String, LogValue)] {
        [
            ("version", .integer(2)),
            ("status", .string(run.status == .finished ? "success" : run.status == .failed ? "error" : "started")),
            ("eval", specification), ("plan", plan), ("results", results),
            (
                "stats",
                .object([
                    ("started_at", .string(run.startedAt)), ("completed_at", .string(run.finishedAt ?? "")),
                    ("model_usage", .object([])),
                ])
            ),
        ]
    }

    private var plan: LogValue {
        let generation = run.settings.generation
        return .object([
            ("name", .string("plan")), ("steps", .array([])),
            (
                "config",
                .object([
                    ("max_tokens", .integer(generation.maxTokens)), ("temperature", .number(generation.temperature)),
                    ("top_p", .number(generation.topP)),
                ])
            ),
        ])
    }

    private var specification: LogValue {
        var ids: [String] = []
        var seen: Set<String> = []
        for sample in samples where seen.insert(run.exportID(of: sample)).inserted {
            ids.append(run.exportID(of: sample))
        }
        return .object([
            ("run_id", .string(run.id)), ("eval_id", .string(run.id)), ("created", .string(run.startedAt)),
            ("task", .string(run.definition.name)), ("task_id", .string(String(run.planDigest.prefix(22)))),
            ("task_version", .integer(run.definition.version)),
            (
                "dataset",
                .object([
                    ("name", .string(run.promptSets.first?.name)), ("samples", .integer(ids.count)),
                    ("sample_ids", .array(ids.map { .string($0) })), ("shuffled", .boolean(false)),
                ])
            ),
            ("model", .string("assay/\(run.model.name)")),
            ("config", .object([("epochs", .integer(run.settings.generation.samples))])),
            (
                "metadata",
                .object([
                    ("model_digest", .string(run.model.digest)), ("plan_digest", .string(run.planDigest)),
                    ("sampling_digest", .string(run.samplingDigest)), ("compute_mode", .string(run.model.computeMode)),
                    ("seed", .string(String(run.settings.generation.seed))),
                ])
            ),
        ])
    }

    private var results: LogValue {
        .object([
            ("total_samples", .integer(run.plannedSamples)),
            ("completed_samples", .integer(samples.count { $0.error == nil })),
            ("scores", .array(run.scorers.map(score))),
        ])
    }

    private func score(_ scorer: ScorerReference) -> LogValue {
        let grades = samples.compactMap { sample in sample.scores.first { $0.scorer == scorer.key }?.grade }
        let unscored = grades.count { if case .unscored = $0.outcome { true } else { false } }
        let own = metrics.filter { $0.scorer == scorer.key && $0.group == "all" }.compactMap { metric in
            metric.value.map { value in
                (metric.name, LogValue.object([("name", .string(metric.name)), ("value", .number(value))]))
            }
        }
        return .object([
            ("name", .string(scorer.key)), ("scorer", .string(scorer.key)),
            ("scored_samples", .integer(grades.count - unscored)), ("unscored_samples", .integer(unscored)),
            ("params", .object([("version", .integer(scorer.version))])), ("metrics", .object(own)),
        ])
    }

    private func sample(_ record: SampleRecord) -> LogValue {
        let message: LogValue = .object([
            ("role", .string("assistant")), ("content", .string(record.text)), ("model", .string(run.model.name)),
        ])
        let stop = record.finish == "length" ? "max_tokens" : record.finish == "error" ? "unknown" : "stop"
        let members: [(String, LogValue)] = [
            ("id", .string(run.exportID(of: record))), ("epoch", .integer(epoch(record))),
            ("input", .string(run.exportID(of: record))), ("target", .string("")),
            ("messages", .array([message])),
            (
                "output",
                .object(
                    [
                        ("model", .string(run.model.name)),
                        ("choices", .array([.object([("message", message), ("stop_reason", .string(stop))])])),
                        ("completion", .string(record.text)),
                    ] + errorMessage(of: record))
            ),
            ("scores", scores(of: record)),
            (
                "metadata",
                .object([
                    ("prompt_set", .string(record.promptSet)), ("label", .string(record.label)),
                    ("category", .string(record.category)),
                ])
            ),
            ("store", .object([])), ("events", .array([])), ("model_usage", .object([])), ("attachments", .object([])),
        ]
        return .object(members + error(of: record))
    }

    private func summary(_ record: SampleRecord) -> LogValue {
        .object(
            [
                ("id", .string(run.exportID(of: record))), ("epoch", .integer(epoch(record))),
                ("input", .string(run.exportID(of: record))), ("target", .string("")), ("scores", scores(of: record)),
                ("completed", .boolean(true)),
            ] + errorMessage(of: record))
    }

    /// Epochs count from 1.
    private func epoch(_ record: SampleRecord) -> Int { min(record.sampleIndex, Int.max - 1) + 1 }

    /// `error` of a sample that failed, as a sample has it: with the traceback that a program would have left.
    private func error(of record: SampleRecord) -> [(String, LogValue)] {
        guard let error = record.error else { return [] }
        let empty = LogValue.string("")
        return [
            ("error", .object([("message", .string(error)), ("traceback", empty), ("traceback_ansi", empty)]))
        ]
    }

    /// `error` of a sample that failed, as its output and its summary have it.
    private func errorMessage(of record: SampleRecord) -> [(String, LogValue)] {
        record.error.map { [("error", .string($0))] } ?? []
    }

    private func scores(of record: SampleRecord) -> LogValue {
        .object(
            record.scores.map { score in
                let value: LogValue
                var explanation: String?
                switch score.grade.outcome {
                case .scored(1): value = .string("C")
                case .scored(0): value = .string("I")
                case .scored(let number): value = .number(number)
                case .unscored(let reason): (value, explanation) = (.number(.nan), reason)
                }
                return (
                    score.scorer,
                    .object([
                        ("value", value), ("answer", .string(score.grade.answer)),
                        ("explanation", .string(explanation)),
                        (
                            "metadata",
                            .object([("label", .string(score.grade.label)), ("version", .integer(score.version))])
                        ),
                    ])
                )
            })
    }
}

public import Evaluation
internal import Foundation
internal import Verification

/// A stored run as `samples.jsonl` and `eval_results.json` of EvalPlus.
public struct EvalPlusWriter {
    private let run: RunRecord
    private let samples: [SampleRecord]
    private let weak: String
    private let strong: String

    /// - Throws: ``HarnessError/nothingToWrite(_:)`` where the run lacks one of the scorers, or samples, and
    ///   ``HarnessError/fractional(scorer:task:samples:)`` where a grade is neither right nor wrong.
    public init(_ run: RunRecord, _ samples: [SampleRecord], weak: String, strong: String) throws(HarnessError) {
        for name in [weak, strong] where !run.scorers.contains(where: { $0.key == name }) {
            throw .nothingToWrite("run \(run.id) was not graded by \(name)")
        }
        guard !samples.isEmpty else { throw .nothingToWrite("run \(run.id) has no samples") }
        for name in [weak, strong] {
            let fractional = samples.filter { (Self.value($0, name) ?? 0).truncatingRemainder(dividingBy: 1) != 0 }
            guard let first = fractional.first else { continue }
            throw .fractional(scorer: name, task: run.exportID(of: first), samples: fractional.count)
        }
        self.run = run
        self.samples = samples
        self.weak = weak
        self.strong = strong
    }

    /// One line `{"task_id", "solution"}` for each sample.
    public func samplesText() -> String {
        samples.map { sample in
            LogValue.object([("task_id", .string(run.exportID(of: sample))), ("solution", .string(sample.text))]).text
                + "\n"
        }.joined()
    }

    /// `hash` is the SHA-256 of the prompt set: the tasks are not EvalPlus' own. Samples without a verdict are left
    /// out, as the format has no word for them; ``unscored`` counts them.
    public func resultsText() -> String {
        var tasks: [String] = []
        var entries: [String: [LogValue]] = [:]
        for sample in samples {
            guard let weak = status(sample, weak), let strong = status(sample, strong) else { continue }
            let task = run.exportID(of: sample)
            if entries[task] == nil { tasks.append(task) }
            entries[task, default: []].append(
                .object([
                    ("task_id", .string(run.exportID(of: sample))), ("solution", .string(sample.text)),
                    ("base_status", .string(weak)), ("plus_status", .string(strong)), ("base_fail_tests", .array([])),
                    ("plus_fail_tests", .array([])),
                ]))
        }
        return LogValue.object([
            ("date", .string(String(run.startedAt.prefix(16)).replacingOccurrences(of: "T", with: " "))),
            ("hash", .string(run.promptSets.first?.digest ?? "")),
            ("eval", .object(tasks.map { ($0, .array(entries[$0] ?? [])) })),
        ]).text + "\n"
    }

    public var unscored: Int { samples.count { status($0, weak) == nil || status($0, strong) == nil } }

    /// Samples that the strong scorer alone accepts. EvalPlus counts a solution as right where base and plus tests pass,
    /// so that whoever reads the results takes these for wrong.
    public var strongAlone: Int { samples.count { Self.value($0, weak) == 0 && Self.value($0, strong) == 1 } }

    private func status(_ sample: SampleRecord, _ scorer: String) -> String? {
        guard let value = Self.value(sample, scorer) else { return nil }
        return value == 1 ? "pass" : Self.grade(sample, scorer)?.label == "timeout" ? "timeout" : "fail"
    }

    private static func grade(_ sample: SampleRecord, _ scorer: String) -> Grade? {
        sample.scores.first { $0.scorer == scorer }?.grade
    }

    private static func value(_ sample: SampleRecord, _ scorer: String) -> Double? {
        if case .scored(let value) = grade(sample, scorer)?.outcome { value } else { nil }
    }
}

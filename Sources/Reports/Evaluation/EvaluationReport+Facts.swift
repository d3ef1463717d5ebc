internal import Evaluation

extension EvaluationReport {
    var title: String { "\(run.definition.name) v\(run.definition.version)" }

    /// `200 samples of 100 prompts by smollm2-135m-instruct`.
    var extent: String {
        let prompts = run.promptSets.reduce(0) { sum, set in
            let (total, overflow) = sum.addingReportingOverflow(set.promptCount)
            return overflow ? .max : total
        }
        return """
            \(NumberFormat.count(tally.samples, "sample")) of \(NumberFormat.count(prompts, "prompt")) by \
            \(run.model.name)
            """
    }

    /// Why the figures may change, or nil for a finished run with all its samples.
    var incompleteNote: String? { IncompleteRun(run, found: tally.samples)?.note }

    var modelFacts: [ReportFact] { .facts(of: run.model) }

    var settingFacts: [ReportFact] {
        let settings = run.settings.generation
        var facts = [
            ReportFact("evaluation", title),
            ReportFact("task", run.definition.task == .generate ? "generate" : "multiple choice"),
            ReportFact("format", run.definition.format.rawValue),
        ]
        if let date = run.definition.date { facts.append(ReportFact("date", date)) }
        facts.append(ReportFact("samples per prompt", NumberFormat.count(settings.samples)))
        facts += [ReportFact].facts(of: settings)
        facts.append(ReportFact("seed", String(settings.seed)))
        if let limit = run.settings.limit { facts.append(ReportFact("maximum prompts", NumberFormat.count(limit))) }
        facts += run.scorers.map { ReportFact("scorer", "\($0.key), version \($0.version)") }
        return facts
    }

    var promptFacts: [ReportFact] {
        run.promptSets.flatMap { set in
            [
                ReportFact("prompts", "\(set.name) (\(set.format)), \(NumberFormat.count(set.promptCount, "prompt"))"),
                ReportFact("prompts digest", set.digest, isCode: true),
            ]
        }
    }

    var runFacts: [ReportFact] {
        [
            ReportFact("run", run.id, isCode: true),
            ReportFact("status", run.status.rawValue),
            ReportFact("started", run.startedAt),
        ] + [run.finishedAt.map { ReportFact("finished", $0) }].compactMap { $0 } + [
            ReportFact("assay", run.environment.assayVersion),
            ReportFact(
                "machine",
                [
                    run.environment.cpu, NumberFormat.count(run.environment.threads, "thread"),
                    "batch \(run.environment.batch)",
                ].joined(separator: ", ")
            ),
            ReportFact("tokens written", NumberFormat.count(tally.tokens)),
        ]
    }

    /// Metrics of one name and scorer, in the order in which they first came.
    var metricBlocks: [MetricBlock] {
        var blocks: [MetricBlock] = []
        for metric in metrics {
            if let index = blocks.firstIndex(where: { $0.name == metric.name && $0.scorer == metric.scorer }) {
                blocks[index].metrics.append(metric)
            } else {
                blocks.append(MetricBlock(name: metric.name, scorer: metric.scorer, metrics: [metric]))
            }
        }
        return blocks
    }
}

/// One metric of one scorer, for all samples and for parts of them.
struct MetricBlock {
    var name: String
    var scorer: String
    var metrics: [MetricRecord]

    /// `refusal_rate` becomes `refusal rate`.
    var title: String { name.replacing("_", with: " ") }
}

extension MetricRecord {
    /// `label=harmful` becomes `label: harmful`.
    var groupName: String {
        groupKind.map { "\($0): \(groupMember)" } ?? groupMember
    }

    /// The `label` of `label=harmful`.
    var groupKind: String? {
        group.firstIndex(of: "=").map { String(group[..<$0]) }
    }

    /// The `harmful` of `label=harmful`.
    var groupMember: String {
        guard let sign = group.firstIndex(of: "=") else { return group == "all" ? "all samples" : group }
        return String(group[group.index(after: sign)...])
    }

    /// `n = 200`, `n = 198, 2 unscored`.
    var sizeNote: String {
        let size = "n = \(NumberFormat.count(scored))"
        return unscored > 0 ? "\(size), \(NumberFormat.count(unscored)) unscored" : size
    }

    /// `n = 200`, `n = 198 of 200`.
    var shortSizeNote: String {
        let (total, overflow) = scored.addingReportingOverflow(unscored)
        guard unscored > 0, !overflow else { return "n = \(NumberFormat.count(scored))" }
        return "n = \(NumberFormat.count(scored)) of \(NumberFormat.count(total))"
    }
}

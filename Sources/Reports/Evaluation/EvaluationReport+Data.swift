internal import Evaluation
internal import Verification

extension EvaluationReport {
    /// One JSON document: the run, its metrics, its tallies and the listed samples.
    public func json() -> String {
        JSONValue.object([
            ("report", .string("evaluation")),
            ("run", runJSON),
            ("metrics", .array(metrics.map { $0.json })),
            ("samples", tally.json),
            ("incomplete_note", .string(incompleteNote)),
            ("listed", .array(rows.map { $0.json })),
            ("command", .string(command)),
            ("generated", .string(generated)),
        ]).text
    }

    /// One line for each metric.
    public func csv() -> String {
        let rows = metrics.map { metric in
            [
                CSVTable.Cell.text(run.id), .text(run.definition.name), .integer(run.definition.version),
                .text(run.model.name), .text(run.model.digest), .text(metric.name), .text(metric.scorer),
                .text(metric.group), .number(metric.value), .number(metric.lower), .number(metric.upper),
                .integer(metric.scored), .integer(metric.unscored),
            ]
        }
        let header = [
            "run", "evaluation", "version", "model", "model_digest", "metric", "scorer", "group", "value", "lower",
            "upper", "scored", "unscored",
        ]
        return CSVTable(header: header, rows: rows).text
    }

    /// One line for each listed sample and scorer; one line without a scorer for a sample that has no grades.
    public func samplesCSV() -> String {
        var header = [
            "prompt_set", "prompt", "label", "category", "sample", "prompt_tokens", "tokens", "finish", "error",
            "scorer", "scorer_version", "value", "class", "unscored",
        ]
        if options.includesTexts { header += ["answer", "text"] }
        let lines = rows.flatMap { row in
            row.scores.isEmpty
                ? [row.cells(nil, texts: options.includesTexts)]
                : row.scores.map { row.cells($0, texts: options.includesTexts) }
        }
        return CSVTable(header: header, rows: lines).text
    }

    private var runJSON: JSONValue {
        .object([
            ("id", .string(run.id)),
            ("evaluation", .string(run.definition.name)),
            ("version", .integer(run.definition.version)),
            ("status", .string(run.status.rawValue)),
            ("started", .string(run.startedAt)),
            ("finished", .string(run.finishedAt)),
            ("planned_samples", .integer(run.plannedSamples)),
            ("model", run.model.json),
            ("prompt_sets", .array(run.promptSets.map { $0.json })),
            ("settings", run.settings.json),
            (
                "scorers",
                .array(
                    run.scorers.map { .object([("scorer", .string($0.key)), ("version", .integer($0.version))]) })
            ),
            ("assay_version", .string(run.environment.assayVersion)),
        ])
    }
}

extension ModelIdentity {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(name)), ("digest", .string(digest)), ("architecture", .string(architecture)),
            ("template_digest", .string(templateDigest)), ("compute_mode", .string(computeMode)),
            ("backend", .string(backend)),
        ])
    }
}

extension PromptSetReference {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(name)), ("digest", .string(digest)), ("format", .string(format)),
            ("prompts", .integer(promptCount)),
        ])
    }
}

extension RunSettings {
    fileprivate var json: JSONValue {
        .object([
            ("samples", .integer(generation.samples)), ("max_tokens", .integer(generation.maxTokens)),
            ("temperature", .number(generation.temperature)), ("top_p", .number(generation.topP)),
            ("top_k", .integer(generation.topK)), ("min_p", .number(generation.minP)),
            ("stop", .strings(generation.stop)), ("seed", .unsigned(generation.seed)),
            ("limit", limit.map { .integer($0) } ?? .null),
        ])
    }
}

extension MetricRecord {
    fileprivate var json: JSONValue {
        let interval: JSONValue =
            if let lower, let upper { .array([.number(lower), .number(upper)]) } else { .null }
        return .object([
            ("name", .string(name)), ("scorer", .string(scorer)), ("group", .string(group)),
            ("value", .number(value)), ("interval", interval), ("scored", .integer(scored)),
            ("unscored", .integer(unscored)),
        ])
    }
}

extension SampleTally {
    fileprivate var json: JSONValue {
        .object([
            ("count", .integer(samples)), ("errors", .integer(errors)), ("tokens", .integer(tokens)),
            ("finish", finishes.json),
            ("scorers", .array(scorers.map { $0.json })),
        ])
    }
}

extension SampleTally.Scorer {
    fileprivate var json: JSONValue {
        .object([
            ("scorer", .string(name)), ("version", .integer(version)), ("scored", .integer(scored)),
            ("unscored", .integer(unscored)), ("unscored_reasons", reasons.json), ("classes", labels.json),
        ])
    }
}

extension SampleTally.Counts {
    fileprivate var json: JSONValue {
        .array(sorted.map { .object([("name", .string($0.name)), ("count", .integer($0.count))]) })
    }
}

extension SampleRow {
    fileprivate var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("prompt_set", .string(promptSet)), ("prompt", .string(promptID)), ("label", .string(label)),
            ("category", .string(category)), ("sample", .integer(sampleIndex)),
            ("prompt_tokens", .integer(promptTokens)), ("tokens", .integer(tokens)), ("finish", .string(finish)),
            ("error", .string(error)), ("scores", .array(scores.map { $0.json(answer: text != nil) })),
        ]
        if let text { members.append(("text", .string(text))) }
        return .object(members)
    }

    fileprivate func cells(_ score: ScoreRecord?, texts: Bool) -> [CSVTable.Cell] {
        var cells: [CSVTable.Cell] = [
            .text(promptSet), .text(promptID), .text(label), .text(category), .integer(sampleIndex),
            .integer(promptTokens), .integer(tokens), .text(finish), .text(error), .text(score?.scorer),
            score.map { .integer($0.version) } ?? .empty, .number(score?.value), .text(score?.grade.label),
            .text(score?.unscoredReason),
        ]
        if texts { cells += [.text(score?.grade.answer), .text(text)] }
        return cells
    }
}

extension ScoreRecord {
    fileprivate func json(answer: Bool) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("scorer", .string(scorer)), ("version", .integer(version)), ("value", .number(value)),
            ("unscored", .string(unscoredReason)), ("class", .string(grade.label)),
        ]
        if answer { members.append(("answer", .string(grade.answer))) }
        return .object(members)
    }
}

internal import Evaluation
internal import Resampling

extension PassKReport {
    /// One JSON document with every figure, every task's counts and what was pooled.
    public func json() -> String {
        JSONValue.object([
            ("report", .string("passk")),
            ("title", .string(title)),
            ("groups", .array(groups.map { $0.json })),
            ("incomplete_runs", .array(incompleteRuns.map(\.json))),
            ("command", .string(command)),
            ("generated", .string(generated)),
        ]).text
    }

    /// One line for each group, metric and k.
    public func csv() -> String {
        let header = [
            "group", "model", "model_digest", "settings_digest", "metric", "k", "estimate", "lower", "upper",
            "interval_absent", "standard_error", "sampling_error", "tasks", "samples", "unscored", "unscored_policy",
            "runs",
        ]
        let rows = groups.flatMap { group in
            group.curves.flatMap { curve in curve.points.map { group.row(curve, $0) } }
        }
        return CSVTable(header: header, rows: rows).text
    }

    /// One line for each group and task: n, c and the samples without a grade.
    public func tasksCSV() -> String {
        let rows = groups.flatMap { group in
            group.pooled.tasks.map { task in
                [
                    CSVTable.Cell.text(group.label), .text(group.pooled.modelDigest),
                    .text(group.pooled.settingsDigest), .text(task.task), .integer(task.scored),
                    .integer(task.correct), .integer(task.unscored),
                ]
            }
        }
        let header = ["group", "model_digest", "settings_digest", "task", "n", "c", "unscored"]
        return CSVTable(header: header, rows: rows).text
    }
}

extension PassKReport.Group {
    fileprivate var json: JSONValue {
        .object([
            ("label", .string(label)),
            ("model", .string(model?.name)),
            ("model_digest", .string(pooled.modelDigest)),
            ("compute_mode", .string(model?.computeMode)),
            ("backend", .string(model?.backend)),
            ("settings_digest", .string(pooled.settingsDigest)),
            ("settings", .object(settings.map { ($0.name, .string($0.value)) })),
            ("runs", .strings(pooled.runs)),
            ("repeated_runs", .strings(pooled.repeatedRuns)),
            ("scored", .integer(pooled.scored)),
            ("correct", .integer(pooled.correct)),
            ("unscored", .integer(pooled.unscored)),
            ("curves", .array(curves.map { $0.json })),
            ("tasks", .array(pooled.tasks.map { $0.json })),
        ])
    }

    fileprivate func row(_ curve: PassCurve, _ point: PassPoint) -> [CSVTable.Cell] {
        [
            .text(label), .text(model?.name), .text(pooled.modelDigest), .text(pooled.settingsDigest),
            .text(curve.metric.rawValue), .integer(point.k), .number(point.estimate), .number(point.bounds.lower),
            .number(point.bounds.upper), .text(point.absence?.rawValue), .number(point.standardError),
            .number(point.samplingError), .integer(curve.taskCount), .integer(curve.sampleCount),
            .integer(pooled.unscored), .text(curve.unscored.rawValue), .text(pooled.runs.joined(separator: " ")),
        ]
    }
}

extension PassCurve {
    fileprivate var json: JSONValue {
        .object([
            ("metric", .string(metric.rawValue)),
            ("tasks", .integer(taskCount)),
            ("samples", .integer(sampleCount)),
            ("unscored_policy", .string(unscored.rawValue)),
            (
                "bootstrap",
                .object([
                    ("method", .string(bootstrap.method.rawValue)), ("confidence", .number(bootstrap.confidence)),
                    ("resamples", .integer(bootstrap.resamples)), ("seed", .unsigned(bootstrap.seed)),
                ])
            ),
            ("points", .array(points.map { $0.json(tasks: taskCount, samples: sampleCount) })),
        ])
    }
}

extension PassPoint {
    fileprivate func json(tasks: Int, samples: Int) -> JSONValue {
        .object([
            ("k", .integer(k)),
            ("estimate", .number(estimate)),
            ("interval", bounds.lower == nil ? .null : .array([.number(bounds.lower), .number(bounds.upper)])),
            ("interval_absent", .string(absence?.rawValue)),
            ("standard_error", .number(standardError)),
            ("sampling_error", .number(samplingError)),
            ("tasks", .integer(tasks)),
            ("samples", .integer(samples)),
        ])
    }
}

extension TaskTotal {
    fileprivate var json: JSONValue {
        .object([
            ("task", .string(task)), ("n", .integer(scored)), ("c", .integer(correct)),
            ("unscored", .integer(unscored)),
        ])
    }
}

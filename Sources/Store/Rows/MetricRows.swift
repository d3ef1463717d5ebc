internal import Evaluation
internal import GRDB

/// The metrics of a run as rows.
struct MetricRows {
    let db: Database
    let path: String

    func replace(_ metrics: [MetricRecord], run: Int64) throws {
        try check(metrics)
        try db.run("DELETE FROM metrics WHERE run = ?", [run])
        for (position, metric) in metrics.enumerated() {
            try db.run(
                """
                INSERT INTO metrics
                VALUES (?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?)
                """,
                [
                    run, position, metric.name.stored, metric.scorer.stored, metric.group.stored, metric.value,
                    metric.lower, metric.upper, metric.scored, metric.unscored,
                ]
            )
        }
    }

    private func check(_ metrics: [MetricRecord]) throws {
        var seen: Set<[String]> = []
        for metric in metrics {
            let values = [metric.value, metric.lower, metric.upper].compactMap { $0 }
            let isNew = seen.insert([metric.name, metric.scorer, metric.group]).inserted
            guard values.allSatisfy(\.isFinite), isNew, metric.scored >= 0, metric.unscored >= 0 else {
                throw StoreError.invalidRow(.metricNotFinite(metric.name))
            }
        }
    }

    func all(run: Int64) throws -> [MetricRecord] {
        try db.allRows(
            """
            SELECT CAST(name AS BLOB), CAST(scorer AS BLOB), CAST("group" AS BLOB), value, lower, upper, scored, unscored
            FROM metrics WHERE run = ? ORDER BY position
            """,
            [run]
        ).map { row in
            let columns = ColumnReader(row, path)
            return MetricRecord(
                name: try columns.text(0),
                scorer: try columns.text(1),
                group: try columns.text(2),
                value: try columns.double(3),
                lower: try columns.double(4),
                upper: try columns.double(5),
                scored: try columns.count(6),
                unscored: try columns.count(7)
            )
        }
    }
}

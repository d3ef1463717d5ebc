internal import Evaluation
public import Foundation
internal import GRDB
internal import Training

extension RunStore {
    /// Hands out runs as JSON lines, each with its newline: everything that the store knows of them, as of one moment.
    ///
    /// Memory: one sample. See `docs/database.md` for the lines.
    ///
    /// - Parameter ids: nil takes every run, in the order in which they were written, those of training last.
    public func export(_ ids: [String]? = nil, to sink: (Data) throws -> Void) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func write(_ line: some Encodable) throws {
            try sink(try encoder.encode(line) + Data("\n".utf8))
        }
        try read { db in
            try write(ExportHeader(version: ExportLine.version))
            for (key, run) in try runs(ids, db) {
                try write(ExportLine.run(run))
                let samples = try exportSamples(of: key, run, db) { try write($0) }
                for metric in try MetricRows(db: db, path: path).all(run: key) { try write(ExportLine.metric(metric)) }
                try write(ExportLine.end(run: run.id, samples: samples))
            }
            guard ids == nil else { return }
            let training = TrainingRows(db: db, path: path)
            for run in try training.runs().reversed() {
                try write(ExportLine.training(training.trained(run)))
            }
        }
    }

    private func exportSamples(
        of key: Int64,
        _ run: RunRecord,
        _ db: Database,
        write: (ExportLine) throws -> Void
    ) throws -> Int {
        var lastPrompt = -1
        var count = 0
        try SampleRows(db: db, path: path, run: key, runID: run.id).forEach { sample in
            if sample.promptIndex != lastPrompt { try write(.prompt(ExportedPrompt(sample))) }
            lastPrompt = sample.promptIndex
            count += 1
            try write(.sample(ExportedSample(sample)))
        }
        return count
    }

    func runs(_ ids: [String]?, _ db: Database) throws -> [(key: Int64, run: RunRecord)] {
        let rows = RunRows(db: db, path: path)
        if let ids { return try ids.map { try rows.existing(id: $0) } }
        return try db.allRows("\(RunRows.selection) ORDER BY runs.key").map(rows.decode)
    }
}

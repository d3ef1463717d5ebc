internal import Evaluation
internal import Foundation
internal import GRDB
internal import Training

extension RunStore {
    /// Takes in the runs of another store, all of them or none, with the rules of an import.
    ///
    /// - Parameter ids: runs of `other`; nil takes every one, those of training too.
    @discardableResult
    public func merge(from other: RunStore, runs ids: [String]? = nil) throws -> IntakeResult {
        guard try !isSameFile(as: other) else { throw StoreError.sameStore(path: other.path) }
        return try other.read { source in
            try write { target in
                var intake = RunIntake(db: target, path: path)
                for (key, run) in try other.runs(ids, source) {
                    do {
                        try merge(run, key, from: other, source, into: &intake)
                    } catch let error as StoreError.ImportProblemError {
                        throw StoreError.damaged(path: other.path, detail: "run \(run.id): \(error.problem)")
                    }
                }
                if ids == nil { try mergeTraining(from: other, source, into: &intake) }
                return intake.result
            }
        }
    }

    private func merge(
        _ run: RunRecord,
        _ key: Int64,
        from other: RunStore,
        _ source: Database,
        into intake: inout RunIntake
    ) throws {
        try intake.begin(run)
        try SampleRows(db: source, path: other.path, run: key, runID: run.id).forEach { try intake.add($0) }
        try intake.end(metrics: try MetricRows(db: source, path: other.path).all(run: key))
    }

    private func mergeTraining(from other: RunStore, _ source: Database, into intake: inout RunIntake) throws {
        let rows = TrainingRows(db: source, path: other.path)
        for run in try rows.runs().reversed() {
            do {
                try intake.add(rows.trained(run))
            } catch let error as StoreError.ImportProblemError {
                throw StoreError.damaged(path: other.path, detail: "run of training \(run.id): \(error.problem)")
            }
        }
    }

    /// Whether both stores are one file, under whatever names.
    private func isSameFile(as other: RunStore) throws -> Bool {
        func identity(_ path: String) throws -> [Int?] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
            return [attributes[.systemNumber] as? Int, attributes[.systemFileNumber] as? Int]
        }
        return try identity(path) == identity(other.path)
    }
}

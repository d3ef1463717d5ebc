public import Evaluation

/// Writes a run into a store as it happens: each sample is committed before the next one is taken.
public struct StoreRecorder: EvaluationRecorder {
    private let store: RunStore
    private var run: String?

    public init(store: RunStore) {
        self.store = store
    }

    public mutating func record(_ event: EvaluationEvent) throws {
        switch event {
        case .runStarted(let record, completed: _):
            try store.begin(record)
            run = record.id
        case .sampleFinished(let sample):
            guard let run else { throw StoreError.unknownRun("none") }
            try store.insert(sample, run: run)
        case .runFinished(let summary):
            guard let time = summary.finishedAt else { throw StoreError.invalidRow(.finishedWithoutTime) }
            try store.finish(summary.runID, at: time, metrics: summary.metrics)
        case .stepDecoded: break
        case .runStopped:
            // The run stays `started`, which is what makes it resumable.
            break
        }
    }
}

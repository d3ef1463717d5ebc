public import Evaluation

/// A run that lacks samples, so that figures made from it may change.
public struct IncompleteRun: Hashable, Sendable {
    public var id: String
    public var status: RunStatus
    /// Samples that are there.
    public var found: Int
    public var planned: Int

    /// Nil for a finished run with as many samples as were planned.
    public init?(_ run: RunRecord, found: Int) {
        guard run.status != .finished || found != run.plannedSamples else { return nil }
        id = run.id
        status = run.status
        self.found = found
        planned = run.plannedSamples
    }
}

extension IncompleteRun {
    /// For a report of this run alone.
    var note: String { sentence(about: "This run") }

    /// For a report of several runs.
    public var namedNote: String { sentence(about: "Run \(id.prefix(8))") }

    private func sentence(about run: String) -> String {
        switch status {
        case .failed: "\(run) failed after \(found) of \(planned) samples."
        case .started: "\(run) is not finished: \(found) of \(planned) samples are here."
        case .finished: "\(run) has \(found) samples; \(planned) were planned."
        }
    }

    var json: JSONValue {
        .object([
            ("run", .string(id)), ("status", .string(status.rawValue)), ("samples", .integer(found)),
            ("planned_samples", .integer(planned)), ("note", .string(namedNote)),
        ])
    }
}

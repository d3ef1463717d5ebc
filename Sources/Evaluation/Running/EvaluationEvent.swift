/// What happens while an evaluation runs, in this order: `runStarted`, any number of `stepDecoded` and `sampleFinished`, and
/// then either `runFinished` or `runStopped`.
public enum EvaluationEvent: Hashable, Sendable {
    /// - Parameter completed: samples that an earlier start of the run has left.
    case runStarted(RunRecord, completed: Int)
    /// Samples under way got longer. Counts since this start of the run; models that cannot tell do not say it.
    case stepDecoded(GenerationStep)
    /// A completion with its grades, or the reason why there is none (``SampleRecord/error``).
    case sampleFinished(SampleRecord)
    case runFinished(RunSummary)
    /// The run was asked to stop, and can be continued.
    case runStopped(RunSummary)
}

/// How far a run came.
public struct RunSummary: Codable, Hashable, Sendable {
    public var runID: String
    public var plannedSamples: Int
    public var completedSamples: Int
    /// ISO 8601, UTC; nil for a run that is not finished.
    public var finishedAt: String?
    /// Of the samples that there are.
    public var metrics: [MetricRecord]

    public var isFinished: Bool { finishedAt != nil }
}

/// Something that takes note of events: a database, a progress bar, a file.
///
/// An error stops the run; what was recorded before stays, and the run can be continued.
public protocol EvaluationRecorder {
    mutating func record(_ event: EvaluationEvent) throws
}

/// Several recorders as one. The first one hears of an event first.
public struct RecorderGroup: EvaluationRecorder {
    public var recorders: [any EvaluationRecorder]

    public init(_ recorders: [any EvaluationRecorder]) {
        self.recorders = recorders
    }

    public mutating func record(_ event: EvaluationEvent) throws {
        for index in recorders.indices {
            try recorders[index].record(event)
        }
    }
}

internal import Evaluation

/// Shows how far a run has come.
struct ProgressRecorder: EvaluationRecorder {
    private let label: String
    private var line: ProgressLine?
    private var done = 0
    private var tokens = 0

    init(label: String) { self.label = label }

    mutating func record(_ event: EvaluationEvent) throws {
        switch event {
        case .runStarted(let run, let completed):
            done = completed
            line = ProgressLine(label, total: run.plannedSamples, unit: "samples", done: completed)
            if completed > 0 { StandardError.write("resuming run \(run.id.prefix(8)) at sample \(completed)\n") }
        case .sampleFinished(let sample):
            done += 1
            tokens += sample.ids.count
            line?.update(done, note: "\(tokens) tokens")
        case .runFinished, .runStopped:
            line?.finish()
        }
    }
}

internal import Evaluation

/// Shows how far a run has come.
struct ProgressRecorder: EvaluationRecorder {
    private let label: String
    private var line: ProgressLine?
    private var done = 0
    private var samples = SampleProgress(maxTokens: 1)

    init(label: String) { self.label = label }

    mutating func record(_ event: EvaluationEvent) throws {
        switch event {
        case .runStarted(let run, let completed):
            done = completed
            samples = SampleProgress(maxTokens: run.settings.generation.maxTokens)
            line = ProgressLine(label, total: run.plannedSamples, unit: "samples", done: completed)
            if completed > 0 { StandardError.write("resuming run \(run.id.prefix(8)) at sample \(completed)\n") }
            line?.begin()
        case .stepDecoded(let step):
            samples.decode(step)
            update()
        case .sampleFinished(let sample):
            done += 1
            samples.finish(sample)
            update()
        case .runFinished, .runStopped:
            line?.finish()
        }
    }

    private mutating func update() {
        line?.update(
            done, underWay: samples.underWay, canEstimate: samples.canEstimate, note: "\(samples.tokens) tokens")
    }
}

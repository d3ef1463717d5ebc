internal import Verification

/// Holds a prompt's samples back until all are there, where a scorer grades them together. Other samples pass.
///
/// A run that was cut off between the rows of one prompt has some of them; that prompt's samples are all drawn again, and
/// must be graded as they were.
struct SampleHolder {
    private let plan: EvaluationPlan
    private let grader: SampleGrader
    private var held: [Int: [Int: SampleRecord]] = [:]

    init(plan: EvaluationPlan, grader: SampleGrader) {
        self.plan = plan
        self.grader = grader
    }

    /// The samples that are now complete, in the order of their indices, without those that are rows already.
    ///
    /// - Throws: ``PlanError/modelBrokeContract(_:)`` for a sample that is held already,
    ///   ``PlanError/redrawnSampleDiffers(prompt:sample:)``.
    mutating func completed(by sample: SampleRecord, in progress: RunProgress) throws(PlanError) -> [SampleRecord] {
        guard plan.gradesGroups else { return [sample] }
        let count = plan.settings.generation.samples
        var group = held[sample.promptIndex] ?? [:]
        guard (0..<count).contains(sample.sampleIndex), group[sample.sampleIndex] == nil else {
            let fault = PlanError.ModelFault.unknownSample(request: sample.promptIndex, sample: sample.sampleIndex)
            throw .modelBrokeContract(fault)
        }
        group[sample.sampleIndex] = sample
        held[sample.promptIndex] = group.count == count ? nil : group
        guard group.count == count else { return [] }
        let samples = group.values.sorted { $0.key < $1.key }
        let graded = grader.gradedTogether(samples, of: plan.prompts[sample.promptIndex])
        return try new(graded, in: progress)
    }

    private func new(_ samples: [SampleRecord], in progress: RunProgress) throws(PlanError) -> [SampleRecord] {
        var new: [SampleRecord] = []
        for sample in samples {
            guard let row = progress.row(sample.key) else {
                new.append(sample)
                continue
            }
            guard row == GradedSample(sample) else {
                throw .redrawnSampleDiffers(prompt: sample.promptID, sample: sample.sampleIndex)
            }
        }
        return new
    }
}

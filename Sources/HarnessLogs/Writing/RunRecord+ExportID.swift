internal import Evaluation

extension RunRecord {
    /// A prompt's id in files that know no prompt sets: ids are unique within a set only.
    func exportID(of sample: SampleRecord) -> String {
        promptSets.count > 1 ? "\(sample.promptSet)/\(sample.promptID)" : sample.promptID
    }
}

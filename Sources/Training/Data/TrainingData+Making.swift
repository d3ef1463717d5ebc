extension TrainingData {
    /// Examples that were made and not read.
    public init(examples: [TrainingExample], heldOut: [TrainingExample]) {
        precondition(!examples.isEmpty, "nothing to learn from")
        self.examples = examples
        self.heldOut = heldOut
        skipped = 0
        empty = 0
    }
}

internal import Tensors
internal import Transformers

/// A model whose predictions another one learns.
final class Teacher {
    private let model: TrainableModel
    private let space: TrainingSpace
    private var pass: TrainingPass<NoGradientHook>?
    /// [targets, modelDimension], in the space.
    private var final: MatrixSlice?

    /// - Throws: ``TrainingError/vocabularySizes(student:teacher:)``
    init(
        _ transformer: Transformer, student: TransformerConfiguration, rows: Int, backend: MatrixBackend, threads: Int
    ) throws {
        guard transformer.configuration.vocabularySize == student.vocabularySize else {
            throw TrainingError.vocabularySizes(
                student: student.vocabularySize, teacher: transformer.configuration.vocabularySize)
        }
        model = try TrainableModel(transformer, ownsEmbedding: false)
        space = TrainingSpace(
            transformer.configuration, backend: backend, rows: rows, recomputes: true, threads: threads)
    }

    /// Reads a batch. What is kept of it is a row of modelDimension for each target; logits follow a few at a time.
    func read(_ batch: TrainingBatch) throws {
        var pass = try TrainingPass(model, batch, space: space, dropout: nil, hook: NoGradientHook())
        try pass.forward()
        final = try pass.finalRows()
        self.pass = pass
    }

    /// Room for logits, [``TrainingSpace/logitRows``, vocabularySize].
    var logits: Matrix { space.logits }

    /// Most targets whose logits there is room for.
    var logitRows: Int { space.logitRows }

    /// Computes the logits of some targets of the batch that was read, into the first rows of ``logits``.
    func computeLogits(_ targets: Range<Int>) throws {
        guard let pass, let final else { preconditionFailure("no batch was read") }
        try pass.logits(final.rows(targets), into: logits.rows(0..<targets.count))
    }
}

internal import Tensors
internal import Transformers

/// A model whose predictions another one learns.
final class Teacher {
    private let model: TrainableModel
    private let space: TrainingSpace

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

    /// Logits at every target, [targets, vocabularySize].
    func logits(_ batch: TrainingBatch) throws -> Matrix {
        var pass = try TrainingPass(model, batch, space: space, dropout: nil, hook: NoGradientHook())
        try pass.forward()
        return try pass.targetLogits()
    }
}

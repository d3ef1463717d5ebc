/// What can go wrong in training.
public enum TrainingError: Error, Hashable, Sendable {
    case unsupported(family: String, part: String)
    case tokenOutOfRange(id: Int32, vocabularySize: Int)
    case contextExceeded(length: Int, limit: Int)
}

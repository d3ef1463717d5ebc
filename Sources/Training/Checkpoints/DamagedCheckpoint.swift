internal import Checkpoints

/// A checkpoint that cannot be read.
public struct DamagedCheckpoint: Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    init(path: String, _ error: CheckpointError) {
        if case .inFile(_, let problem) = error {
            self.init(path: path, reason: "\(problem)")
        } else {
            self.init(path: path, reason: "\(error)")
        }
    }

    public var description: String { "\(path) (\(reason))" }
}

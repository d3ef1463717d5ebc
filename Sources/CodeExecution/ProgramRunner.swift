internal import Subprocess

/// Runs a program that Assay itself names, and waits for it.
///
/// The only place that starts programs.
public enum ProgramRunner {
    /// How a program ended.
    public struct Outcome: Hashable, Sendable {
        public var succeeded: Bool
        /// The end of what it wrote to standard error.
        public var complaint: String
    }

    /// Most bytes of standard error that are kept.
    private static let complaintLimit = 1 << 16

    /// Runs a program found on PATH, with no standard input; what it prints is dropped.
    ///
    /// - Throws: an error of the system where the program cannot be started.
    public static func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .string(limit: complaintLimit))
        let complaint = result.standardError.split(separator: "\n").suffix(3).joined(separator: "; ")
        return Outcome(succeeded: result.terminationStatus.isSuccess, complaint: complaint)
    }
}

internal import Subprocess

/// Runs a program that Assay itself names, and waits for it. What models wrote runs in a ``SandboxPool`` instead.
public enum ProgramRunner {
    /// How a program ended.
    public struct Outcome: Hashable, Sendable {
        public var succeeded: Bool
        /// The beginning of what it wrote to standard output.
        public var output: String
        /// The end of what it wrote to standard error.
        public var complaint: String
    }

    /// Most bytes that are kept of either.
    private static let outputLimit = 1 << 16

    /// Runs a program, named by a path or found on PATH, with no standard input.
    ///
    /// - Throws: an error of the system where the program cannot be started, or prints more than 64 KiB.
    public static func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        // `env` takes a name on PATH and a path alike.
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments([program] + arguments), input: .none,
            output: .string(limit: outputLimit), error: .string(limit: outputLimit))
        let complaint = result.standardError.split(separator: "\n").suffix(3).joined(separator: "; ")
        return Outcome(
            succeeded: result.terminationStatus.isSuccess, output: result.standardOutput, complaint: complaint)
    }
}

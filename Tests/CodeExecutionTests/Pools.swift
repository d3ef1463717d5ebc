import CodeExecution
import Testing

/// One pool for all tests: starting interpreters is the slow part.
enum Pools {
    static let shared = Task { try SandboxPool(interpreter: await PythonInterpreter.find(), workers: 2) }

    /// Runs one program against statements.
    static func outcome(
        _ source: String, _ statements: String..., limits: ExecutionLimits = ExecutionLimits()
    ) async throws -> ExecutionOutcome {
        let program = PythonProgram(source: source, tests: .asserts(statements), limits: limits)
        return try await shared.value.run([program])[0].outcome
    }
}

extension ExecutionLimits {
    /// Short enough for tests that reach them.
    static let tight = ExecutionLimits(cpuSeconds: 1, wallSeconds: 2, memoryBytes: 256 << 20, fileBytes: 1 << 20)
}

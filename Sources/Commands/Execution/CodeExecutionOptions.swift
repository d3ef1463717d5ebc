internal import ArgumentParser
internal import CodeExecution
internal import Evaluation
internal import Verification

/// Options of commands that may execute what a model wrote.
struct CodeExecutionOptions: ParsableArguments {
    @Flag(
        help: """
            Execute programs that the model wrote: in a sandbox without network, without any view of your files, with \
            limits on time, memory, processes and output. Without the sandbox nothing runs (docs/code-execution.md).
            """)
    var allowCodeExecution = false
    @Option(help: "The Python interpreter that programs run on.", completion: .anyFile)
    var python = "python3"
    @Option(help: "Seconds of processor time for one program.")
    var cpuSeconds = ExecutionLimits().cpuSeconds
    @Option(help: "MiB of memory for one program.")
    var memory = ExecutionLimits().memoryBytes >> 20

    mutating func validate() throws {
        guard (1...3600).contains(cpuSeconds) else {
            throw ValidationError("--cpu-seconds is \(cpuSeconds); allowed: 1 to 3600")
        }
        guard (64...65536).contains(memory) else {
            throw ValidationError("--memory is \(memory); allowed: 64 to 65536")
        }
    }

    /// What programs may use; the clock gives them a second more than the processor, and more on a loaded machine.
    var limits: ExecutionLimits {
        ExecutionLimits(cpuSeconds: cpuSeconds, wallSeconds: Double(cpuSeconds) * 2 + 2, memoryBytes: memory << 20)
    }

    /// The limits as a run records them.
    var recorded: ProgramLimits { ProgramLimits(cpuSeconds: cpuSeconds, memoryMiB: memory) }

    /// The version of the interpreter, for plans whose scorers execute programs; nil for others.
    ///
    /// - Throws: `SandboxError` where there is no interpreter.
    func version(for plan: EvaluationPlan) async throws -> String? {
        guard plan.scorers.contains(where: ScorerRegistry.executes) else { return nil }
        return try await PythonInterpreter.find(python).version
    }

    /// Interpreters that are ready, with their walls tried.
    ///
    /// - Throws: ``CommandFailure`` where execution was not allowed, `SandboxError` where the sandbox cannot be built.
    func pool() async throws -> SandboxPool {
        guard allowCodeExecution else {
            throw CommandFailure(
                code: FailureReport.usage,
                description: "this runs programs that a model wrote; say --allow-code-execution to have them run in "
                    + "the sandbox (docs/code-execution.md)")
        }
        return try SandboxPool(interpreter: await PythonInterpreter.find(python))
    }
}

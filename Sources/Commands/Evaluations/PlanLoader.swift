internal import Evaluation
internal import Foundation
internal import Verification

/// Reads a definition and everything that it names.
enum PlanLoader {
    /// - Throws: `EvaluationDefinitionError`, `PromptSetError`, `VerificationError`, `PlanError`, ``CommandFailure``.
    ///
    /// - Parameter runner: executes programs, for the scorers that need it.
    static func load(
        _ path: String, overrides: PlanOverrides, runner: (any UnitTestRunner)? = nil
    ) throws -> EvaluationPlan {
        let definition = try EvaluationDefinition(yaml: TextFile.read(path, limit: 4 << 20), file: path)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let sets = try definition.prompts.map { source in
            try PromptSetReader.read(path: resolve(source.file, folder), format: source.format)
        }
        let scorers = try definition.scorers.map { scorer in
            try ScorerRegistry.make(name: scorer.name, parameters: scorer.parameters, runner: runner)
        }
        return try EvaluationPlan(
            definition: definition, promptSets: sets, scorers: scorers, overrides: overrides)
    }

    /// The plan as it is carried out: where scorers execute programs, with a sandbox for them in which the reference
    /// solutions have passed.
    ///
    /// - Throws: as ``load(_:overrides:runner:)``; ``CommandFailure`` where programs would run and may not, `SandboxError`,
    ///   `PythonTaskError.goldFails`.
    static func executable(
        _ plan: EvaluationPlan, from path: String, overrides: PlanOverrides, _ execution: CodeExecutionOptions
    ) async throws -> EvaluationPlan {
        guard plan.scorers.contains(where: ScorerRegistry.executes) else { return plan }
        var overrides = overrides
        overrides.programs = execution.recorded
        let runner = SandboxRunner(pool: try await execution.pool(), limits: execution.limits)
        let executable = try load(path, overrides: overrides, runner: runner)
        try GoldSolutions.check(executable, runner)
        return executable
    }

    private static func resolve(_ file: String, _ folder: URL) -> String {
        file.hasPrefix("/") ? file : folder.appendingPathComponent(file).standardizedFileURL.path
    }
}

extension EvaluationPlan {
    /// Says on standard error what is odd about the plan.
    func printWarnings() {
        for warning in warnings { StandardError.write("assay: warning: \(warning)\n") }
    }
}

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
            try PromptSetReader.read(path: resolve(source.file, folder))
        }
        let scorers = try definition.scorers.map { scorer in
            try ScorerRegistry.make(name: scorer.name, parameters: scorer.parameters, runner: runner)
        }
        return try EvaluationPlan(
            definition: definition, promptSets: sets, scorers: scorers, overrides: overrides)
    }

    private static func resolve(_ file: String, _ folder: URL) -> String {
        file.hasPrefix("/") ? file : folder.appendingPathComponent(file).standardizedFileURL.path
    }
}

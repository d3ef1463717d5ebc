internal import Evaluation
internal import Foundation
internal import Verification

/// Reads a definition and everything that it names.
enum PlanLoader {
    /// - Throws: `EvaluationDefinitionError`, `PromptSetError`, `VerificationError`, `PlanError`, ``CommandFailure``.
    static func load(_ path: String, overrides: PlanOverrides) throws -> EvaluationPlan {
        let definition = try EvaluationDefinition(yaml: TextFile.read(path, limit: 4 << 20), file: path)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let sets = try definition.prompts.map { source in
            try PromptSetReader.read(path: resolve(source.file, folder))
        }
        let scorers = try definition.scorers.map { scorer in
            try ScorerRegistry.make(name: scorer.name, parameters: scorer.parameters)
        }
        return try EvaluationPlan(
            definition: definition, promptSets: sets, scorers: scorers, overrides: overrides)
    }

    private static func resolve(_ file: String, _ folder: URL) -> String {
        file.hasPrefix("/") ? file : folder.appendingPathComponent(file).standardizedFileURL.path
    }
}

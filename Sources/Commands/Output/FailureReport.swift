internal import ArgumentParser
internal import Checkpoints
internal import CodeExecution
internal import Evaluation
internal import Foundation
internal import HarnessLogs
internal import LanguageModels
internal import LatentGuard
internal import Resampling
internal import Steering
internal import Store
internal import Tensors
internal import Tokenization
internal import Training
internal import Transformers
internal import Verification

/// Turns errors into sentences and exit codes.
enum FailureReport {
    /// The documented code (sysexits.h); nil for errors of the command line itself, which ArgumentParser reports.
    static func exitCode(for error: any Error) -> Int32? {
        switch error {
        case let failure as CommandFailure: failure.code
        case let failure as StoreError: code(of: failure.kind)
        case let failure as ModelError: code(of: failure)
        case CheckpointError.cannotOpen(_, _): noInput
        case CheckpointError.cannotWrite(_, _): inputOutput
        case let failure as PromptSetError: failure.issue == .noSuchFile ? noInput : badData
        case TransformerError.sampling(_, _, _): usage
        case TrainingError.noFile(_): noInput
        case TrainingError.notFinite(_, _, _): 1
        case is TrainingError: badData
        case is CheckpointError, is TransformerError, is TokenizerError, is ChatTemplateError, is PlanError,
            is EvaluationDefinitionError, is VerificationError, is ResamplingError, is HarnessError,
            is PythonTaskError, is SteeringError, is GuardError:
            badData
        case is SandboxError, is ExecutionFailure: 1
        case let failure as TensorError: if case .oneDNN = failure { 1 } else { usage }
        case is CleanExit, is ValidationError, is ExitCode: nil
        default: type(of: error) is NSError.Type ? inputOutput : isParserError(error) ? nil : 1
        }
    }

    static func sentence(for error: any Error) -> String {
        "\(error)"
    }

    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let inputOutput: Int32 = 74

    private static func code(of kind: StoreError.Kind) -> Int32 {
        switch kind {
        case .badData: badData
        case .noInput: noInput
        case .inputOutput: inputOutput
        }
    }

    private static func code(of failure: ModelError) -> Int32 {
        switch failure {
        case .notFound, .notPulled: noInput
        case .notAModelFolder, .vocabularyMismatch, .noEmbedding, .wrongDigest: badData
        case .downloadFailed: inputOutput
        case .termsNotAccepted: usage
        }
    }

    /// ArgumentParser keeps its error types to itself.
    private static func isParserError(_ error: any Error) -> Bool {
        AssayCommand.exitCode(for: error).rawValue != ExitCode.failure.rawValue
    }
}

/// A failure that only the command line knows.
struct CommandFailure: Error, CustomStringConvertible {
    var code: Int32
    var description: String

    /// An input file that is not there or cannot be read.
    static func cannotRead(_ path: String) -> CommandFailure {
        let exists = FileManager.default.fileExists(atPath: path)
        return CommandFailure(
            code: exists ? FailureReport.inputOutput : FailureReport.noInput,
            description: exists
                ? "\"\(path)\" cannot be read; check that it is a file and that you may read it"
                : "there is no file \"\(path)\"")
    }

    static func badData(_ sentence: String) -> CommandFailure {
        CommandFailure(code: FailureReport.badData, description: sentence)
    }

    static func cannotWrite(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(code: FailureReport.inputOutput, description: "\"\(path)\" cannot be written: \(reason)")
    }
}

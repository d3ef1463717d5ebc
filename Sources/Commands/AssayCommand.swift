public import ArgumentParser
internal import Foundation
internal import Tensors

/// The root of the command line.
public struct AssayCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "Runs language models on a CPU, looks inside them, and measures what they do.",
        discussion: """
            Results go to standard output, progress to standard error. With --json a command prints one JSON document. \
            A model is a .gguf file, a folder of transformers (config.json and safetensors), or a cached name \
            (assay model pull smollm2-135m-instruct).

            Exit codes: 0 done, 1 the run failed, 64 usage, 65 bad data, 66 no such input, 74 input or output failed.

              assay model pull smollm2-135m-instruct
              assay generate --model smollm2-135m-instruct --prompt "Why is the sky blue?"
              assay eval run evals/refusal.yaml --model smollm2-135m-instruct
              assay report run 3f2a --html run.html
            """,
        version: BuildInformation.version,
        subcommands: [
            ModelCommand.self, TokenizeCommand.self, ScoreCommand.self, GenerateCommand.self, ExtractCommand.self,
            EvalCommand.self, ResampleCommand.self, TrainCommand.self, SteerCommand.self, GuardCommand.self,
            ReportCommand.self, RunsCommand.self, PromptsCommand.self, CodeCommand.self, BenchCommand.self,
        ])

    public init() {}

    /// Parses and runs; ends the process with the documented exit code.
    public static func run(arguments: [String]) async {
        // A reader that goes away (`assay … | head`) must not kill a run that is being recorded.
        signal(SIGPIPE, SIG_IGN)
        KeptMemory.begin()
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try StandardOutput.finish()
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        endReporting(error)
        // What the parser says, a help or a version, goes where results go, and is lost where they are.
        let isDone = exitCode(for: error) == .success
        let message = isDone ? fullMessage(for: error) : ""
        if !message.isEmpty { StandardOutput.line(message) }
        do { try StandardOutput.finish() } catch { endReporting(error) }
        if isDone { Foundation.exit(0) }
        exit(withError: error)
    }

    /// Ends the process for an error that is not the parser's.
    private static func endReporting(_ error: any Error) {
        guard let code = FailureReport.exitCode(for: error) else { return }
        StandardError.write("assay: \(FailureReport.sentence(for: error))\n")
        Foundation.exit(code)
    }
}

/// What this build calls itself.
enum BuildInformation {
    static let version = "0.1.0"
}

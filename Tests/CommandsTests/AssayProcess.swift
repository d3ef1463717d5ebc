import Foundation
import TestSupport

/// The built command line, run as a user runs it.
struct AssayProcess {
    struct Outcome {
        var code: Int32
        var output: String
        var complaint: String

        /// Standard output as JSON.
        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(output.utf8))
        }
    }

    /// The executable lies beside the test bundle.
    static let executable: URL = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("assay")
    }()

    /// The project's own small model.
    static let tinyModel = Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path

    /// The model organism, which can add.
    static let organism = Places.root.appendingPathComponent("fixtures/models/organism.gguf").path

    /// - Parameter sink: where standard output goes; the outcome holds it where this is nil.
    static func run(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], to sink: FileHandle? = nil
    ) throws -> Outcome {
        let process = try start(arguments, in: folder, environment: environment, to: sink)
        return process.wait()
    }

    static func start(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], to sink: FileHandle? = nil
    ) throws -> Running {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder ?? Places.root
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return try Running(process, to: sink)
    }

    /// A process under way. What it prints goes to files, so that it never waits for a reader.
    final class Running {
        let process: Process
        private let output: URL
        private let complaint: URL

        init(_ process: Process, to sink: FileHandle? = nil) throws {
            self.process = process
            let base = FileManager.default.temporaryDirectory.appendingPathComponent("assay-out-\(UUID().uuidString)")
            output = base.appendingPathExtension("out")
            complaint = base.appendingPathExtension("err")
            for file in [output, complaint] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
            process.standardOutput = try sink ?? FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: complaint)
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        func wait() -> Outcome {
            process.waitUntilExit()
            defer {
                try? FileManager.default.removeItem(at: output)
                try? FileManager.default.removeItem(at: complaint)
            }
            func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
            return Outcome(code: process.terminationStatus, output: text(output), complaint: text(complaint))
        }

        func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
}

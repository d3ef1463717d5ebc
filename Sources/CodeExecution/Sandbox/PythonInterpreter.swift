internal import Foundation

/// A Python interpreter of this machine, and where its library lies.
public struct PythonInterpreter: Hashable, Sendable {
    /// The program, links resolved.
    public let executable: String
    /// The folder that holds `bin` and `lib`.
    public let prefix: String
    public let version: String

    /// The interpreter that a name on PATH, or a path, leads to.
    ///
    /// The interpreter is asked where it lives; nothing untrusted runs.
    ///
    /// - Throws: ``SandboxError/noInterpreter(reason:)``.
    public static func find(_ name: String = "python3") async throws -> PythonInterpreter {
        let question = """
            import sys, ctypes
            print(sys.executable, sys.base_prefix, sys.version.split()[0], sep="\\n")
            """
        let outcome: ProgramRunner.Outcome
        do {
            outcome = try await ProgramRunner.run(name, ["-I", "-S", "-c", question])
        } catch {
            throw SandboxError.noInterpreter(reason: "\(name) cannot be started")
        }
        let lines = outcome.output.split(separator: "\n").map(String.init)
        guard outcome.succeeded, lines.count == 3 else {
            throw SandboxError.noInterpreter(reason: "\(name) does not answer: \(outcome.complaint)")
        }
        let program = URL(fileURLWithPath: lines[0]).resolvingSymlinksInPath().path
        let prefix = URL(fileURLWithPath: lines[1]).resolvingSymlinksInPath().path
        return PythonInterpreter(executable: program, prefix: prefix, version: lines[2])
    }

    /// Whether the interpreter belongs to the system, whose folders are in the sandbox anyway.
    private var isOfSystem: Bool { prefix == "/usr" || prefix == "/" }

    /// The folder to show at /python.
    var mountedFolder: String? { isOfSystem ? nil : prefix }

    /// The program's path inside the sandbox.
    var pathInside: String {
        guard !isOfSystem, executable.hasPrefix(prefix + "/") else { return executable }
        return "/python" + executable.dropFirst(prefix.count)
    }

    /// A fixed seed makes the order of sets the same in every run.
    var environment: [String] {
        let common = [
            "PATH=/usr/bin:/bin", "HOME=/work", "LC_ALL=C.UTF-8", "PYTHONUTF8=1", "PYTHONHASHSEED=0",
            "PYTHONDONTWRITEBYTECODE=1",
        ]
        return isOfSystem ? common : common + ["PYTHONHOME=/python", "LD_LIBRARY_PATH=/python/lib"]
    }
}

/// Tries the walls of a new sandbox before anything untrusted meets them.
enum SandboxProbe {
    /// - Throws: ``SandboxError/wallMissing(wall:found:)`` for the first wall that does not hold.
    static func check(_ run: (PythonProgram) -> ExecutionOutcome) throws(SandboxError) {
        for probe in probes {
            let found = run(PythonProgram(source: probe.source, tests: .asserts([probe.test])))
            if case .harnessError(let reason) = found { throw .missingPart(.filter, reason: reason) }
            guard probe.holds(found) else { throw .wallMissing(wall: probe.wall, found: found.description) }
        }
    }

    private struct Probe: Sendable {
        var wall: String
        var source: String
        var test: String
        var holds: @Sendable (ExecutionOutcome) -> Bool
    }

    private static let probes = [
        Probe(wall: "a right program", source: "def f(): return 1", test: "assert f() == 1") { $0 == .passed },
        Probe(wall: "a wrong program", source: "def f(): return 1", test: "assert f() == 2") {
            $0 == .failed(kind: "AssertionError")
        },
        Probe(wall: "opening a socket", source: "import socket\nsocket.socket()", test: "pass") { outcome in
            if case .killedBySandbox(let call) = outcome { call.name == "socket" } else { false }
        },
        Probe(wall: "writing outside the folder", source: "open('/usr/x', 'w')", test: "pass") {
            $0 == .failed(kind: "OSError") || $0 == .failed(kind: "PermissionError")
        },
        Probe(
            wall: "seeing the host's files",
            source: """
                import os
                def f(): return sorted(set(os.listdir('/')) - {'bin', 'sbin', 'lib', 'lib64', 'usr', 'python'})
                """,
            test: "assert f() == ['dev', 'etc', 'tmp', 'work']"
        ) { $0 == .passed },
    ]
}

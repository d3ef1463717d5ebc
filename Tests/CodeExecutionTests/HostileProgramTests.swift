import CodeExecution
import Foundation
import Testing

/// Each program is stopped, and the outcome names what it did.
@Suite struct HostileProgramTests {
    /// What the filter stops is named by its system call.
    @Test(arguments: [
        ("import os\nwhile True: os.fork()", "clone"),
        ("import socket\nsocket.create_connection(('192.0.2.1', 80))", "socket"),
        ("import os\nos.kill(os.getppid(), 9)", "kill"),
        ("import os\nos.kill(-1, 9)", "kill"),
        ("import os\nos.execv('/usr/bin/true', ['true'])", "execve"),
        ("import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)", "ptrace"),
        ("import ctypes\nctypes.CDLL(None).unshare(0x10000000)", "unshare"),
        ("import ctypes\nctypes.CDLL(None).shmget(1, 4096, 0o1666)", "shmget"),
        ("import os\nos.memfd_create('x')", "memfd_create"),
    ])
    func blockedCallsAreNamed(source: String, call: String) async throws {
        let outcome = try await Pools.outcome(source, "assert f(1) == 2")
        guard case .killedBySandbox(let blocked) = outcome else {
            Issue.record("ended as \(outcome)")
            return
        }
        #expect(blocked.name == call)
    }

    @Test(arguments: [
        ("x = []\nwhile True: x.append('a' * 10_000_000)", ExecutionOutcome.outOfMemory),
        ("while True: print('x' * 1000)", .outputLimit),
        ("import time\ntime.sleep(1000)", .timeout(.wall)),
        ("def f(x): return 'x' * (20 << 20)", .outputLimit),
    ])
    func limitsAreNamed(source: String, expected: ExecutionOutcome) async throws {
        var limits = ExecutionLimits.tight
        limits.wallSeconds = expected == .timeout(.wall) ? 1 : 30
        // Filling memory takes the kernel's time as well, and on a busy machine more than a second of it.
        limits.cpuSeconds = 30
        #expect(try await Pools.outcome(source, "assert f(1) == 2", limits: limits) == expected)
    }

    @Test func processorTimeEnds() async throws {
        let limits = ExecutionLimits(cpuSeconds: 1, wallSeconds: 120)
        #expect(try await Pools.outcome("while True: pass", "pass", limits: limits) == .timeout(.cpu))
    }

    /// Where the home folder, the tests and other processes would be, there is nothing.
    @Test(arguments: [
        ("import os\nopen(os.path.expanduser('~root/.bashrc')).read()", "FileNotFoundError"),
        ("import os\nos.listdir('/root')", "FileNotFoundError"),
        ("import os\nos.listdir('/home')", "FileNotFoundError"),
        ("import os\nos.listdir('/proc')", "FileNotFoundError"),
        ("open('/etc/passwd').read()", "FileNotFoundError"),
        ("open('/tests.py', 'w')", "OSError"),
        ("open('/usr/tests.py', 'w')", "OSError"),
        ("open('/work/big', 'wb').write(b'x' * (2 << 20))", "OSError"),
        ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (100, 100))", "ValueError"),
    ])
    func nothingIsThere(source: String, kind: String) async throws {
        #expect(try await Pools.outcome(source, "assert f(1) == 2", limits: .tight) == .failed(kind: kind))
    }

    /// A pass cannot be had without the right values.
    @Test(arguments: [
        ("import os\nos._exit(0)", "EarlyExit"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\ndef f(x): os._exit(0)", "EarlyExit"),
        (
            "import builtins\nbuiltins.AssertionError = Exception\nbuiltins.all = lambda x: True\ndef f(x): return 0",
            "AssertionError"
        ),
        ("class A(int):\n  def __eq__(s, o): return True\n  __hash__ = None\ndef f(x): return A(7)", "AssertionError"),
        ("class A:\n  def __eq__(s, o): return True\ndef f(x): return A()", "AssertionError"),
        (
            "import gc\nseen = [o for o in gc.get_objects() if isinstance(o, dict) and 'statements' in o]\ndef f(x): return len(seen)",
            "AssertionError"
        ),
        (
            "import os, struct\nm = b'{\"value\": 2}'\nfor fd in range(3, 64):\n  try: os.write(fd, (struct.pack('>I', len(m)) + m) * 2)\n  except OSError: pass",
            "InvalidReply"
        ),
        ("import os, time\nos.closerange(3, 64)\ntime.sleep(100)", "ChannelClosed"),
        (
            "import __main__\nfor n in dir(__main__):\n  if n.startswith('run_'): setattr(__main__, n, lambda *a: None)\ndef f(x): return 0",
            "AssertionError"
        ),
    ])
    func aPassCannotBeForged(source: String, kind: String) async throws {
        #expect(try await Pools.outcome(source, "assert f(1) == 2") == .failed(kind: kind))
    }

    @Test func nothingIsLeftRunningOrWritten() async throws {
        let marker = "assay-left-behind-\(UInt32.random(in: 0 ... .max))"
        let limits = ExecutionLimits(processes: 8)
        let source = """
            import os, time
            open('/work/\(marker)', 'w').write('x')
            if os.fork() == 0:
                while True: time.sleep(1000)
            def f(x): return x + 1
            """
        let later = "import os\ndef f(x): return os.path.exists('/work/\(marker)') + x + 1"
        #expect(try await Pools.outcome(source, "assert f(1) == 2", limits: limits) == .passed)
        #expect(try await Pools.outcome(later, "assert f(1) == 2") == .passed)
        let pool = try SandboxPool(interpreter: await PythonInterpreter.find(), workers: 1)
        _ = pool.run([PythonProgram(source: source, tests: .asserts(["assert f(1) == 2"]), limits: limits)]
        )
        #expect(Self.sleepers(marker) == 0)
        for folder in ["/tmp", "/work", NSHomeDirectory()] {
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(marker)"))
        }
    }

    /// Processes of this machine, whoever they belong to, with a work folder that holds the marker.
    private static func sleepers(_ marker: String) -> Int {
        let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int($0) }
        return numbers.count { FileManager.default.fileExists(atPath: "/proc/\($0)/root/work/\(marker)") }
    }

    @Test func aForkBombWithProcessesAllowedStopsAtItsLimit() async throws {
        let source = """
            import os
            count = 0
            try:
                while True:
                    if os.fork() == 0:
                        while True: pass
                    count += 1
            except BlockingIOError:
                pass
            def f(x): return count
            """
        let limits = ExecutionLimits(wallSeconds: 60, processes: 8)
        #expect(try await Pools.outcome(source, "assert 0 < f(1) <= 8", limits: limits) == .passed)
    }
}

/// What the host sends. The program and its tests travel apart: the process that becomes the program is forked between
/// the two, so that its memory never held the tests.
enum HarnessMessage {
    struct Hello: Encodable {
        var filters: [String: String]
    }

    struct Job: Encodable {
        var source: String
        var limits: Limits
    }

    struct Limits: Encodable {
        var cpu: Int
        var wall: Double
        var memory, processes, tasks, file, folder, output: Int

        init(_ limits: ExecutionLimits) {
            (cpu, wall, memory) = (limits.cpuSeconds, limits.wallSeconds, limits.memoryBytes)
            (file, folder, output) = (limits.fileBytes, limits.folderBytes, limits.outputBytes)
            processes = limits.processes
            // Threads count as well; a program that may start no process may still use some.
            tasks = limits.processes == 1 ? 16 : limits.processes
        }
    }

    struct Tests: Encodable {
        var form: String
        var entry = ""
        var code = ""
        var prelude = ""
        var setup = ""
        var reference = ""
        var statements: [String] = []
        var inputs = ""
        var expected = ""
        var task = ""
        var required = 0
        var tolerance = 0.0
        var relation = OutputRelation.equal
        var argument = ""
    }
}

extension HarnessMessage.Tests {
    init(_ tests: PythonTests) {
        switch tests {
        case .check(let code, let entry, let prelude):
            self.init(form: "check", entry: entry, code: code, prelude: prelude)
        case .asserts(let statements, let prelude, let setup, let reference):
            self.init(form: "asserts", prelude: prelude, setup: setup, reference: reference, statements: statements)
        case .cases(let cases):
            self.init(
                form: "cases", entry: cases.entryPoint, inputs: cases.inputs, expected: cases.expected,
                tolerance: cases.tolerance, relation: cases.relation)
        }
    }
}

/// What the harness answers.
struct HarnessAnswer: Decodable {
    var outcome: String
    var kind: String?
    var clock: ExecutionOutcome.Clock?
    var call: Int?
    var reason: String?
    var cpu: Double?
    var memory: Int?
    var position: Int?
    /// Of jobs that ask for values.
    var result: String?

    var executionOutcome: ExecutionOutcome {
        switch outcome {
        case "passed": .passed
        case "failed": .failed(kind: kind ?? "unknown")
        case "timeout": .timeout(clock ?? .wall)
        case "memory": .outOfMemory
        case "output": .outputLimit
        case "file": .fileLimit
        case "blocked": .killedBySandbox(BlockedCall(number: call ?? -1))
        default: .harnessError(reason: reason ?? "an unknown answer")
        }
    }
}

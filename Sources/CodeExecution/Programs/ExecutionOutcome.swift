/// How the execution of one program ended.
public enum ExecutionOutcome: Hashable, Sendable {
    /// Every test held.
    case passed
    /// A test did not hold, or the program raised: the exception's class, `EarlyExit` where it ended by itself before the
    /// tests did, or the name of a signal (`SIGSEGV`).
    case failed(kind: String)
    case timeout(Clock)
    case outOfMemory
    case outputLimit
    case fileLimit
    /// It asked the kernel for something that no test needs.
    case killedBySandbox(BlockedCall)
    /// Says nothing about the program.
    case harnessError(reason: String)

    public enum Clock: String, Codable, Hashable, Sendable {
        case cpu, wall
    }
}

extension ExecutionOutcome: CustomStringConvertible {
    /// A short name, the same for the same kind of end: `timeout (wall)`, `failed: AssertionError`.
    public var description: String {
        switch self {
        case .passed: "passed"
        case .failed(let kind): "failed: \(kind)"
        case .timeout(let clock): "timeout (\(clock.rawValue))"
        case .outOfMemory: "out of memory"
        case .outputLimit: "output limit"
        case .fileLimit: "file size limit"
        case .killedBySandbox(let call): "killed by the sandbox: \(call.name), \(call.meaning)"
        case .harnessError(let reason): "harness error: \(reason)"
        }
    }
}

/// The outcome with what it took.
public struct ExecutionResult: Hashable, Sendable {
    public var outcome: ExecutionOutcome
    /// The statement or case that decided it, from 0; nil where none was reached, or the form has no parts.
    public var position: Int?
    /// Of the program; nil where it was ended before it could be counted.
    public var cpuSeconds: Double?
    public var peakMemoryBytes: Int?
    /// On the clock, the sandbox's own work included.
    public var wallSeconds: Double

    public var passed: Bool { outcome == .passed }
}

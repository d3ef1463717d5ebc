/// Why programs cannot be executed. Nothing falls back to a weaker sandbox.
public enum SandboxError: Error, Hashable, Sendable {
    case unsupportedSystem
    case noInterpreter(reason: String)
    /// A part of the sandbox that the kernel, or the rights of this process, do not give.
    case missingPart(SandboxPart, reason: String)
    /// The sandbox came up, and a check of one of its walls failed.
    case wallMissing(wall: String, found: String)
    case limit(name: String, found: String, allowed: String)
    case closed
}

/// The parts of the sandbox, in the order in which they are set up.
public enum SandboxPart: String, Hashable, Sendable {
    case pipes, namespaces, identity, mounts, root, limits, interpreter, filter
}

extension SandboxError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unsupportedSystem:
            "programs are executed only on Linux for x86-64 or arm64, where the sandbox can be built"
        case .noInterpreter(let reason):
            "no Python interpreter can be used (\(reason)); install python3 (3.8 or newer, with ctypes) or name one"
        case .missingPart(let part, let reason):
            "the sandbox cannot be built: \(part.need) (\(reason)). Nothing was executed, and nothing will be in a "
                + "weaker sandbox; see docs/code-execution.md for what the kernel must allow"
        case .wallMissing(let wall, let found):
            "the sandbox does not hold: \(wall) ended as \"\(found)\". Nothing else was executed"
        case .limit(let name, let found, let allowed):
            "the limit \(name) is \(found); allowed is \(allowed)"
        case .closed:
            "the pool of interpreters was closed"
        }
    }
}

extension SandboxPart {
    fileprivate var need: String {
        switch self {
        case .pipes: "pipes are needed"
        case .namespaces: "new user, mount, process, network, IPC and host name namespaces are needed"
        case .identity: "a mapping of user and group ids is needed"
        case .mounts: "read-only copies of mounts are needed (Linux 5.12 or newer)"
        case .root: "a root folder of its own is needed"
        case .limits: "resource limits are needed"
        case .interpreter: "the interpreter must start inside it"
        case .filter: "a seccomp filter with a supervisor is needed (Linux 5.6 or newer)"
        }
    }
}

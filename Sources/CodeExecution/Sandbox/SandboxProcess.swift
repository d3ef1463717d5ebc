internal import CSandbox
internal import Foundation

/// One warm interpreter in its own namespaces, and the channel to it: frames of four bytes of length and JSON.
///
/// Belongs to the thread that started it: when that thread ends, the kernel ends the sandbox.
final class SandboxProcess {
    private let process: Int32
    private let toChild: Int32
    private let fromChild: Int32
    private let complaints: Int32
    private var isEnded = false

    /// Answers larger than this are refused.
    private static let answerLimit = 64 << 20

    /// - Throws: ``SandboxError/missingPart(_:reason:)``.
    init(interpreter: PythonInterpreter, harness: [UInt8]) throws(SandboxError) {
        let input = try Self.pipe()
        let output = try Self.pipe()
        let errors = try Self.pipe()
        defer { for end in [input.read, output.write, errors.write] { _ = Foundation.close(end) } }
        (toChild, fromChild, complaints) = (input.write, output.read, errors.read)
        do {
            process = try Self.spawn(interpreter, input: input.read, output: output.write, errors: errors.write)
        } catch {
            for end in [toChild, fromChild, complaints] { _ = Foundation.close(end) }
            throw error
        }
        for end in [toChild, complaints] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        try write(frame: harness, before: .now + .seconds(10))
    }

    deinit { end() }

    /// Kills everything in the sandbox and waits until it is gone.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        cs_end(process)
        for end in [toChild, fromChild, complaints] { _ = Foundation.close(end) }
    }

    func write(frame: [UInt8], before deadline: ContinuousClock.Instant) throws(SandboxError) {
        let count = UInt32(frame.count)
        let header = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        try write(header, before: deadline)
        try write(frame, before: deadline)
    }

    func readFrame(before deadline: ContinuousClock.Instant) throws(SandboxError) -> [UInt8] {
        let header = try read(4, before: deadline)
        let count = header.reduce(0) { $0 << 8 | Int($1) }
        guard count <= Self.answerLimit else { throw broken("an answer of \(count) bytes") }
        return try read(count, before: deadline)
    }

    private func write(_ bytes: [UInt8], before deadline: ContinuousClock.Instant) throws(SandboxError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(for: toChild, event: Int16(POLLOUT), before: deadline)
            let written = unsafe rest.withUnsafeBytes { unsafe Foundation.write(toChild, $0.baseAddress, $0.count) }
            if written < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard written > 0 else { throw broken("it does not listen") }
            rest = rest.dropFirst(written)
        }
    }

    private func read(_ count: Int, before deadline: ContinuousClock.Instant) throws(SandboxError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var buffer = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 16))
        while bytes.count < count {
            try wait(for: fromChild, event: Int16(POLLIN), before: deadline)
            let wanted = min(buffer.count, count - bytes.count)
            let found = unsafe buffer.withUnsafeMutableBytes {
                unsafe Foundation.read(fromChild, $0.baseAddress, wanted)
            }
            if found < 0 && errno == EINTR { continue }
            guard found > 0 else { throw broken("it ended") }
            bytes += buffer[..<found]
        }
        return bytes
    }

    private func wait(
        for descriptor: Int32, event: Int16, before deadline: ContinuousClock.Instant
    ) throws(SandboxError) {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw broken("it does not answer in time") }
            let milliseconds = Int32(min(60_000, left / .milliseconds(1) + 1))
            var request = pollfd(fd: descriptor, events: event, revents: 0)
            if unsafe poll(&request, 1, milliseconds) > 0 { return }
        }
    }

    private func broken(_ what: String) -> SandboxError {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let found = unsafe buffer.withUnsafeMutableBytes {
            unsafe Foundation.read(complaints, $0.baseAddress, $0.count)
        }
        let said = String(decoding: buffer.prefix(max(0, found)), as: UTF8.self).split(separator: "\n").last
        return .missingPart(.interpreter, reason: said.map { "\(what): \($0)" } ?? what)
    }

    private static func pipe() throws(SandboxError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe cs_pipe(&ends) == 0 else {
            throw .missingPart(.pipes, reason: unsafe String(cString: strerror(errno)))
        }
        return (ends[0], ends[1])
    }
}

extension SandboxProcess {
    /// Reads the harness from the channel, so that no file of it is needed in the sandbox.
    private static let bootstrap = """
        import os, struct
        def take(n):
            b = b""
            while len(b) < n:
                p = os.read(0, n - len(b))
                if not p:
                    os._exit(0)
                b += p
            return b
        exec(compile(take(struct.unpack(">I", take(4))[0]), "harness.py", "exec"), globals())
        """

    private static func spawn(
        _ interpreter: PythonInterpreter, input: Int32, output: Int32, errors: Int32
    ) throws(SandboxError) -> Int32 {
        let arguments = [interpreter.pathInside, "-S", "-s", "-B", "-c", bootstrap]
        let strings = CStringTable(arguments: arguments, environment: interpreter.environment)
        let program = unsafe strdup(interpreter.pathInside)
        let folder = unsafe interpreter.mountedFolder.flatMap { unsafe strdup($0) }
        defer {
            unsafe free(program)
            unsafe free(folder)
        }
        var stage = CS_STAGE_DONE
        var error: Int32 = 0
        let process = unsafe strings.withPointers { arguments, environment in
            var description = unsafe cs_program(
                program: program, arguments: arguments, environment: environment, python: folder, input: input,
                output: output, errors: errors)
            return unsafe cs_spawn(&description, &stage, &error)
        }
        guard process > 0 else {
            throw .missingPart(part(of: stage), reason: unsafe String(cString: strerror(error)))
        }
        return process
    }

    private static func part(of stage: cs_stage) -> SandboxPart {
        switch stage {
        case CS_STAGE_PIPES: .pipes
        case CS_STAGE_NAMESPACES: .namespaces
        case CS_STAGE_IDENTITY: .identity
        case CS_STAGE_MOUNTS: .mounts
        case CS_STAGE_ROOT: .root
        case CS_STAGE_LIMITS: .limits
        default: .interpreter
        }
    }
}

/// Two NULL-terminated lists of C strings, freed with the table.
@safe private final class CStringTable {
    private let arguments: [UnsafePointer<CChar>?]
    private let environment: [UnsafePointer<CChar>?]

    init(arguments: [String], environment: [String]) {
        unsafe self.arguments = arguments.map { unsafe UnsafePointer(strdup($0)) } + [nil]
        unsafe self.environment = environment.map { unsafe UnsafePointer(strdup($0)) } + [nil]
    }

    deinit {
        unsafe (arguments + environment).forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
    }

    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        unsafe arguments.withUnsafeBufferPointer { first in
            unsafe environment.withUnsafeBufferPointer { second in
                unsafe body(first.baseAddress, second.baseAddress)
            }
        }
    }
}

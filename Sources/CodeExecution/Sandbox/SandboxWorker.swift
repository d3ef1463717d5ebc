internal import Foundation

/// One thread's warm interpreter: sends jobs, and starts a new interpreter where one breaks.
final class SandboxWorker {
    private let interpreter: PythonInterpreter
    private let hello: [UInt8]
    private var process: SandboxProcess?

    init(interpreter: PythonInterpreter) throws(SandboxError) {
        self.interpreter = interpreter
        let filters = [
            "one": Data(try SeccompFilter.bytes(allowsProcesses: false)).base64EncodedString(),
            "many": Data(try SeccompFilter.bytes(allowsProcesses: true)).base64EncodedString(),
        ]
        hello = Self.json(HarnessMessage.Hello(filters: filters))
        process = try start()
    }

    func close() {
        process?.end()
        process = nil
    }

    /// Runs one job. An interpreter that does not answer is replaced, and the job's answer is a harness error.
    func run(_ job: SandboxJob) -> (HarnessAnswer, wallSeconds: Double) {
        let clock = ContinuousClock()
        let begin = clock.now
        var answer: HarnessAnswer
        do {
            answer = try exchange(job)
        } catch {
            answer = HarnessAnswer(outcome: "harness", reason: "\(error)")
        }
        if answer.outcome == "harness" { close() }
        let taken = begin.duration(to: clock.now)
        return (answer, Double(taken.components.seconds) + Double(taken.components.attoseconds) * 1e-18)
    }

    private func exchange(_ job: SandboxJob) throws -> HarnessAnswer {
        try job.limits.check()
        let process = try process ?? start()
        self.process = process
        let request = HarnessMessage.Job(source: job.source, limits: HarnessMessage.Limits(job.limits))
        // The harness keeps the time; this only catches a harness that does not.
        let deadline = ContinuousClock.now + .seconds(job.limits.wallSeconds + 10)
        try process.write(frame: Self.json(request), before: deadline)
        try process.write(frame: Self.json(job.tests), before: deadline)
        return try JSONDecoder().decode(HarnessAnswer.self, from: Data(process.readFrame(before: deadline)))
    }

    private func start() throws(SandboxError) -> SandboxProcess {
        let process = try SandboxProcess(interpreter: interpreter, harness: HarnessSource.bytes)
        let deadline = ContinuousClock.now + .seconds(30)
        try process.write(frame: hello, before: deadline)
        _ = try process.readFrame(before: deadline)
        return process
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        // Strings, numbers and lists: encoding cannot fail.
        Array((try? JSONEncoder().encode(value)) ?? Data())
    }
}

/// One program with its tests, on its way to an interpreter.
struct SandboxJob: Sendable {
    var source: String
    var limits: ExecutionLimits
    var tests: HarnessMessage.Tests
}

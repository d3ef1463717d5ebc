internal import CSandbox
internal import Foundation
internal import Synchronization

/// Warm interpreters, one for each thread, that run untrusted programs.
///
/// Each program gets a process of its own, forked from an interpreter that has the common modules loaded, inside new
/// process, mount and IPC namespaces of a sandbox that has no network, a read-only root and no home folder. The tests run
/// in another process, which asks the program for values and compares them itself; ending early, patching comparisons or
/// looking for the tests gains nothing. `docs/code-execution.md` describes walls and limits.
public final class SandboxPool: Sendable {
    public let interpreter: PythonInterpreter
    public let workers: Int
    private let queue = JobQueue()

    /// Starts the interpreters and tries the walls.
    ///
    /// - Parameter workers: programs that run side by side; nil for two to each processor, because the kernel lets a program
    ///   wait while it takes the namespaces of the last one apart.
    /// - Throws: ``SandboxError`` where a part of the sandbox is missing. There is no weaker mode.
    public init(interpreter: PythonInterpreter, workers: Int? = nil) throws {
        self.interpreter = interpreter
        self.workers = max(1, min(workers ?? 2 * ProcessInfo.processInfo.activeProcessorCount, 256))
        let failures = Mutex<[SandboxError]>([])
        let started = DispatchGroup()
        for number in 0..<self.workers {
            started.enter()
            let queue = queue
            let thread = Thread {
                cs_block_sigpipe()
                do throws(SandboxError) {
                    let worker = try SandboxWorker(interpreter: interpreter)
                    started.leave()
                    Self.serve(worker, queue)
                } catch {
                    failures.withLock { $0.append(error) }
                    started.leave()
                }
            }
            thread.name = "sandbox \(number)"
            thread.start()
        }
        started.wait()
        if let failure = failures.withLock({ $0.first }) { throw failure }
        try SandboxProbe.check { self.run([$0])[0].outcome }
    }

    deinit { queue.close(threads: workers) }

    /// Runs programs side by side; results come in the order of the programs. Blocks until all have ended.
    public func run(_ programs: [PythonProgram]) -> [ExecutionResult] {
        let jobs = programs.map { program in
            SandboxJob(
                source: program.source, limits: program.limits, tests: HarnessMessage.Tests(program.tests))
        }
        return answers(jobs).map { answer, wall in
            ExecutionResult(
                outcome: answer.executionOutcome, position: answer.position, cpuSeconds: answer.cpu,
                peakMemoryBytes: answer.memory, wallSeconds: wall)
        }
    }

    /// Executes a reference solution on its inputs: what it gives is what is expected of others.
    ///
    /// - Returns: the cases of the required inputs, and of all inputs that the solution accepts.
    /// - Throws: ``ExecutionFailure`` where the solution refuses a required input or does not end.
    public func cases(
        from reference: ReferenceSolution,
        limits: ExecutionLimits = ExecutionLimits(cpuSeconds: 60, wallSeconds: 60, memoryBytes: 4 << 30)
    ) throws -> (required: PythonCases, all: PythonCases) {
        let tests = HarnessMessage.Tests(
            form: "reference", entry: reference.entryPoint, inputs: reference.inputs, task: reference.task,
            required: reference.required, relation: reference.relation)
        let text = try result(of: SandboxJob(source: reference.source, limits: limits, tests: tests)).get()
        let parts = try JSONDecoder().decode([[String]].self, from: Data(text.utf8)).map { part in
            PythonCases(
                entryPoint: reference.entryPoint, inputs: part.first ?? "[]", expected: part.last ?? "[]",
                tolerance: reference.tolerance, relation: reference.relation)
        }
        guard parts.count == 2 else { throw ExecutionFailure(outcome: .harnessError(reason: "an unknown answer")) }
        return (parts[0], parts[1])
    }

    /// What a program of our own computes from a text that is not: JSON.
    func report(by source: String, function: String, on text: String) -> Result<String, ExecutionFailure> {
        let tests = HarnessMessage.Tests(form: "report", entry: function, argument: text)
        return result(of: SandboxJob(source: source, limits: ExecutionLimits(), tests: tests))
    }

    private func result(of job: SandboxJob) -> Result<String, ExecutionFailure> {
        let (answer, _) = answers([job])[0]
        guard answer.executionOutcome == .passed, let result = answer.result else {
            return .failure(ExecutionFailure(outcome: answer.executionOutcome))
        }
        return .success(result)
    }

    private func answers(_ jobs: [SandboxJob]) -> [(HarnessAnswer, Double)] {
        let found = Mutex<[(HarnessAnswer, Double)?]>(Array(repeating: nil, count: jobs.count))
        let group = DispatchGroup()
        let closed = HarnessAnswer(outcome: "harness", reason: "\(SandboxError.closed)")
        withExtendedLifetime(self) {
            for (index, job) in jobs.enumerated() {
                group.enter()
                let entry = JobQueue.Entry(job: job) { answer, wall in
                    found.withLock { $0[index] = (answer, wall) }
                    group.leave()
                }
                if !queue.add(entry) { group.leave() }
            }
            group.wait()
        }
        return found.withLock { $0.map { $0 ?? (closed, 0) } }
    }

    private static func serve(_ worker: SandboxWorker, _ queue: JobQueue) {
        while let entry = queue.next() {
            let (answer, wall) = worker.run(entry.job)
            entry.finish(answer, wall)
        }
        worker.close()
    }
}

/// A program that should have given a value and did not.
public struct ExecutionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var outcome: ExecutionOutcome
    public var description: String { outcome.description }
}

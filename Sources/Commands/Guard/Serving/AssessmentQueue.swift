internal import Dispatch
internal import LatentGuard
internal import Synchronization

/// The one thread that works for all clients of a guard, several texts at a time.
final class AssessmentQueue: Sendable {
    typealias Outcome = AssessmentLine.Outcome

    private struct State {
        var line: AssessmentLine
        var replies: [Int: CheckedContinuation<[Outcome], any Error>] = [:]
        var isWorking = false
    }

    private let judge: @Sendable ([String]) throws -> [Result<Verdict, GuardError>]
    private let state: Mutex<State>
    private let thread = DispatchQueue(label: "assay.guard")

    /// - Parameter judge: called on one thread, never twice at the same time
    init(
        limits: AssessmentLine.Limits, judge: @escaping @Sendable ([String]) throws -> [Result<Verdict, GuardError>]
    ) {
        self.judge = judge
        state = Mutex(State(line: AssessmentLine(limits)))
    }

    /// Texts that wait at the moment.
    var waiting: Int { state.withLock { $0.line.waiting } }

    /// The outcome for each text, by the deadline.
    ///
    /// - Throws: ``ServiceFault/queueFull``, ``ServiceFault/late``.
    func assess(_ texts: [String], until deadline: ContinuousClock.Instant) async throws -> [Outcome] {
        let request = state.withLock { $0.line.name() }
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            expire(request)
        }
        defer { timer.cancel() }
        return try await withCheckedThrowingContinuation { admit(request, texts, until: deadline, $0) }
    }

    private func admit(
        _ request: Int, _ texts: [String], until deadline: ContinuousClock.Instant,
        _ reply: CheckedContinuation<[Outcome], any Error>
    ) {
        // Before the deadline the timer has not fired; after it, it may have, and would not fire again.
        guard ContinuousClock.now < deadline else { return reply.resume(throwing: ServiceFault.late) }
        let (isAdmitted, starts) = state.withLock { state in
            guard state.line.admit(request, texts) else { return (false, false) }
            state.replies[request] = reply
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if !isAdmitted { reply.resume(throwing: ServiceFault.queueFull) }
        if starts { thread.async { self.work() } }
    }

    private func expire(_ request: Int) {
        let reply = state.withLock { state in
            state.line.withdraw(request)
            return state.replies.removeValue(forKey: request)
        }
        reply?.resume(throwing: ServiceFault.late)
    }

    private func work() {
        while let batch = next() {
            let outcomes = read(batch.map(\.text))
            let answered = state.withLock { state in
                state.line.note(batch, outcomes).map { ($0.outcomes, state.replies.removeValue(forKey: $0.request)) }
            }
            for (outcomes, reply) in answered { reply?.resume(returning: outcomes) }
        }
    }

    /// Nil, and no longer working, where no text waits.
    private func next() -> [AssessmentLine.Slot]? {
        state.withLock { state in
            let batch = state.line.take()
            state.isWorking = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    /// A text on which the model fails does not fail those that are read with it.
    private func read(_ texts: [String]) -> [Outcome] {
        do {
            let outcomes = try judge(texts)
            guard outcomes.count == texts.count else { throw ServiceFault.failed }
            return outcomes.map { outcome in outcome.mapError { $0 } }
        } catch {
            return texts.count == 1 ? [.failure(error)] : texts.flatMap { read([$0]) }
        }
    }
}

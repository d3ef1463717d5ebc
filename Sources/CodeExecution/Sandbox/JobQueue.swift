internal import Foundation
internal import Synchronization

/// Hands jobs to the threads that ask for them.
final class JobQueue: Sendable {
    struct Entry: Sendable {
        var job: SandboxJob
        var finish: @Sendable (HarnessAnswer, Double) -> Void
    }

    private struct State {
        var entries: [Entry] = []
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    /// False where the queue is closed.
    func add(_ entry: Entry) -> Bool {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.entries.append(entry) }
            return !state.isClosed
        }
        if isOpen { available.signal() }
        return isOpen
    }

    /// Waits for an entry; nil once the queue is closed and empty.
    func next() -> Entry? {
        available.wait()
        return state.withLock { state in
            guard state.next < state.entries.count else { return nil }
            defer {
                state.next += 1
                if state.next == state.entries.count { (state.entries, state.next) = ([], 0) }
            }
            return state.entries[state.next]
        }
    }

    func close(threads: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { available.signal() }
    }
}

internal import Synchronization

/// Lets a parallel loop read something that is not safe to share, each task a part of its own.
struct Unshared<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// Carries the first error out of a parallel loop.
final class FirstError: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    func catching(_ body: () throws -> Void) {
        do { try body() } catch { self.error.withLock { [error] in if $0 == nil { $0 = error } } }
    }

    func throwFirst() throws {
        if let error = error.withLock({ $0 }) { throw error }
    }
}

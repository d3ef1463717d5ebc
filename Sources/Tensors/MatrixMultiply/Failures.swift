internal import Synchronization

/// Carries the first error out of a parallel loop.
final class Failures: Sendable {
    private let first = Mutex<TensorError?>(nil)

    func record(_ error: any Error) {
        let error = error as? TensorError ?? .oneDNN(status: -1, call: "\(error)")
        first.withLock { if $0 == nil { $0 = error } }
    }

    /// Throws the first error since the last call, if there was one.
    func throwFirst() throws {
        let error = first.withLock { first in
            defer { first = nil }
            return first
        }
        if let error { throw error }
    }
}

/// Lets a parallel loop see what each worker uses alone.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

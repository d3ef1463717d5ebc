internal import CKernels
internal import Synchronization

/// Calls `body` once for each task, on at most `threads` threads, and returns when all have ended.
///
/// Tasks go to whichever worker is free: a result may not depend on the worker.
///
/// - Parameter body: is given the task, in `0 ..< tasks`, and the worker, in `0 ..< threads`.
public func parallelFor(tasks: Int, threads: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void) {
    precondition(tasks >= 0 && threads >= 1, "\(tasks) tasks on \(threads) threads")
    guard tasks > 1 && threads > 1 else {
        for task in 0..<tasks { body(task, 0) }
        return
    }
    callOnPool(tasks, threads, body)
}

/// The closure goes to C as it is. A C function pointer with a context would need one that escapes, and making it so
/// allocates: five times for each block of each token.
@_silgen_name("ck_parallel_for")
private func callOnPool(_ tasks: Int, _ threads: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void)

/// The largest number of threads that work can be divided among.
public var parallelLimit: Int { ck_parallel_limit() }

/// The results of `body` for 0 ..< count, computed on at most `threads` threads.
public func parallelMap<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    parallelFor(tasks: count, threads: threads) { index, _ in
        let result = body(index)
        results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
}

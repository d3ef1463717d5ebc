internal import ArgumentParser
internal import Foundation
internal import Tensors

/// On how many threads.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads; one for each core where not given. No result depends on it.")
    var threads: Int?

    mutating func validate() throws {
        guard (1...parallelLimit).contains(threads ?? 1) else {
            throw ValidationError("--threads is \(threads ?? 0); allowed: 1 to \(parallelLimit)")
        }
    }

    var count: Int { threads ?? min(parallelLimit, ProcessInfo.processInfo.activeProcessorCount) }
}

import Evaluation
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Runs every body in a thread of its own and waits for all; the first error is thrown.
func inParallel(_ bodies: [@Sendable () throws -> Void]) throws {
    let errors = ErrorList()
    let group = DispatchGroup()
    for body in bodies {
        group.enter()
        Thread {
            do { try body() } catch { errors.append(error) }
            group.leave()
        }.start()
    }
    group.wait()
    if let error = errors.first { throw error }
}

private final class ErrorList: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [any Error] = []

    func append(_ error: any Error) { lock.withLock { errors.append(error) } }
    var first: (any Error)? { lock.withLock { errors.first } }
}

struct ConcurrencyTests {
    @Test func manyConnectionsMakeOneStoreTogether() throws {
        for _ in 0..<5 {
            try Places.withTemporaryFolder { folder in
                let path = folder.appendingPathComponent("runs.sqlite").path
                try inParallel(
                    (1...6).map { number in
                        {
                            let store = try RunStore(path: path, durability: .processEnd)
                            try store.add(Example.run(number), Example.samples(), metrics: Example.metrics)
                            try store.close()
                        }
                    })
                let store = try RunStore(existing: path)
                for number in 1...6 {
                    #expect(try isIdentical(store.samples(Example.id(number)), Example.samples()))
                    #expect(try store.run(Example.id(number)).status == .finished)
                }
                #expect(try store.integrity() == ["ok"])
            }
        }
    }

    /// Four connections write the samples of one run, each in an order of its own, while others read.
    @Test func oneRunIsWrittenByManyConnections() throws {
        let samples = Example.samples(prompts: 10, each: 5)
        try withStore { store in
            try store.begin(Example.run(planned: 50))
            let writers = (0..<4).map { number -> @Sendable () throws -> Void in
                {
                    var random = SeededGenerator(seed: UInt64(number))
                    let own = try RunStore(path: store.path, durability: .processEnd)
                    for sample in samples.shuffled(using: &random) { try own.insert(sample, run: Example.id) }
                }
            }
            let readers = (0..<2).map { _ -> @Sendable () throws -> Void in
                {
                    let own = try RunStore(existing: store.path)
                    var last = 0
                    while last < 50 {
                        let found = try own.samples(Example.id)
                        try #require(found.count >= last)
                        last = found.count
                        // A sample is never seen without its grades.
                        #expect(found.allSatisfy { $0.scores.count == 2 })
                        #expect(
                            try own.taskCounts(scorer: "numeric").reduce(0) { $0 + $1.scored + $1.unscored } >= last)
                    }
                }
            }
            try inParallel(writers + readers)
            #expect(try isIdentical(store.samples(Example.id), samples))
        }
    }

    /// An export is of one moment, whatever is written and removed meanwhile.
    @Test func anExportIsOfOneMoment() throws {
        try withStore { store in
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            let before = try store.exported()
            let other = try RunStore(existing: store.path)
            var lines = Data()
            try store.export { line in
                if lines.isEmpty {
                    try other.delete(Example.id)
                    try other.add(Example.run(2), Example.samples())
                }
                lines += line
            }
            #expect(lines == before)
            #expect(try store.runs().map(\.id) == [Example.id(2)])
        }
    }
}

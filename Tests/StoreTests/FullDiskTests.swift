import Evaluation
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A sample that takes about two pages.
private func large(_ index: Int) -> SampleRecord {
    var sample = Example.sample(0, index)
    sample.text = String(repeating: "0123456789abcdef", count: 512)
    return sample
}

struct FullDiskTests {
    @Test func whatWasCommittedStaysAndTheRestFollows() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("runs.sqlite").path
            let small = try RunStore(path: path, durability: .processEnd, pageLimit: 100)
            try small.begin(Example.run(planned: 60))
            var written = 0
            #expect(throws: StoreError.full(path: path)) {
                while written < 60 {
                    try small.insert(large(written), run: Example.id)
                    written += 1
                }
            }
            #expect((10..<60).contains(written))
            // It stays full, and readable.
            #expect(throws: StoreError.full(path: path)) { try small.insert(large(written), run: Example.id) }
            #expect(try isIdentical(small.samples(Example.id), (0..<written).map { large($0) }))
            try small.close()

            let store = try RunStore(existing: path)
            #expect(try store.sampleCount(Example.id) == written)
            #expect(try store.integrity() == ["ok"])
            for index in written..<60 { try store.insert(large(index), run: Example.id) }
            #expect(try isIdentical(store.samples(Example.id), (0..<60).map { large($0) }))
        }
    }

    @Test func anImportThatDoesNotFitLeavesNothing() throws {
        let lines = try withStore { store in
            try store.add(Example.run(2, planned: 60), (0..<60).map { large($0) })
            return try store.exported()
        }
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("runs.sqlite").path
            let store = try RunStore(path: path, durability: .processEnd, pageLimit: 100)
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            let before = try store.exported()
            #expect(throws: StoreError.full(path: path)) { try store.importRuns(lines) }
            #expect(try store.exported() == before)
        }
    }

    @Test func theMessageSaysWhatToDo() {
        #expect(
            "\(StoreError.full(path: "a"))"
                == "a: no space is left. What was written before is safe; make room and resume.")
        #expect(StoreError.full(path: "a").kind == .inputOutput)
    }
}

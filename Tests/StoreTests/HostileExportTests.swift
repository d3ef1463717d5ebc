import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Store

/// One line that is broken, in an export whose first run is whole.
struct BrokenLine: Sendable, CustomTestStringConvertible {
    /// What to write instead of the line, from its text.
    var change: @Sendable (String) -> String
    var line: Int
    var problem: StoreError.ImportProblem
    var name: String
    /// A metric is looked at when the run ends, and a prompt's index when a sample needs it.
    var foundAt: Int {
        switch problem {
        case .row(.metricNotFinite), .unknownPrompt(0): line + 1
        default: line
        }
    }

    var testDescription: String { name }

    init(
        _ name: String, _ line: Int, _ problem: StoreError.ImportProblem,
        _ change: @escaping @Sendable (String) -> String
    ) {
        (self.name, self.line, self.problem, self.change) = (name, line, problem, change)
    }

    init(_ line: Int, _ text: String, by other: String, _ problem: StoreError.ImportProblem) {
        self.init("\(text) by \(other)", line, problem) { $0.replacingOccurrences(of: text, with: other) }
    }
}

/// A trap in any of these ends the test process.
struct HostileExportTests {
    /// Header, a run of one sample and its end (lines 2 to 5), and a finished run of four (lines 6 to 14).
    static let lines: [String] = {
        do {
            let text = try withStore { store in
                try store.add(Example.run(1), [Example.sample(0, 0)])
                try store.add(
                    Example.run(2, planned: 4), Example.samples(prompts: 1, each: 4), metrics: [Example.metrics[0]])
                return String(decoding: try store.exported(), as: UTF8.self)
            }
            return text.split(separator: "\n").map(String.init)
        } catch {
            Issue.record(error)
            return []
        }
    }()

    static let broken: [BrokenLine] = [
        BrokenLine("no header", 1, .notAnExport) { _ in "{}" },
        BrokenLine("text", 1, .notAnExport) { _ in "run,prompt" },
        BrokenLine(1, "1", by: "2", .version(2)),
        BrokenLine(1, "1", by: "1e99", .notAnExport),
        BrokenLine("not JSON", 6, .notJSON) { _ in "{" },
        BrokenLine("empty", 6, .notJSON) { _ in "" },
        BrokenLine("a list", 6, .notJSON) { _ in "[1]" },
        BrokenLine("deep", 6, .notJSON) { _ in String(repeating: "[", count: 100_000) },
        BrokenLine("deep objects", 6, .notJSON) { _ in String(repeating: "{\"a\":", count: 100_000) },
        BrokenLine("two values", 6, .notJSON) { $0 + $0 },
        BrokenLine(6, #""type":"run""#, by: #""type":"runs""#, .unknownType("runs")),
        BrokenLine(6, #""type":"run""#, by: #""type":7"#, .field("type")),
        BrokenLine(6, #","type":"run""#, by: "", .field("type")),
        BrokenLine(6, Example.id(2), by: Example.id(2).uppercased() + "A", .row(.runID(Example.id(2) + "A"))),
        BrokenLine(6, #""plannedSamples":4"#, by: #""plannedSamples":4.5"#, .notJSON),
        BrokenLine(
            6, #""plannedSamples":4"#, by: #""plannedSamples":99999999999999999999"#, .notJSON),
        BrokenLine(6, #""plannedSamples":4"#, by: #""plannedSamples":-4"#, .row(.plannedSamples(-4))),
        BrokenLine(6, #""promptCount":3"#, by: #""promptCount":-3"#, .row(.promptCount(-3))),
        BrokenLine(6, #""promptCount":3"#, by: #""promptCount":2147483648"#, .row(.promptCount(2_147_483_648))),
        BrokenLine(6, #""status":"finished""#, by: #""status":"done""#, .field("run.status")),
        BrokenLine(6, #""status":"finished""#, by: #""status":"started""#, .row(.finishedWithoutTime)),
        BrokenLine(6, #""task":"generate""#, by: #""task":"x""#, .field("run.definition.task")),
        BrokenLine(7, #""index":0"#, by: #""index":1"#, .unknownPrompt(0)),
        BrokenLine(7, #""ids":[1,2,0]"#, by: #""ids":[1,2,2147483648]"#, .notJSON),
        BrokenLine(7, #""ids":[1,2,0]"#, by: #""ids":[1,null]"#, .field("ids.Index 1")),
        BrokenLine(8, #""prompt":0"#, by: #""prompt":9"#, .unknownPrompt(9)),
        BrokenLine(8, #""sample":0"#, by: #""sample":-1"#, .row(.negativeIndex)),
        BrokenLine(8, #""logprobs":"AAAAvwAAoL8=""#, by: #""logprobs":"AAAAvwAAoL8""#, .field("logprobs")),
        BrokenLine(8, #""logprobs":"AAAAvwAAoL8=""#, by: #""logprobs":"AAAA""#, .field("logprobs")),
        BrokenLine(
            8, #""logprobs":"AAAAvwAAoL8=""#, by: #""logprobs":"""#, .row(.logProbabilityCount(found: 0, expected: 2))),
        BrokenLine(8, #""finish":"stop""#, by: #""finish":"error""#, .row(.errorWithoutReason)),
        BrokenLine(8, #""value":1,"#, by: #""value":1.5,"#, .row(.scoreOutOfRange(scorer: "numeric"))),
        BrokenLine(8, #""value":1,"#, by: #""value":1,"unscored":"x","#, .field("scores.Index 0.value")),
        BrokenLine(8, #""value":1,"#, by: "", .field("scores.Index 0.value")),
        BrokenLine(8, #""numeric""#, by: #""refusal/xstest""#, .row(.duplicateScorer("refusal/xstest"))),
        BrokenLine(8, #""sample":0"#, by: #""sample":4"#, .sampleBeyond(4, samples: 4)),
        BrokenLine(6, #""plannedSamples":4"#, by: #""plannedSamples":4,"planet":"x""#, .unknownKey("run.planet")),
        BrokenLine(
            6, #""promptCount":3"#, by: #""promptCount":3,"weight":[1]"#, .unknownKey("run.promptSets.weight")),
        BrokenLine(6, #""type":"run""#, by: #""type":"run","mood":"x""#, .unknownKey("mood")),
        BrokenLine(7, #""index":0"#, by: #""index":0,"weight":1"#, .unknownKey("weight")),
        BrokenLine(8, #""finish":"stop""#, by: #""finish":"stop","mood":1"#, .unknownKey("mood")),
        BrokenLine(8, #""value":1,"#, by: #""value":1,"why":"x","#, .unknownKey("scores.why")),
        BrokenLine(12, #""scored":11"#, by: #""scored":11,"mean":1"#, .unknownKey("mean")),
        BrokenLine(13, #""samples":4"#, by: #""samples":4,"runs":1"#, .unknownKey("runs")),
        BrokenLine(12, #""scored":11"#, by: #""scored":-11"#, .row(.metricNotFinite("accuracy"))),
        BrokenLine(12, #""value":0.1"#, by: #""value":1e999"#, .notJSON),
        BrokenLine(13, #""samples":4"#, by: #""samples":3"#, .count(found: 4, announced: 3)),
        BrokenLine(13, Example.id(2), by: Example.id(1), .field("run")),
        BrokenLine("a second run", 13, .unfinished(run: Example.id(2))) { _ in lines[5] },
    ]

    @Test(arguments: broken)
    func everyBrokenLineIsNamedAndLeavesNothing(_ test: BrokenLine) throws {
        var lines = Self.lines
        try #require(lines.count == 13)
        lines[test.line - 1] = test.change(lines[test.line - 1])
        try withStore { (store: RunStore) throws in
            let error = #expect(throws: StoreError.self) {
                try store.importRuns(Data(lines.joined(separator: "\n").utf8))
            }
            guard case .importLine(path: "x.jsonl", let line, let problem) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(problem == test.problem)
            #expect(line == test.foundAt)
            #expect(try store.runs() == [])
            #expect(error?.kind == .badData)
        }
    }

    /// A run that is not finished may have any sample, and what is null may stand under its name.
    @Test func whatIsLeftOutMayBeNull() throws {
        try withStore { (store: RunStore) throws in
            var lines = Array(Self.lines[0...4])
            lines[1] = lines[1].replacingOccurrences(
                of: #""plannedSamples":12"#, with: #""plannedSamples":12,"finishedAt":null"#)
            lines[3] = lines[3].replacingOccurrences(of: #""sample":0"#, with: #""sample":9,"error":null"#)
            try store.importRuns(Data(lines.joined(separator: "\n").utf8))
            #expect(try store.samples(Example.id(1)).map(\.sampleIndex) == [9])
        }
    }

    @Test func whatLacksLinesIsRefused() throws {
        try withStore { store in
            func problem(_ lines: some Sequence<String>) throws -> StoreError? {
                try #require(throws: StoreError.self) {
                    try store.importRuns(Data(lines.joined(separator: "\n").utf8))
                }
            }
            let all = Self.lines
            #expect(try problem([]) == .importLine(path: "x.jsonl", line: 1, problem: .empty))
            for count in [6, 7, 9, 12] {
                let expected = StoreError.importLine(
                    path: "x.jsonl", line: count, problem: .unfinished(run: Example.id(2)))
                #expect(try problem(all.prefix(count)) == expected)
            }
            #expect(try problem([all[0], all[2]]) == .importLine(path: "x.jsonl", line: 2, problem: .outsideRun))
            #expect(try problem([all[0], all[11]]) == .importLine(path: "x.jsonl", line: 2, problem: .outsideRun))
            let tooFew = all[0...5] + all[6...6] + all[8...11] + [all[12].replacingOccurrences(of: "4", with: "3")]
            #expect(
                try problem(tooFew)
                    == .importLine(path: "x.jsonl", line: 12, problem: .field("run")))
            #expect(
                try problem(
                    all[0...5] + all[6...6] + all[8...11] + [#"{"run":"\#(Example.id(2))","samples":3,"type":"end"}"#])
                    == .importLine(path: "x.jsonl", line: 12, problem: .count(found: 3, announced: 4)))
            let early = all[0...3] + [all[11]] + all[4...]
            #expect(try problem(early) == .importLine(path: "x.jsonl", line: 6, problem: .metricsTooEarly))
            #expect(try store.runs() == [])
            // One that has no newline at its end, and one with those of Windows, are whole.
            try store.importRuns(Data(all.joined(separator: "\r\n").utf8))
            #expect(try store.runs().count == 2)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        try withStore { store in
            var bytes = Data(Self.lines.joined(separator: "\n").utf8)
            let place = try #require(bytes.range(of: Data("it is 0".utf8), in: 200..<bytes.count))
            bytes[place.lowerBound] = 0xFF
            #expect(throws: StoreError.importLine(path: "x.jsonl", line: 4, problem: .notUTF8)) {
                try store.importRuns(bytes)
            }
            #expect(throws: StoreError.importLine(path: "x.jsonl", line: 1, problem: .notUTF8)) {
                try store.importRuns(Data([0xFF, 0xFE, 0x7B, 0]))
            }
        }
    }

    @Test func linesAreNoLongerThanTheLimit() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("x")
            for (text, whole) in [
                ("12345678\n12\n", 2), ("1\n123456789\n1", 1), ("1\n123456789", 1), ("\n\n12345678", 3),
            ] {
                try Data(text.utf8).write(to: file)
                let handle = try FileHandle(forReadingFrom: file)
                var reader = LineReader(handle, limit: 8)
                for _ in 0..<whole { #expect(try reader.next() != nil) }
                if text.contains("9") {
                    let error = #expect(throws: StoreError.ImportProblemError.self) { try reader.next() }
                    #expect(error?.problem == .tooLong(limit: 8))
                    #expect(reader.line == whole + 1)
                } else {
                    #expect(try reader.next() == nil)
                    #expect(reader.line == whole)
                }
                try handle.close()
            }
        }
    }

    /// A line without an end in a file of a terabyte: little more of it is read than the limit.
    @Test func anEndlessLineIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("sparse").path
            _ = FileManager.default.createFile(atPath: file, contents: nil)
            let handle = try #require(FileHandle(forUpdatingAtPath: file))
            try handle.truncate(atOffset: 1 << 40)
            try handle.seek(toOffset: 0)
            var reader = LineReader(handle, limit: 1 << 20)
            let error = #expect(throws: StoreError.ImportProblemError.self) { try reader.next() }
            #expect(error?.problem == .tooLong(limit: 1 << 20))
            #expect(try handle.offset() <= 2 << 20)
            try handle.close()
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        try withStore { (store: RunStore, folder: URL) throws in
            let none = folder.appendingPathComponent("none").path
            #expect(throws: StoreError.noSuchFile(path: none)) { try store.importRuns(fromFile: none) }
            let error = #expect(throws: StoreError.self) { try store.importRuns(fromFile: folder.path) }
            #expect(error?.kind == .inputOutput)
            #expect(try store.runs() == [])
        }
    }

    /// Mutants of an export are taken in whole or not at all, and whatever was taken in comes back the same.
    @Test(arguments: [UInt64(71), 72, 73, 74])
    func mutatedExportsAreTakenWholeOrNotAtAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(Self.lines.joined(separator: "\n").utf8)
        let marks = Array("{}[]\",:0919eE-+.\\u\n\r\0\u{7F}truefalsnl".utf8)
        try withStore { store in
            try store.begin(Example.run(9))
            let before = try store.exported()
            var taken = 0
            for number in 0..<600 {
                var mutant = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<mutant.count, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: mutant[place] = marks.randomElement(using: &random) ?? 0
                    case 1: mutant.insert(marks.randomElement(using: &random) ?? 0, at: place)
                    case 2 where mutant.count > 1: mutant.remove(at: place)
                    case 3: mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    default:
                        let end = min(mutant.count, place + Int.random(in: 1...300, using: &random))
                        if Bool.random(using: &random) {
                            mutant.removeSubrange(place..<end)
                        } else {
                            mutant.insert(
                                contentsOf: mutant[place..<end], at: Int.random(in: 0...mutant.count, using: &random))
                        }
                    }
                }
                do {
                    let result = try store.importRuns(Data(mutant))
                    taken += 1
                    let copy = try store.exported()
                    try withStore { other in
                        try other.importRuns(copy)
                        #expect(try other.exported() == copy, "seed \(seed), mutant \(number)")
                    }
                    #expect(result.runsAdded + result.runsKnown > 0 || copy == before)
                    for run in try store.runs() where run.id != Example.id(9) { try store.delete(run.id) }
                } catch let error as StoreError {
                    #expect(!"\(error)".isEmpty)
                } catch {
                    Issue.record("seed \(seed), mutant \(number): \(type(of: error))")
                }
                #expect(try store.exported() == before, "seed \(seed), mutant \(number)")
            }
            #expect((10..<590).contains(taken), "seed \(seed): \(taken)")
        }
    }
}

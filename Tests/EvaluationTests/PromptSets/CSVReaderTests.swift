import TestSupport
import Testing

@testable import Evaluation

private func records(_ text: String) throws -> [CSVReader.Record] {
    var reader = CSVReader(Array(text.utf8), recordLimit: 1000)
    var found: [CSVReader.Record] = []
    while let record = try reader.next() { found.append(record) }
    return found
}

struct CSVReaderTests {
    @Test(arguments: [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a\rb\r", [["a"], ["b"]]), ("\n\r\na\n\n", [["a"]]), ("a,,\n", [["a", "", ""]]), (",", [["", ""]]),
        ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\"", [["a\"b"]]), ("\"\"", [[""]]), ("\"\"\"\"", [["\""]]),
        ("\"a\nb\r\nc\",d", [["a\nb\r\nc", "d"]]), ("a\"b,c", [["a\"b", "c"]]), (" \"a\"", [[" \"a\""]]),
        ("é,\u{1F600}", [["é", "\u{1F600}"]]), ("", []),
    ])
    func fieldsAreSplit(text: String, fields: [[String]]) throws {
        #expect(try records(text).map(\.fields) == fields)
    }

    @Test func linesAreCountedInsideFields() throws {
        #expect(try records("a\n\"b\r\nc\nd\re\"\nf\r\ng").map(\.line) == [1, 2, 6, 7])
    }

    @Test func readingGoesOnAfterAFault() throws {
        var reader = CSVReader(Array("\"a\"b,c\nd,e".utf8), recordLimit: 100)
        #expect(throws: LineFault(line: 1, issue: .textAfterQuote)) { try reader.next() }
        #expect(try reader.next()?.fields == ["d", "e"])
        #expect(try reader.next() == nil)
    }

    /// Whatever is written by the rules is read back.
    @Test func whatIsWrittenIsRead() throws {
        var random = SeededGenerator(seed: 3)
        let pieces = ["a", ",", "\"", "\n", "\r\n", " ", "é", "\"\""]
        for _ in 0..<500 {
            let table = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (0..<2).map { _ in
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
            }
            let text = table.map { row in
                row.map {
                    "\"\($0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
                }
                .joined(separator: ",")
            }.joined(separator: "\r\n")
            #expect(try records(text).map(\.fields) == table, "seed \(random.seed)")
        }
    }
}

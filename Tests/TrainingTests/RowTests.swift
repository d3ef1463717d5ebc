import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Training

/// Which rows are read, and what is said of those that are not.
@Suite struct RowTests {
    private func read(_ lines: [String], shape: TrainingData.Shape = .supervised) throws -> TrainingData {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("data.jsonl")
            try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
            let template = try ChatTemplate(
                source: "{% for m in messages %}[{{ m.role }}]{{ m.content }}<end>{% endfor %}")
            return try TrainingData(
                path: file.path, shape: shape,
                encoder: ExampleEncoder(tokenizer: ByteTokenizer(), template: template, maxLength: 200),
                heldOutShare: 0, seed: 0)
        }
    }

    /// What is only read and what counts, as texts.
    private func texts(_ sequence: TrainingSequence) -> [String] {
        [false, true].map { counts in
            let ids = zip(sequence.tokens, sequence.weights).filter { ($0.1 != 0) == counts }.map(\.0)
            return ByteTokenizer().decode(ids, skippingSpecialTokens: false)
        }
    }

    @Test func idsAreTextsOrWholeNumbers() throws {
        let data = try read([
            #"{"id":7,"text":"ab"}"#, #"{"id":"x","text":"ab"}"#, #"{"id":null,"text":"ab"}"#,
        ])
        #expect(data.examples.map(\.id) == ["7", "x", "data.jsonl:3"])
    }

    @Test func labelsAreBooleansOrZeroAndOne() throws {
        let data = try read([
            #"{"prompt":"a","completion":"b","label":1}"#, #"{"prompt":"a","completion":"c","label":0}"#,
            #"{"prompt":"a","completion":"d","label":true}"#, #"{"prompt":"a","completion":"e","label":null}"#,
        ])
        #expect(data.examples.map { texts($0.sequences[0])[1] } == ["b<end>", "d<end>", "e<end>"])
        #expect(data.skipped == 1)
    }

    /// As TRL has it: the prompt is what both begin with, without a space before the difference.
    @Test(
        arguments: [
            ("2 + 2 is 4", "2 + 2 is 5", "2 + 2 is", " 4<end>", " 5<end>"),
            ("The sky is blue.", "The sky is black.", "The sky is bl", "ue.<end>", "ack.<end>"),
            ("yes", "no", "", "yes<end>", "no<end>"),
            (" a", "b", "", " a<end>", "b<end>"),
            ("ab", "abc", "a", "b<end>", "bc<end>"),
            ("ab", "ab", "a", "b<end>", "b<end>"),
            ("", "ab", "", "<end>", "ab<end>"),
        ])
    func aPromptMayBeImplied(good: String, bad: String, prompt: String, chosen: String, rejected: String) throws {
        let template = try ChatTemplate(source: "")
        let encoder = ExampleEncoder(tokenizer: ByteTokenizer(), template: template, maxLength: 99)
        var row = TrainingRow()
        row.chosen = .text(good)
        row.rejected = .text(bad)
        let sides = try PreferenceSides(row).encoded(by: encoder).map { texts($0.sequence) }
        #expect(sides == [[prompt, chosen], [prompt, rejected]])
    }

    /// What TRL itself makes of rows of all shapes (scripts/reference/trl_rows.py).
    private struct Reference: Decodable {
        struct Sequence: Decodable { var text, learned: String }
        struct Case: Decodable {
            var shape: String
            /// A line of a file.
            var row: String
            var sequences: [Sequence]
        }
        var template: String
        var cases: [Case]
    }

    @Test func rowsAreReadAsTRLReadsThem() throws {
        let file = Places.fixture("training/trl.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
        #expect(reference.cases.count == 34)
        for item in reference.cases {
            let encoder = ExampleEncoder(
                tokenizer: ByteTokenizer(), template: try ChatTemplate(source: reference.template), maxLength: 999)
            let isPair = item.shape == "preference"
            let row = try TrainingRow(line: Data(item.row.utf8), shape: isPair ? .preference : .supervised)
            let found = try (isPair ? encoder.preference(row) : encoder.supervised(row))?.sequences ?? []
            let whole = found.map { ByteTokenizer().decode($0.tokens, skippingSpecialTokens: false) }
            #expect(whole.map { Array($0.utf8) } == item.sequences.map { Array($0.text.utf8) }, "\(item.row)")
            let learned = found.map { texts($0)[1] }
            #expect(learned.map { Array($0.utf8) } == item.sequences.map { Array($0.learned.utf8) }, "\(item.row)")
        }
    }

    /// A decomposed letter is two code points, and the prompt may end between them.
    @Test func impliedPromptsAreOfCodePoints() throws {
        let data = try read([#"{"chosen":"ae\u0301x","rejected":"ae\u0300x"}"#], shape: .preference)
        #expect(data.examples[0].sequences[0].weights.prefix(3) == [0, 0, 1])
    }

    private static let asked = #"{"role":"user","content":"q"}"#

    @Test func aPromptAsTextBesideWholeConversationsIsToldTwice() throws {
        let sides = ["g", "b"].map { #"[\#(Self.asked),{"role":"assistant","content":"\#($0)"}]"# }
        let data = try read(
            [
                #"{"prompt":"q","chosen":\#(sides[0]),"rejected":\#(sides[1])}"#,
                #"{"chosen":\#(sides[0]),"rejected":\#(sides[1])}"#,
            ], shape: .preference)
        #expect(data.examples[0].sequences == data.examples[1].sequences)
        #expect(data.examples[0].sequences.map { texts($0)[1] } == ["g<end>", "b<end>"])
    }

    @Test func contentMayBeTextParts() throws {
        let data = try read([
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"q"},{"text":"r","type":"text"}]},{"role":"assistant","content":[{"type":"text","text":"yes","image":null}]}]}"#
        ])
        #expect(texts(data.examples[0].sequences[0]) == ["[user]qr<end>[assistant]", "yes<end>"])
    }

    @Test func aCompletionMayBeOneMessage() throws {
        let data = try read([
            #"{"prompt":[\#(Self.asked)],"completion":{"role":"assistant","content":"yes"}}"#
        ])
        #expect(texts(data.examples[0].sequences[0]) == ["[user]q<end>[assistant]", "yes<end>"])
    }

    @Test(
        arguments: [
            #""messages":[\#(asked),{"role":"assistant","content":"yes"}],"text":["x"],"prompt":{"a":1},"tools":null"#,
            #""messages":[\#(asked),{"role":"assistant","content":"yes"}],"completion":7,"chosen":[1],"extra":[{"a":null}]"#,
        ])
    func unusedColumnsAreIgnored(row: String) throws {
        #expect(texts(try read(["{\(row)}"]).examples[0].sequences[0])[1] == "yes<end>")
    }

    @Test func aColumnOfAnotherTypeIsNoShape() throws {
        let data = try read([
            #"{"text":["x"],"prompt":"a","completion":"b","messages":"none","tools":5}"#,
            #"{"text":"x","prompt":7,"completion":["b"],"chosen":3}"#,
        ])
        #expect(data.examples.map { texts($0.sequences[0])[1] } == ["b<end>", "x<end>"])
    }

    @Test(
        arguments: [
            ("[1]", "it is a list; a line has to be an object, with keys and values"),
            (#""text""#, "it is a text; a line has to be an object, with keys and values"),
            ("{", "it is no JSON object"),
            (#"{"text":7}"#, #"it has "text" (a whole number); needed is "messages" (a list), or "text" (a text)"#),
            (#"{"prompt":"a"}"#, #"it has "prompt" (a text); needed is "messages""#),
            (#"{"chosen":"a","rejected":"b"}"#, #"it has "chosen" (a text), "rejected" (a text); needed is"#),
            (#"{"question":"a"}"#, #"it has no key of an example; needed is "messages""#),
            (#"{"id":1.5,"text":"a"}"#, #""id" is a number; allowed are a text and a whole number"#),
            (#"{"label":2,"text":"a"}"#, #""label" is a whole number; allowed are true, false, 1 and 0"#),
            (#"{"prompt":7,"completion":"b"}"#, #""prompt" is a whole number; allowed are a text"#),
            (
                #"{"prompt":"a","completion":[{"role":"assistant","content":"b"}]}"#,
                #"its "prompt" is a text and its "completion" a list of messages; give both as texts"#
            ),
            (#"{"messages":[7]}"#, "a message is a whole number; it has to be an object"),
            (#"{"messages":[{"content":"a"}]}"#, #"a message lacks "role""#),
            (#"{"messages":[{"role":1,"content":"a"}]}"#, "the role of a message is a whole number"),
            (#"{"messages":[{"role":"user"}]}"#, #"a message lacks "content", and has nothing such as"#),
            (#"{"messages":[{"role":"user","name":"B","tool_calls":[]}]}"#, #"a message lacks "content""#),
            (#"{"messages":[{"role":"user","content":null}]}"#, #"a message lacks "content""#),
            (#"{"messages":[{"role":"user","content":{"a":1}}]}"#, "the content of a message is an object"),
            (#"{"messages":[{"role":"user","content":[{"type":"image"}]}]}"#, "a part of a message's content is no"),
            (#"{"messages":[],"tools":"[1"}"#, #""tools" is a text; allowed are a list and a text that holds a list"#),
            (#"{"messages":[],"tools":{}}"#, #""tools" is an object; allowed are a list"#),
            (
                #"{"messages":[],"chat_template_kwargs":[]}"#,
                #""chat_template_kwargs" is a list; allowed are an object"#
            ),
            (
                #"{"messages":[],"chat_template_kwargs":{"tools":[]}}"#,
                #""chat_template_kwargs" has "tools", which the conversation gives"#
            ),
        ])
    func faultsOfRowsAreNamed(row: String, sentence: String) {
        let error = #expect(throws: TrainingError.self) { try read([#"{"text":"fine"}"#, row]) }
        #expect(isIn(error, sentence, line: 2), "\(String(describing: error))")
    }

    @Test(
        arguments: [
            (#"{"prompt":"a","chosen":"b"}"#, #"it has "chosen" (a text), "prompt" (a text); needed is "chosen" with"#),
            (
                #"{"chosen":"b","rejected":[{"role":"assistant","content":"b"}]}"#,
                #"its "chosen" is a text and its "rejected" a list of messages; without a "prompt" both"#
            ),
            (
                #"{"prompt":"a","chosen":[{"role":"assistant","content":"b"}],"rejected":[{"role":"assistant","content":"c"}]}"#,
                #"its "prompt" is a text, and "chosen" or "rejected" a list of messages that begins with the assistant's"#
            ),
            (
                #"{"prompt":"a","chosen":"b","rejected":{"role":"assistant","content":"c"}}"#,
                #"its "prompt" is a text and its "rejected" a list of messages"#
            ),
        ])
    func faultsOfPairsAreNamed(row: String, sentence: String) {
        let error = #expect(throws: TrainingError.self) { try read([row], shape: .preference) }
        #expect(isIn(error, sentence, line: 1), "\(String(describing: error))")
    }

    private func isIn(_ error: TrainingError?, _ sentence: String, line: Int) -> Bool {
        guard case .data(_, line, let fault) = error else { return false }
        return fault.hasPrefix(sentence)
    }
}

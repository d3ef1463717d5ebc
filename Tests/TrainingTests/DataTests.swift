import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Training

@Suite struct DataTests {
    private func read(
        _ lines: [String], shape: TrainingData.Shape = .supervised, maxLength: Int = 100, behind: String = "<end>",
        heldOutShare: Double = 0
    ) throws -> TrainingData {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("data.jsonl")
            try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
            let template = try ChatTemplate(
                source: "{% for m in messages %}[{{ m.role }}]{{ m.content }}\(behind){% endfor %}")
            return try TrainingData(
                path: file.path, shape: shape,
                encoder: ExampleEncoder(tokenizer: ByteTokenizer(), template: template, maxLength: maxLength),
                heldOutShare: heldOutShare, seed: 0)
        }
    }

    /// The tokens that count, as text.
    private func learned(_ sequence: TrainingSequence) -> String {
        let ids = zip(sequence.tokens, sequence.weights).filter { $0.1 != 0 }.map(\.0)
        return ByteTokenizer().decode(ids, skippingSpecialTokens: false)
    }

    @Test func onlyTheAssistantsWordsCount() throws {
        let data = try read([
            #"{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"},{"role":"user","content":"so"},{"role":"assistant","content":"no"}]}"#
        ])
        #expect(learned(data.examples[0].sequences[0]) == "yes<end>no<end>")
    }

    /// White space that the template puts before the token that ends a turn is what a sampler has to write to get there.
    @Test(
        arguments: [
            ("\n<end>\n", "yes\n<end>no\n<end>"), (" \n <end>", "yes \n <end>no \n <end>"), ("\n", "yesno"),
            ("\n.<end>", "yesno"),
        ])
    func theEndOfATurnMayStandBehindWhiteSpace(behind: String, expected: String) throws {
        let data = try read(
            [
                #"{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"},{"role":"user","content":"so"},{"role":"assistant","content":"no"}]}"#
            ], behind: behind)
        #expect(learned(data.examples[0].sequences[0]) == expected)
    }

    @Test func completionsCountAndPromptsDoNot() throws {
        let data = try read([
            #"{"prompt":"ab","completion":"cd"}"#, #"{"text":"xyz"}"#,
            #"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"r"}]}"#,
            #"{"prompt":"ab","completion":"cd","label":false}"#,
        ])
        #expect(data.examples.map { learned($0.sequences[0]) } == ["cd<end>", "xyz<end>", "r<end>"])
        #expect(data.examples.map(\.id) == ["data.jsonl:1", "data.jsonl:2", "data.jsonl:3"])
        #expect(data.skipped == 1)
    }

    @Test func preferencesHaveTwoSides() throws {
        let data = try read(
            [
                #"{"id":"p","prompt":"ab","chosen":"good","rejected":"bad"}"#,
                #"{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"g"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}"#,
            ], shape: .preference)
        #expect(data.examples[0].sequences.map(learned) == ["good<end>", "bad<end>"])
        #expect(data.examples[1].sequences.map(learned) == ["g<end>", "b<end>"])
        #expect(data.examples[0].id == "p")
    }

    @Test func preferencesThatAreLabelledFalseAreLeftOut() throws {
        let data = try read(
            [
                #"{"prompt":"ab","chosen":"good","rejected":"bad","label":false}"#,
                #"{"prompt":"ab","chosen":"best","rejected":"bad","label":true}"#,
            ], shape: .preference)
        #expect(data.examples.map { learned($0.sequences[0]) } == ["best<end>"])
        #expect(data.skipped == 1)
    }

    @Test(arguments: ["chosen", "rejected"]) func aSideWithoutMessagesIsAFault(side: String) {
        let other = side == "chosen" ? "rejected" : "chosen"
        let turns = #"[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]"#
        let fault = "no message to learn from is the assistant's"
        #expect {
            try read([#"{"\#(side)":[],"\#(other)":\#(turns)}"#], shape: .preference)
        } throws: { error in
            guard case TrainingError.data(_, 1, fault) = error else { return false }
            return true
        }
    }

    @Test(
        arguments: [
            "{", "[1]", #"{"prompt":"a"}"#, #"{"messages":[{"role":"user"}]}"#,
            #"{"messages":[{"role":"user","content":"q"}]}"#, #"{"text":7}"#,
        ])
    func errorsNameTheLine(bad: String) {
        #expect {
            try read([#"{"text":"fine"}"#, bad])
        } throws: { error in
            guard case TrainingError.data(_, 2, _) = error else { return false }
            return true
        }
    }

    private static let chat = #"[{"role":"user","content":"q"},{"role":"assistant","content":"yes"}]"#

    /// The place is where the last answer begins, and the token the first one of the unlikely text.
    @Test(
        arguments: [
            (#""prompt":"ab","completion":"yes""#, 2),
            (#""prompt":[{"role":"user","content":"q"}],"completion":"yes""#, 19),
            (#""prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"yes"}]"#, 19),
            (#""messages":\#(chat)"#, 19),
            (#""messages":[{"role":"assistant","content":"no"},{"role":"assistant","content":"yes"}]"#, 25),
            (
                #""messages":[{"role":"user","content":"q"},{"role":"assistant","content":"yes"},{"role":"user","content":"so"}]"#,
                19
            ),
        ])
    func anAnswersBeginningMayCountForItself(row: String, place: Int) throws {
        let data = try read([
            #"{\#(row),"unlikely":{"text":"no","weight":3},"first_weight":4,"weight":0.5}"#,
            #"{\#(row),"unlikely":{"text":"no"}}"#,
        ])
        let sequence = data.examples[0].sequences[0]
        #expect(sequence.unlikely == UnlikelyToken(place: place, id: Int32(UInt8(ascii: "n")), weight: 1.5))
        #expect(sequence.tokens[place] == Int32(UInt8(ascii: "y")))
        #expect(sequence.weights[place] == 2)
        #expect(sequence.weights[place + 1] == 0.5)
        #expect(data.examples[1].sequences[0].unlikely?.weight == 1)
        #expect(data.examples[1].sequences[0].weights[place] == 1)
    }

    /// What begins beyond the longest sequence is not learned; the beginning of an answer before it stays what it was.
    @Test(arguments: [(25, nil), (26, 25), (27, 25)] as [(Int, Int?)])
    func aBeginningThatIsCutOffCountsForNothing(length: Int, place: Int?) throws {
        let turns = #"[{"role":"assistant","content":"no"},{"role":"assistant","content":"yes"}]"#
        let sequence = try read(
            [#"{"messages":\#(turns),"unlikely":{"text":"not in any way"},"first_weight":3}"#], maxLength: length
        ).examples[0].sequences[0]
        #expect(sequence.tokens.count == length)
        #expect(sequence.unlikely?.place == place)
        #expect(sequence.weights[11] == 1)
        #expect(place.map { sequence.weights[$0] == 3 } ?? true)
    }

    /// The answer itself need not count for its beginning to become unlikely.
    @Test func anUnlikelyTokenAloneIsATarget() throws {
        let data = try read([
            #"{"prompt":"ab","completion":"y","truncated":true,"first_weight":0,"unlikely":{"text":"no"}}"#
        ])
        var batch = TrainingBatch()
        batch.append(data.examples[0].sequences[0])
        #expect(batch.targets.map(\.weight) == [0])
        #expect(batch.targets.map(\.unlikely?.weight) == [1])
    }

    @Test(
        arguments: [
            (#""text":"xyz","first_weight":2"#, "no answer with a token of its own"),
            (#""text":"xyz","unlikely":{"text":"a"}"#, "no answer with a token of its own"),
            (#""prompt":"ab","completion":"","first_weight":2"#, "no answer with a token of its own"),
            (#""prompt":"ab","completion":"c","first_weight":-1"#, "is -1.0; allowed are finite"),
            (#""prompt":"ab","completion":"c","weight":1e30,"first_weight":1e30"#, "is inf; allowed are finite"),
            (#""prompt":"ab","completion":"c","unlikely":{"text":""}"#, "its unlikely text is empty"),
            (#""messages":\#(chat),"unlikely":{"text":""}"#, "its unlikely text is empty"),
            (#""prompt":"ab","completion":"c","unlikely":{"text":"d","weight":-2}"#, "is -2.0; allowed are finite"),
            (#""prompt":"ab","completion":"c","unlikely":{"weight":2}"#, #""unlikely" lacks "text""#),
            (#""prompt":"ab","completion":"c","unlikely":{"text":null}"#, #""unlikely.text" is null"#),
            (
                #""prompt":"ab","completion":"c","unlikely":{"text":"d","wieght":2}"#,
                #""unlikely" has a key "wieght"; allowed are text, weight"#
            ),
            (#""prompt":"ab","completion":"c","unlikely":"d""#, #""unlikely" has another type"#),
        ])
    func aBeginningThatCannotCountIsAFault(row: String, sentence: String) {
        let error = #expect(throws: TrainingError.self) { try read([#"{\#(row)}"#]) }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test(arguments: [#""first_weight":2"#, #""unlikely":{"text":"a"}"#])
    func preferencesHaveNoBeginningOfTheirOwn(field: String) {
        #expect(throws: TrainingError.self) {
            try read([#"{"prompt":"ab","chosen":"c","rejected":"d",\#(field)}"#], shape: .preference)
        }
    }

    @Test func aRowMayCountForMoreOrLess() throws {
        let data = try read([#"{"prompt":"ab","completion":"c","weight":0.25}"#, #"{"text":"xyz"}"#])
        #expect(data.examples[0].sequences[0].weights == [0, 0, 0.25, 0.25])
        #expect(data.examples[1].sequences[0].weights == [1, 1, 1, 1])
        #expect(throws: TrainingError.self) { try read([#"{"text":"xyz","weight":-1}"#]) }
        #expect(throws: TrainingError.self) {
            try read([#"{"prompt":"ab","chosen":"c","rejected":"d","weight":2}"#], shape: .preference)
        }
    }

    @Test func whatIsCutOffIsCounted() throws {
        let data = try read([#"{"prompt":"abcdef","completion":"g"}"#, #"{"text":"abc"}"#], maxLength: 5)
        #expect(data.examples.count == 1)
        #expect(data.empty == 1)
        #expect {
            try read([#"{"prompt":"abcdef","completion":"g"}"#], maxLength: 5)
        } throws: { error in
            guard case TrainingError.nothingToLearn(_, 1, 0) = error else { return false }
            return true
        }
    }

    @Test func whatLosesItsEndIsCountedAndWarnedOfWhereItIsMost() throws {
        let lines = [#"{"prompt":"ab","completion":"cdef"}"#, #"{"text":"abcdefg"}"#, #"{"text":"abc"}"#]
        #expect(try read(lines, maxLength: 7).cut == 1)
        #expect(try read(lines, maxLength: 7).warnings == [])
        let most = try read(lines, maxLength: 6)
        #expect(most.cut == 2)
        #expect(most.warnings.count == 1)
        #expect(most.warnings[0].hasPrefix("2 of 3 examples are longer than max_length"))
        let all = try read(lines, maxLength: 3, heldOutShare: 0.34)
        #expect(all.cut == 3 && all.heldOut.count == 1 && all.warnings.count == 1)
        #expect(all.warnings[0].hasPrefix("all 3 examples are longer than max_length"))
        #expect(all.warnings[0].contains("raise max_length"))
        let pair = try read([#"{"prompt":"a","chosen":"b","rejected":"cdefgh"}"#], shape: .preference, maxLength: 5)
        #expect(pair.cut == 1)
        #expect(try read([#"{"prompt":"abcdef","completion":"g"}"#, #"{"text":"abc"}"#], maxLength: 5).cut == 0)
    }

    @Test func aShareThatHoldsNothingOutIsWarnedOf() throws {
        let lines = (0..<4).map { #"{"text":"line \#($0)"}"# }
        let none = try read(lines, heldOutShare: 0.1)
        #expect(none.heldOut.isEmpty)
        #expect(none.warnings.count == 1)
        #expect(none.warnings[0].hasPrefix("held_out is 0.1, and keeps none of 4 examples"))
        #expect(try read(lines, heldOutShare: 0.25).warnings == [])
        #expect(try read(lines).warnings == [])
    }

    @Test func anAnswerThatGoesOnEndsWithItsLastWord() throws {
        let data = try read([
            #"{"prompt":"ab","completion":"cd","truncated":true}"#,
            #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"rs"}],"truncated":true}"#,
        ])
        #expect(data.examples.map { learned($0.sequences[0]) } == ["cd", "rs"])
        #expect(data.examples[1].sequences[0].tokens.last == Int32(UInt8(ascii: "s")))
        let pair = try read(
            [#"{"prompt":"ab","chosen":"good","rejected":"bad","truncated":true}"#], shape: .preference)
        #expect(pair.examples[0].sequences.map(learned) == ["good<end>", "bad"])
    }

    @Test func ordersAreFunctionsOfSeedAndEpoch() throws {
        let data = try read((0..<20).map { #"{"text":"line \#($0)"}"# })
        #expect(data.order(epoch: 0, seed: 1) == data.order(epoch: 0, seed: 1))
        #expect(data.order(epoch: 0, seed: 1) != data.order(epoch: 1, seed: 1))
        #expect(data.order(epoch: 0, seed: 1) != data.order(epoch: 0, seed: 2))
        #expect(data.order(epoch: 3, seed: 1).sorted() == Array(0..<20))
    }
}

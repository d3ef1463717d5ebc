import TestSupport
import Testing
import Tokenization

struct SpecialTokenTests {
    private let extra: [(String, TokenType)] = [
        ("<|a|>", .control), ("<|a|><|b|>", .control), ("<|b|>", .control), ("##", .userDefined),
        ("|><|", .userDefined),
    ]

    private func tokenizer() throws -> (any Tokenizer, first: Int32) {
        let fixture = try ByteLevelFixture.load()
        return (try TokenizerLoader.make(from: fixture.metadata(extra: extra)), Int32(fixture.tokens.count))
    }

    /// Ids of the extra tokens in the encoding, counted from 0, with their ranges.
    private func found(_ text: String, _ special: SpecialTokenParsing) throws -> [Token] {
        let (tokenizer, first) = try tokenizer()
        let tokens = tokenizer.encode(text, special: special)
        #expect(tokens.flatMap { tokenizer.bytes(of: $0.id) } == Array(text.utf8))
        return tokens.filter { $0.id >= first }.map { Token(id: $0.id - first, utf8Range: $0.utf8Range) }
    }

    @Test func controlTokensAreFoundEverywhereOrNowhere() throws {
        #expect(
            try found("x<|a|>y<|b|>", .everywhere) == [Token(id: 0, utf8Range: 1..<6), Token(id: 2, utf8Range: 7..<12)])
        #expect(try found("x<|a|>y<|b|>", .nowhere) == [])
    }

    @Test func controlTokensThatTouchAForbiddenRangeAreText() throws {
        let text = "<|a|>..<|b|>..<|a|>"
        #expect(try found(text, .outside([])).map(\.id) == [0, 2, 0])
        #expect(try found(text, .outside([7..<8])).map(\.id) == [0, 0])
        #expect(try found(text, .outside([4..<5, 11..<12])).map(\.id) == [0])
        #expect(try found(text, .outside([5..<7, 12..<14])).map(\.id) == [0, 2, 0])
        #expect(try found(text, .outside([0..<19])).map(\.id) == [])
    }

    @Test func aSpellingPutTogetherAcrossTheEdgeOfARangeIsText() throws {
        // The template ends in "<|", the user's text is "a|>".
        #expect(try found("<|a|>", .outside([2..<5])).map(\.id) == [])
    }

    @Test func userDefinedTokensAreFoundInEveryMode() throws {
        for special in [SpecialTokenParsing.everywhere, .nowhere, .outside([0..<6])] {
            #expect(
                try found("a####b", special) == [Token(id: 3, utf8Range: 1..<3), Token(id: 3, utf8Range: 3..<5)])
        }
    }

    @Test func theLongestOfOverlappingSpellingsWins() throws {
        #expect(try found("<|a|><|b|>", .everywhere).map(\.id) == [1])
        // Of the rest, "<|b|>" is longer than "|><|", though it begins later.
        #expect(try found("<|z|><|b|>", .everywhere).map(\.id) == [2])
        #expect(try found("<|a|><|z|>", .everywhere).map(\.id) == [0])
        #expect(try found("<|a|><|b|>", .nowhere) == [Token(id: 4, utf8Range: 3..<7)])
    }

    @Test func aShorterSpellingTakesThePlaceOfABlockedOne() throws {
        let fixture = try ByteLevelFixture.load()
        let extra: [(String, TokenType)] = [("xyzw", .userDefined), ("ab", .userDefined), ("abx", .userDefined)]
        let tokenizer = try TokenizerLoader.make(from: fixture.metadata(extra: extra))
        let ids = tokenizer.encode("abxyzw", special: .nowhere).map { $0.id - Int32(fixture.tokens.count) }
        #expect(ids == [1, 0])
    }

    @Test func splittingAgreesWithLookingForOneTokenAfterAnother() throws {
        let extra: [(String, TokenType)] = [
            ("a", .userDefined), ("ab", .userDefined), ("bab", .userDefined), ("bb", .userDefined),
            ("abba", .userDefined),
            ("aab", .userDefined),
        ]
        let fixture = try ByteLevelFixture.load()
        let tokenizer = try TokenizerLoader.make(from: fixture.metadata(extra: extra))
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let text = (0..<12).map { _ in "abc".randomElement(using: &generator) ?? "a" }
            let tokens = tokenizer.encode(String(text), special: .nowhere).filter { $0.id >= fixture.tokens.count }
            let order = extra.enumerated().sorted { ($1.element.0.count, $0.offset) < ($0.element.0.count, $1.offset) }
            #expect(tokens.map(\.utf8Range) == rangesFoundOneAfterAnother(text, order.map { Array($0.element.0) }))
        }
    }

    private func rangesFoundOneAfterAnother(_ text: [Character], _ spellings: [[Character]]) -> [Range<Int>] {
        var taken = [Bool](repeating: false, count: text.count)
        var ranges: [Range<Int>] = []
        for spelling in spellings {
            for start in text.indices where start + spelling.count <= text.count {
                let range = start..<(start + spelling.count)
                guard !taken[range].contains(true), Array(text[range]) == spelling else { continue }
                for index in range { taken[index] = true }
                ranges.append(range)
            }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    @Test func controlTokensAreLeftOutOfDecodedTextOnRequest() throws {
        let (tokenizer, first) = try tokenizer()
        let ids = tokenizer.encode("x<|a|>y##", special: .everywhere).map(\.id)
        #expect(tokenizer.decode(ids, skippingSpecialTokens: true) == "xy##")
        #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == "x<|a|>y##")
        #expect(tokenizer.isControl(first))
        #expect(!tokenizer.isControl(first + 3))
    }

    @Test func noMergeMakesAControlTokenOfPlainText() throws {
        let fixture = try ByteLevelFixture.load()
        let metadata = fixture.metadata(preTokenizer: "llama-bpe", extra: [("zq", .control)])
        let tokenizer = try TokenizerLoader.make(from: metadata)
        #expect(tokenizer.encode("zq", special: .nowhere).count == 2)
    }
}

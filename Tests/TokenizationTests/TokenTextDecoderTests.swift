import TestSupport
import Testing
import Tokenization

struct TokenTextDecoderTests {
    /// Every token is one byte, except the last id, which is a control token.
    private struct Bytes: Tokenizer {
        let vocabularySize = 257
        let specialTokens = SpecialTokens(endOfSequence: 256, endOfGeneration: [256])
        func encode(_ text: String, special: SpecialTokenParsing) -> [Token] { [] }
        func bytes(of id: Int32) -> [UInt8] { id == 256 ? Array("<end>".utf8) : [UInt8(truncatingIfNeeded: id)] }
        func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
            String(decoding: ids.flatMap { bytes(of: $0) }, as: UTF8.self)
        }
        func piece(of id: Int32) -> String { "\(id)" }
    }

    @Test func aCharacterComesOutWithItsLastByte() {
        var decoder = TokenTextDecoder(Bytes())
        let parts = "aé🦙".utf8.map { decoder.append(Int32($0)) }
        #expect(parts == ["a", "", "é", "", "", "", "🦙"])
        #expect(decoder.finish() == "")
    }

    @Test func whatCannotBecomeACharacterIsNotHeldBack() {
        var decoder = TokenTextDecoder(Bytes())
        #expect(decoder.append(0xFF) == "\u{FFFD}")
        #expect(decoder.append(0xE0) == "")
        #expect(decoder.append(0x80) == "\u{FFFD}\u{FFFD}")
        #expect(decoder.append(0xF0) == "")
        #expect(decoder.append(0x9F) == "")
        #expect(decoder.append(0x41) == "\u{FFFD}A")
        #expect(decoder.append(0xC3) == "")
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
    }

    @Test func controlTokensAreLeftOutUnlessAskedFor() {
        var silent = TokenTextDecoder(Bytes())
        #expect(silent.append(256) == "")
        var open = TokenTextDecoder(Bytes(), skippingSpecialTokens: false)
        #expect(open.append(256) == "<end>")
    }

    @Test func thePartsAreTheWholeForAnyBytes() {
        var generator = SeededGenerator(seed: 17)
        let leads: [Int32] = [0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5]
        for _ in 0..<3000 {
            let ids = (0..<10).map { _ in leads.randomElement(using: &generator) ?? 0x41 }
            var decoder = TokenTextDecoder(Bytes())
            let parts = ids.map { decoder.append($0) }.joined() + decoder.finish()
            let whole = Bytes().decode(ids, skippingSpecialTokens: true)
            #expect(Array(parts.unicodeScalars) == Array(whole.unicodeScalars))
        }
    }
}

import TestSupport
import Testing

@testable import Tokenization

struct PatternTests {
    private func matches(_ source: String, _ text: String) throws -> [String] {
        let pattern = try TextPattern(source)
        let bytes = Array(text.utf8)
        var found: [String] = []
        pattern.forEachMatch(in: bytes.span, range: bytes.indices) {
            found.append(String(decoding: bytes[$0], as: UTF8.self))
        }
        return found
    }

    @Test func quantifiersTakeAndGiveBack() throws {
        #expect(try matches("a+ab", "aaab ab") == ["aaab"])
        #expect(try matches("a++ab", "aaab") == [])
        #expect(try matches("a+?", "aaa") == ["a", "a", "a"])
        #expect(try matches("a{2,3}", "aaaaa") == ["aaa", "aa"])
        #expect(try matches("(?:ab){2}", "ababab") == ["abab"])
        #expect(try matches("(?:ab)*c", "ababc c") == ["ababc", "c"])
        #expect(try matches("(a*)*b", "aab") == ["aab"])
        #expect(try matches("(?>a+|b)c", "aac") == ["aac"])
        #expect(try matches("x{,2}y", "xxxy") == ["xxy"])
    }

    /// Spelled out, the repetitions are 10^12 groups without an instruction.
    @Test func repetitionsOfNothingAreNothing() throws {
        #expect(try matches("a(?:(?:(?:(?:){1000}){1000}){1000}){1000}b", "ab") == ["ab"])
    }

    @Test func lookaroundsUseNothingUp() throws {
        #expect(try matches(#"\s+(?!\S)|\s+"#, "a  b ") == [" ", " ", " "])
        #expect(try matches(#"(?<=a)b"#, "ab bb") == ["b"])
        #expect(try matches(#"(?<!a)b"#, "ab cb") == ["b"])
        #expect(try matches(#"(?=(\d{3})+(?!\d))"#, "1234567").count == 2)
        #expect(try matches(#"\d{1,3}(?=(?:\d{3})*\b)"#, "1234567 12") == ["1", "234", "567", "12"])
    }

    @Test func classesAreThoseOfUnicode() throws {
        #expect(try matches(#"\p{L}+"#, "aé漢1") == ["aé漢"])
        #expect(try matches(#"[^\s\p{L}\p{N}]+"#, "a-!1 🦙") == ["-!", "🦙"])
        #expect(try matches(#"[\p{L}&&[^\p{Han}]]+"#, "ab漢c") == ["ab", "c"])
        #expect(try matches(#"[[:alpha:]_]+"#, "a_é1") == ["a_é"])
        #expect(try matches(#"(?i:ſ|k)"#, "sSKk") == ["s", "S", "K", "k"])
        #expect(try matches(#"\w+"#, "a_1é़ -") == ["a_1é़"])
        #expect(try matches(#"[a\-z\]]+"#, "a-z]b") == ["a-z]"])
        #expect(try matches(#"\x{1F999}|\u00e9"#, "é🦙") == ["é", "🦙"])
    }

    /// The hand-written rules and the general engine are two ways of saying the same.
    @Test(arguments: [
        (PreTokenizer.gpt2, #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#),
        (
            .dbrx,
            #"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        ),
        (
            .tekken,
            #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"#
                + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"#
                + #"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        ),
    ])
    func rulesAgreeWithTheEngine(preTokenizer: PreTokenizer, source: String) throws {
        let rule = PatternRule(pattern: try TextPattern(source))
        var generator = SeededGenerator(seed: 43)
        let parts = [
            " ", "  ", "\n", "\r\n", "\t", "'s", "'RE", "ab", "Ab", "ABc", "é", "1", "234", "!?", "/", "漢字", "🦙",
            "e\u{301}", "\u{A0}",
        ]
        for _ in 0..<2_000 {
            let text = (0..<8).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            let bytes = Array(text.utf8)
            var ends: [Int] = []
            rule.appendEnds(in: bytes.span, range: bytes.indices, to: &ends)
            #expect(ends == preTokenizer.rules.ends(in: bytes.span, range: bytes.indices), "\(text.debugDescription)")
        }
    }

    @Test func digitsAreGroupedFromTheRight() {
        let bytes = Array("a1234567b12 123".utf8)
        #expect([DigitsInThrees()].ends(in: bytes.span, range: bytes.indices) == [1, 2, 5, 8, 9, 11, 12, 15])
    }
}

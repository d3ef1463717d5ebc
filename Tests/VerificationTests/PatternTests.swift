import TestSupport
import Testing
import TextFormats

@testable import Verification

private func match(_ pattern: String, _ text: String, whole: Bool = false) throws -> [String?]? {
    let scalars = Array(text.unicodeScalars)
    var matcher = PatternMatcher(try Pattern(pattern, isWhole: whole), in: scalars)
    guard case .match(let ranges) = matcher.firstMatch() else { return nil }
    return ranges.map { range in
        range.map { range in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }
    }
}

struct PatternTests {
    @Test(
        arguments: [
            ("abc", "xabcx", ["abc"]), ("a.c", "a\nc abc", ["abc"]), ("(?s)a.c", "a\nc", ["a\nc"]), ("^b", "ab", nil),
            ("(?m)^b", "a\nb", ["b"]), ("b$", "ab\n", ["b"]), ("b\\z", "ab\n", nil), ("a*", "baa", [""]),
            ("a+", "baa", ["aa"]), ("a+?", "baa", ["a"]), ("a{2}", "aaa", ["aa"]), ("a{2,}", "aaaa", ["aaaa"]),
            ("a{1,2}", "aaaa", ["aa"]), ("(a|ab)(c|bcd)", "abcd", ["abcd", "a", "bcd"]),
            ("(?:a|b)+", "abab", ["abab"]), ("(a)|(b)", "b", ["b", nil, "b"]), ("[a-c]+", "xabcd", ["abc"]),
            ("[^a-c]+", "abxyc", ["xy"]), ("[]a]+", "a]", ["a]"]), ("[a-]+", "-a", ["-a"]),
            ("[\\d,.]+", "is 1,234.5", ["1,234.5"]),
            ("\\d+", "a12", ["12"]), ("\\D+", "12ab3", ["ab"]), ("\\w+", "é_1 x", ["é_1"]),
            ("\\bcat\\b", "concat cat", ["cat"]),
            ("\\s", "a\u{00A0}b", ["\u{00A0}"]), ("(?i)straße", "STRAßE", ["STRAßE"]), ("(?i)É", "é", ["é"]),
            ("(?<n>\\d)x", "1x", ["1x", "1"]), ("answer is (\\S+)", "The answer is 42.", ["answer is 42.", "42."]),
            ("(a|b|)+c", "abc", ["abc", "b"]), ("\\$\\(", "$(", ["$("]),
            ("(x+x+)+y", "xxxxy", ["xxxxy", "xxxx"]), ("[\\s\\S]+", "a\nb", ["a\nb"]),
            ("[[:digit:]]+", "x [:digit] 12", ["12"]), ("[^[:space:]]+", " ab c", ["ab"]),
            ("[[:alpha:]_-]+", "1é_-2", ["é_-"]), ("[[:alnum:].]+", "-a1.b-", ["a1.b"]),
            ("[[:upper:]][[:lower:]]+", "aBcd", ["Bcd"]), ("(?i)[[:upper:]]+", "1aB", ["aB"]),
            ("[[:punct:]]+", "a!?$b", ["!?$"]), ("[x[:xdigit:]]+", "0xFfg", ["0xFf"]),
            ("[[:blank:]]+", "a\n\t b", ["\t "]),
            ("[[:word:]]+", "-é_1-", ["é_1"]), ("[[:]+", "a[:b", ["[:"]), ("[:a]+", "b:a", [":a"]),
            ("[:ab:]+", "c:b", [":b"]),
            ("[[:digit]+", "x[:tig]", ["[:tig"]),
        ] as [(String, String, [String?]?)])
    func matchesAreThoseOfABacktrackingMatcher(pattern: String, text: String, expected: [String?]?) throws {
        #expect(try match(pattern, text) == expected)
    }

    @Test func aWholeMatchSpansTheText() throws {
        #expect(try match("a|ab", "ab", whole: true) == ["ab"])
        #expect(try match("a+", "aab", whole: true) == nil)
    }

    @Test(arguments: [
        "", "(", ")", "a)", "(?=a)", "(?!a)", "(?<=a)", "(a)\\1", "[a", "[b-a]", "a**", "*a", "+", "a{3,2}", "a{2",
        "a{1001}", "\\",
        "\\p{L}", "[[:digits:]]", "[[:^digit:]]", "[:digit:]", "[*-[:digit:]]",
        "^*", "(?<1>a)", "(?x)a", "((((a{50}){50}){50}){50})", String(repeating: "a", count: 1001),
        String(repeating: "(", count: 60) + "a" + String(repeating: ")", count: 60),
    ])
    func badPatternsAreRefused(pattern: String) {
        #expect(throws: PatternProblem.self) { try Pattern(pattern) }
    }

    /// Spelled out, the repetitions are 10^12 groups without a step.
    @Test func repetitionsOfNothingAreNothing() throws {
        let empty = "(?:(?:(?:(?:){1000}){1000}){1000}){1000}"
        #expect(try match("a\(empty)b", "ab") == ["ab"])
        #expect(try match("a(?:\(empty)b){2}", "abb") == ["abb"])
        #expect(try match("(?:){3,}a", "a") == ["a"])
    }

    /// Patterns that take a backtracking matcher exponential time.
    @Test(arguments: ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*x", "(a*)*b", "a*a*a*a*a*a*b"])
    func hostileTextsTakeLinearTime(pattern: String) throws {
        #expect(try match(pattern, String(repeating: "a", count: 5000)) == nil)
    }

    /// Against the standard library's own engine, on small random patterns and texts. (The empty text is left out: there,
    /// by the Unicode rule, `\b` matches.)
    @Test func agreesWithTheStandardLibrary() throws {
        var random = SeededGenerator(seed: 20)
        let atoms = ["a", "b", ".", "[ab]", "[^a]", "(a)", "(a|b)", "(?:ab|a)", "(b?)", "\\w", "^", "$", "\\b"]
        let repetitions = ["", "", "", "*", "+", "?", "*?", "{1,2}"]
        var compared = 0
        for _ in 0..<1500 {
            let pattern = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let atom = atoms.randomElement(using: &random) ?? "a"
                let isAnchor = atom == "^" || atom == "$" || atom == "\\b"
                return atom + (isAnchor ? "" : repetitions.randomElement(using: &random) ?? "")
            }.joined()
            let text = String(
                (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    "abc".randomElement(using: &random) ?? "a"
                })
            let expected = try Regex(pattern).firstMatch(in: text).map { String(text[$0.range]) }
            let found = try match(pattern, text).flatMap { $0.first ?? nil }
            #expect(found == expected, "\(pattern) in \(text), seed \(random.seed)")
            compared += 1
        }
        #expect(compared == 1500)
    }

    @Test func theRegexScorerComparesItsGroup() throws {
        let scorer = try ScorerRegistry.make(name: "regex", parameters: ["pattern": "answer is (\\w+)", "group": "1"])
        let right = scorer.grade(Submission(completion: "The answer is B. No, the answer is C.", targets: ["B"]))
        #expect(right == Grade(outcome: .scored(1), answer: "B"))
        let none = scorer.grade(Submission(completion: "B", targets: ["B"]))
        #expect(none.outcome == .unscored(reason: "the pattern does not match"))
        let last = try ScorerRegistry.make(
            name: "regex", parameters: ["pattern": "answer is (\\w+)", "group": "1", "select": "last"])
        let second = last.grade(Submission(completion: "The answer is B. No, the answer is C.", targets: ["B"]))
        #expect(second == Grade(outcome: .scored(0), answer: "C"))
    }

    @Test func theRegexScorerWithoutAGroupOnlyLooks() throws {
        let scorer = try ScorerRegistry.make(name: "regex", parameters: ["pattern": "^yes", "ignore_case": "true"])
        #expect(scorer.grade(Submission(completion: "Yes, it is")).outcome == .scored(1))
        #expect(scorer.grade(Submission(completion: "no")).outcome == .scored(0))
        let whole = try ScorerRegistry.make(name: "regex", parameters: ["pattern": "\\d+", "match": "whole"])
        #expect(whole.grade(Submission(completion: "12")).outcome == .scored(1))
        #expect(whole.grade(Submission(completion: "12.")).outcome == .scored(0))
    }

    @Test func workIsLimited() throws {
        let text = Array(String(repeating: "a", count: 100).unicodeScalars)
        let pattern = try Pattern("(a?){20}b")
        var small = PatternMatcher(pattern, in: text, maximumWork: 1000)
        #expect(small.firstMatch() == .tooMuchWork)
        var large = PatternMatcher(pattern, in: text, maximumWork: 100_000)
        #expect(large.firstMatch() == .noMatch)
    }
}

import Testing

@testable import Verification

private func outcome(
    _ name: String, _ parameters: [String: String], _ reply: String, _ targets: [String]
) throws -> Outcome {
    let scorer = try ScorerRegistry.make(name: name, parameters: parameters)
    return scorer.grade(Submission(completion: reply, targets: targets)).outcome
}

struct TextScorerTests {
    @Test(
        arguments: [
            ("Paris", "Paris", nil, 1.0), (" Paris\n", "Paris", nil, 1), ("paris", "Paris", nil, 0),
            ("paris", "Paris", "case", 1), (" paris", "Paris", "case", 0), ("Paris.", "Paris", "punctuation", 1),
            ("Paris.", "Paris", nil, 0), ("new   york", "New\nYork", "case, whitespace", 1),
            ("The Seine", "seine", "case,articles", 1), ("Paris ", "Paris", "none", 0), ("-5", "5", "punctuation", 0),
            ("3.5", "35", "punctuation", 0), ("\"3.5\"", "3.5", "punctuation", 1), ("straße", "STRASSE", "case", 0),
            ("É", "é", "case", 1), ("l'eau", "leau", "punctuation", 1),
        ] as [(String, String, String?, Double)])
    func exactComparesWhatIsLeft(reply: String, target: String, ignore: String?, value: Double) throws {
        let parameters = ignore.map { ["ignore": $0] } ?? [:]
        #expect(try outcome("exact", parameters, reply, [target]) == .scored(value))
    }

    @Test(arguments: [
        ("The capital is Paris.", "Paris", "true", 1.0), ("The capital is paris.", "PARIS", "true", 1),
        ("It has 15 arches.", "5", "true", 0), ("It has 15 arches.", "5", "false", 1),
        ("It costs 5.50.", "5", "true", 0), ("It costs 5.", "5", "true", 1), ("It costs 1,500.", "500", "true", 0),
        ("Concatenate", "cat", "true", 0), ("Concatenate", "cat", "false", 1), ("a cat!", "cat", "true", 1),
        ("New  York", "new york", "true", 1), ("Lyon", "Paris", "true", 0), ("naïve", "na", "true", 0),
        ("The answer is -5.", "5", "true", 0), ("The answer is \u{2212}5.", "5", "true", 0),
        ("It is -5.", "-5", "true", 1), ("It is \u{2212}5.", "-5", "true", 1), ("(-5)", "5", "true", 0),
        ("10-5 apples", "5", "true", 1), ("10-5 apples", "-5", "true", 0), ("Pages 3-5", "3", "true", 1),
        ("Apollo-5", "5", "true", 1), ("x = - 5", "5", "true", 1), ("-5", "5", "false", 1),
        ("-Paris", "Paris", "true", 1),
        ("It is 1/5.", "5", "true", 0), ("It is 1/5.", "1", "true", 0), ("It is 1/5.", "1/5", "true", 1),
        ("km/5 h", "5", "true", 1), ("a 5/b", "5", "true", 1),
        ("日本語です", "日本", "true", 1), ("答えは5個です", "5", "true", 1), ("答えは15個です", "5", "true", 0),
        ("東京です", "東京", "true", 1), ("ペンギン", "ペン", "true", 0), ("ペンです", "ペン", "true", 1),
        ("คำตอบ", "คำ", "true", 1), ("กี่", "ก", "true", 0),
        ("I can\u{2019}t go", "can't", "true", 1), ("I can't go", "can\u{2019}t", "true", 1),
        ("the dogs\u{02BC} home", "dogs' home", "true", 1),
    ])
    func includesFindsWholeWords(reply: String, target: String, words: String, value: Double) throws {
        #expect(try outcome("includes", ["words": words], reply, [target]) == .scored(value))
    }

    @Test func textsAsTheyAreKeepTheirApostrophes() throws {
        #expect(try outcome("includes", ["ignore": "none"], "can\u{2019}t", ["can't"]) == .scored(0))
        #expect(try outcome("includes", ["ignore": "none"], "can\u{2019}t", ["can\u{2019}t"]) == .scored(1))
        #expect(try outcome("includes", ["ignore": "punctuation"], "It is \u{2212}5!", ["5"]) == .scored(0))
    }

    @Test func anyTargetCounts() throws {
        #expect(try outcome("exact", [:], "b", ["a", "b"]) == .scored(1))
        #expect(try outcome("includes", [:], "a b", ["c", "b"]) == .scored(1))
    }

    @Test func withoutTargetsNothingIsScored() throws {
        for name in ["exact", "includes", "choice", "numeric"] {
            #expect(try outcome(name, [:], "x", []) == .unscored(reason: "no target"))
        }
        #expect(try outcome("regex", ["pattern": "(x)", "group": "1"], "x", []) == .unscored(reason: "no target"))
    }
}

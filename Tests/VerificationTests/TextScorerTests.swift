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
    ])
    func includesFindsWholeWords(reply: String, target: String, words: String, value: Double) throws {
        #expect(try outcome("includes", ["words": words], reply, [target]) == .scored(value))
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

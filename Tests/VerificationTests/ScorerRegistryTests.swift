import TestSupport
import Testing

@testable import Verification

struct ScorerRegistryTests {
    /// The parameters that a scorer cannot do without.
    private let needed = [
        "regex": ["pattern": "(a|.)+\\d?"], "likelihood": ["threshold": "-1"],
        "majority-vote": ["of": "math"], "python-style": ["rule": "short"],
        "noisy": ["of": "exact", "sensitivity": "0.9", "specificity": "1"],
    ]

    @Test func everyNameMakesAScorer() throws {
        for name in ScorerRegistry.names {
            let scorer = try ScorerRegistry.make(name: name, parameters: needed[name] ?? [:])
            #expect(scorer.name == name)
            #expect(scorer.version >= 1)
        }
    }

    @Test func unknownNamesAndParametersAreRefused() {
        #expect(throws: VerificationError.unknownScorer(name: "refusals", known: ScorerRegistry.names)) {
            try ScorerRegistry.make(name: "refusals")
        }
        #expect(throws: VerificationError.unknownParameter(scorer: "refusal", parameter: "lst", allowed: ["list"])) {
            try ScorerRegistry.make(name: "refusal", parameters: ["lst": "broad"])
        }
        #expect(
            throws: VerificationError.missingParameter(
                scorer: "regex", parameter: "pattern", allowed: "a regular expression")
        ) {
            try ScorerRegistry.make(name: "regex")
        }
    }

    @Test(arguments: [
        ("refusal", "list", "heretic"), ("exact", "ignore", "cases"), ("includes", "words", "yes"),
        ("numeric", "tolerance", "-1"), ("numeric", "tolerance", "1x"), ("numeric", "tolerance", ""),
        ("numeric", "extract", "first"), ("regex", "pattern", "("), ("choice", "letters", "ABD"),
        ("choice", "letters", "A"), ("choice", "letters", ""), ("choice", "letters", "abc"),
        ("likelihood", "threshold", "0.1"), ("likelihood", "threshold", "nan"), ("noisy", "of", "noisy"),
        ("python-style", "rule", "long"), ("majority-vote", "of", "exact"), ("self-judgement", "threshold", "nan"),
        ("self-judgement", "threshold", "1001"), ("self-judgement", "least_mass", "1.5"),
    ])
    func valuesOutOfRangeAreRefused(scorer: String, parameter: String, value: String) throws {
        let error = #expect(throws: VerificationError.self) {
            try ScorerRegistry.make(name: scorer, parameters: [parameter: value])
        }
        guard case .invalidParameter(scorer, parameter, value, _)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
    }

    @Test func aGroupMustExist() {
        #expect(throws: VerificationError.self) {
            try ScorerRegistry.make(name: "regex", parameters: ["pattern": "(a)", "group": "2"])
        }
    }

    @Test func messagesSayWhatIsAllowed() {
        let unknown = VerificationError.unknownScorer(name: "x\u{1B}[2J", known: ["a", "b"])
        #expect("\(unknown)" == "there is no scorer \"x\u{FFFD}[2J\"; use one of a, b")
        let invalid = VerificationError.invalidParameter(
            scorer: "refusal", parameter: "list", found: "x", allowed: "one of a, b")
        #expect("\(invalid)" == "the scorer refusal has list: \"x\"; allowed is one of a, b")
    }

    /// No text makes a scorer trap, and the same text always gets the same grade.
    @Test func anyTextIsGraded() throws {
        var random = SeededGenerator(seed: 4)
        let pieces = [
            "\\boxed{", "}", "####", "answer is", "1", "23", ",456", ".", "-", "/", "%", "^{", "\\frac", "{", "e9",
            "e999",
            "×10^", "½", "<think>", "</think>", "I can't", "(B)", " ", "\n", "\u{2212}", "$", "é", "\u{0}",
            "9999999999999999",
        ]
        let scorers = try ScorerRegistry.names.map { name in
            try ScorerRegistry.make(name: name, parameters: needed[name] ?? [:])
        }
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            for scorer in scorers {
                let submission = Submission(completion: text, targets: ["7", text])
                #expect(scorer.grade(submission) == scorer.grade(submission))
            }
        }
    }

    @Test func longTextsOfMarksStayCheap() throws {
        for mark in ["####", "\\boxed{", "answer is ", "1/", "1,", "2^", "<think>", "("] {
            let text = String(repeating: mark, count: 20_000)
            for name in ScorerRegistry.names where name != "regex" {
                let scorer = try ScorerRegistry.make(name: name, parameters: needed[name] ?? [:])
                _ = scorer.grade(Submission(completion: text, targets: ["7"]))
            }
        }
    }
}

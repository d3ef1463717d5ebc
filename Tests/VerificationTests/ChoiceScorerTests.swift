import Testing

@testable import Verification

struct ChoiceScorerTests {
    @Test(arguments: [
        ("B", "B"), (" B\n", "B"), ("b", "B"), ("(B)", "B"), ("(b)", "B"), ("B.", "B"), ("B) Paris", "B"),
        ("b) Paris", "B"),
        ("B. Paris", "B"), ("B: Paris", "B"), ("**B**", "B"), ("**B.** Paris", "B"), ("B Paris", "B"), ("[B]", "B"),
        ("A", "A"), ("A. Paris", "A"), ("A) Paris", "A"), ("A Paris", "A"), ("Option B", "B"), ("Answer: C", "C"),
        ("The answer is B.", "B"), ("The answer is (B) Paris.", "B"), ("The correct answer is **B**.", "B"),
        ("The answer is: B", "B"), ("The correct option is C because of A.", "C"), ("The answer is option D.", "D"),
        ("The answer is \"B\".", "B"), ("I choose B, not A.", "B"), ("\\boxed{B}", "B"),
        ("$\\boxed{\\text{(C)}}$", "C"),
        ("\\boxed{\\textbf{D}}", "D"), ("First I thought the answer is A. But the answer is B.", "B"),
        ("It must be (C), since Paris is in France.", "C"), ("Paris, so B it is", "B"), ("I'd say C", "C"),
        ("<think>The answer is A.</think>The answer is B.", "B"), ("B. is not bound by it", "B"),
        ("B, C is wrong", "B"), ("The answer is B, and I am sure.", "B"),
        ("The answer is b.", "B"), ("Answer: b", "B"), ("Answer: b)", "B"), ("answer is d", "D"), ("Answer: a", "A"),
        ("The answer is a.", "A"), ("answer is **c**.", "C"), ("Answer: b\nBecause it rains.", "B"),
        ("The answer is option d.", "D"), ("The answer is b. Or a city, one might say.", "B"), ("b.Paris", "B"),
        ("The answer is C, that is, a city.", "C"), ("b\n\nIt is Paris.", "B"),
    ])
    func theLetterIsFound(reply: String, letter: String) throws {
        let scorer = try ScorerRegistry.make(name: "choice", parameters: ["letters": "ABCD"])
        let grade = scorer.grade(Submission(completion: reply, targets: [letter]))
        #expect(grade == Grade(outcome: .scored(1), answer: letter))
        #expect(scorer.grade(Submission(completion: reply, targets: ["E"])).outcome == .scored(0))
    }

    @Test(arguments: [
        "Paris", "A good question.", "Because it rains.", "(A) or (B)", "E", "(E)", "I am not sure.",
        "answer is unknown",
        "The answer is a city.", "The answer is b because it rains", "the answer is e.g. Paris",
        "the answer is i.e. Paris", "answer is d'Artagnan", "answer is not b.", "b and c", "`a` is a list",
        "B and C are both right", "a city in France", "D'Artagnan", "C-section",
    ])
    func noLetterIsUnscored(reply: String) throws {
        let scorer = try ScorerRegistry.make(name: "choice", parameters: ["letters": "ABCD"])
        let grade = scorer.grade(Submission(completion: reply, targets: ["A"]))
        #expect(grade.outcome == .unscored(reason: "no choice found"), "\(grade)")
    }

    @Test(arguments: [
        "The answer is A or B.", "Both A and B are correct.", "A or B", "A, or B", "**A** or **B**", "b) or c)", "B, C",
        "The answer is both A and B.", "\\boxed{A or B}", "Either (B) or C", "It is (A) or B", "Not B.", "It isn't B.",
        "The answer is not B.", "The answer isn't B", "I do not think it is (B).", "It cannot be B.",
        "B is wrong, so it is C", "(B) is incorrect.", "**B** is wrong.",
    ])
    func severalLettersAndThoseRuledOutAreUnscored(reply: String) throws {
        for parameters in [["letters": "ABCD"], [:]] {
            let scorer = try ScorerRegistry.make(name: "choice", parameters: parameters)
            let grade = scorer.grade(Submission(completion: reply, targets: ["B"]))
            #expect(grade.outcome == .unscored(reason: "no choice found"), "\(grade)")
        }
    }

    @Test func withoutLettersThoseOfTheOptionsCanBeChosen() throws {
        let scorer = try ScorerRegistry.make(name: "choice")
        func grade(_ reply: String, of count: Int?) -> Grade {
            scorer.grade(Submission(completion: reply, targets: ["K"], choiceCount: count))
        }
        #expect(grade("K", of: 12) == Grade(outcome: .scored(1), answer: "K"))
        #expect(grade("C", of: 12).outcome == .scored(0))
        #expect(grade("C", of: 2).outcome == .unscored(reason: "no choice found"))
        #expect(grade("K", of: nil).outcome == .unscored(reason: "no choice found"))
        #expect(grade("I think it is B, and I am sure", of: nil).answer == "B")
    }

    @Test func theLargestLogProbabilityIsChosen() {
        let candidates = [
            ChoiceRanking.Candidate(letter: "A", logProbabilities: [-1, -1, -1], byteCount: 30),
            ChoiceRanking.Candidate(letter: "B", logProbabilities: [-2], byteCount: 2),
            ChoiceRanking.Candidate(letter: "C", logProbabilities: [-1.5, -0.9, -0.1, -1], byteCount: 14),
        ]
        let chosen = ChoiceRanking.Normalization.allCases.map { normalization in
            ChoiceRanking.grade(candidates, targets: ["B"], normalization: normalization)
        }
        #expect(chosen.map(\.answer) == ["B", "C", "A"])
        #expect(chosen.map(\.outcome) == [.scored(1), .scored(0), .scored(0)])
    }

    @Test func ofEqualOptionsTheFirstIsChosen() {
        let candidates = ["A", "B"].map {
            ChoiceRanking.Candidate(letter: $0, logProbabilities: [-1], byteCount: 1)
        }
        #expect(ChoiceRanking.grade(candidates, targets: ["B"]) == Grade(outcome: .scored(0), answer: "A"))
    }

    @Test func optionsWithoutAFiniteValueAreUnscored() {
        for bad: [Float] in [[.nan], [-.infinity], []] {
            let candidates = [
                ChoiceRanking.Candidate(letter: "A", logProbabilities: [-1], byteCount: 1),
                ChoiceRanking.Candidate(letter: "B", logProbabilities: bad, byteCount: 1),
            ]
            for order in [candidates, candidates.reversed()] {
                let reason = "a choice has no finite log-probability"
                #expect(ChoiceRanking.grade(order, targets: ["A"]).outcome == .unscored(reason: reason))
            }
        }
        #expect(ChoiceRanking.grade([], targets: ["A"]).outcome == .unscored(reason: "no choices"))
        let bytes = [ChoiceRanking.Candidate(letter: "A", logProbabilities: [-1], byteCount: 0)]
        guard case .unscored = ChoiceRanking.grade(bytes, targets: ["A"], normalization: .byte).outcome else {
            return #expect(Bool(false), "0 bytes cannot be divided by")
        }
    }
}

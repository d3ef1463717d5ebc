import Testing

@testable import Verification

struct MajorityVoteScorerTests {
    private func grades(_ replies: [String], of reading: String, quorum: String? = nil) throws -> [Grade] {
        var parameters = ["of": reading]
        parameters["quorum"] = quorum
        let scorer = try #require(
            try ScorerRegistry.make(name: "majority-vote", parameters: parameters) as? any GroupScorer)
        return scorer.grades(replies.map { Submission(completion: $0) })
    }

    private func marks(_ replies: [String], of reading: String, quorum: String? = nil) throws -> String {
        try grades(replies, of: reading, quorum: quorum).map { grade in
            switch grade.outcome.verdict {
            case .pass: "+"
            case .fail: "-"
            case .unscored: "?"
            }
        }.joined()
    }

    @Test(arguments: [
        ("numeric", ["It is 7.", "#### 8", "The answer is 8.0", "none"], "-++?"),
        ("numeric", ["1/2", "0.5", "3", "3", "\\frac{2}{4}"], "++--+"),
        ("numeric", ["1,000", "1000", "7"], "++-"),
        ("math", ["$x^2+2x+1$", "$(x+1)^2$", "$x+1$", "???"], "++-?"),
        ("math", ["\\boxed{\\frac12}", "\\boxed{0.5}", "\\boxed{2}"], "++-"),
        ("choice", ["The answer is B.", "(B)", "C) Paris", "I do not know"], "++-?"),
        ("text", ["Yes, it is!", "yes it  is", "no", " ?! "], "++-?"),
    ])
    func answersThatMeanTheSameAreOne(reading: String, replies: [String], marks: String) throws {
        #expect(try self.marks(replies, of: reading) == marks)
    }

    @Test func theFirstOfEqualsWins() throws {
        #expect(try marks(["4", "5", "5", "4"], of: "numeric") == "+--+")
        #expect(try marks(["5", "4", "4", "5"], of: "numeric") == "+--+")
        #expect(try marks(["4", "5", "6"], of: "numeric") == "+--")
    }

    @Test func withoutAQuorumNothingIsGraded() throws {
        #expect(try marks(["4", "4", "5", "x"], of: "numeric", quorum: "2") == "++-?")
        let grades = try grades(["4", "4", "5", "x"], of: "numeric", quorum: "3")
        let open = Outcome.unscored(reason: "no answer has enough votes")
        #expect(grades.map(\.outcome) == [open, open, open, .unscored(reason: "no answer found")])
    }

    /// A percentage agrees with both 50 and 0.5, which do not agree with each other: it is counted with the first.
    @Test func whatAgreesWithSeveralIsCountedOnce() throws {
        #expect(try marks(["50", "0.5", "50%", "0.5", "0.5"], of: "numeric") == "-+-++")
        #expect(try marks(["50%", "50", "0.5"], of: "numeric") == "+++")
    }

    @Test func samplesWithoutAnAnswerDoNotVote() throws {
        let grades = try grades(["<think>7", "", "x", "x", "x", "7"], of: "numeric")
        #expect(grades[0].outcome == .unscored(reason: "reasoning without an end"))
        #expect(grades[1].outcome == .unscored(reason: "empty completion"))
        #expect(grades[2].outcome == .unscored(reason: "no answer found"))
        #expect(grades[5] == Grade(outcome: .scored(1), answer: "7"))
        #expect(try marks(["x", "y"], of: "numeric") == "??")
        #expect(try marks(["<think>5</think>4", "4", "5"], of: "numeric") == "++-")
    }

    @Test func theAnswerIsShownAndWholeTextsAreNot() throws {
        #expect(try grades(["so 0.50", "1/2"], of: "numeric").map(\.answer) == ["0.5", "0.5"])
        #expect(try grades(["Yes", "yes"], of: "text").map(\.answer) == [nil, nil])
    }

    @Test func itSaysWhatItNeeds() throws {
        let scorer = try ScorerRegistry.make(name: "majority-vote", parameters: ["of": "text", "quorum": "5"])
        #expect((scorer as? any GroupScorer)?.leastSamples == 5)
        let pair = try ScorerRegistry.make(name: "majority-vote", parameters: ["of": "text"])
        #expect((pair as? any GroupScorer)?.leastSamples == 2)
        #expect(
            throws: VerificationError.missingParameter(
                scorer: "majority-vote", parameter: "of", allowed: "one of numeric, math, choice, text")
        ) { try ScorerRegistry.make(name: "majority-vote") }
        for quorum in ["0", "-1", "2.5", "many"] {
            #expect(throws: VerificationError.self) {
                try ScorerRegistry.make(name: "majority-vote", parameters: ["of": "text", "quorum": quorum])
            }
        }
    }

    @Test(arguments: ["majority-vote", "self-judgement"])
    func noiseOverAVerdictThatNeedsMoreThanTheSampleIsRefused(name: String) throws {
        var parameters = ["sensitivity": "1", "specificity": "1"]
        parameters["of"] = name
        let error = #expect(throws: VerificationError.self) {
            try ScorerRegistry.make(name: "noisy", parameters: parameters)
        }
        guard case .invalidParameter("noisy", "of", name, _)? = error else {
            // The vote's own `of` cannot be given to it.
            guard name == "majority-vote", case .missingParameter(name, "of", _)? = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            return
        }
    }
}

import Testing

@testable import Verification

struct NumericCase: Sendable, CustomTestStringConvertible {
    var reply: String
    var target: String
    var value: Double?
    var answer: String?

    init(_ reply: String, _ target: String, _ value: Double?, _ answer: String? = nil) {
        (self.reply, self.target, self.value, self.answer) = (reply, target, value, answer)
    }

    var testDescription: String { "\(reply.debugDescription) for \(target.debugDescription)" }
}

private func numeric(_ parameters: [String: String] = [:]) throws -> any Scorer {
    try ScorerRegistry.make(name: "numeric", parameters: parameters)
}

struct NumericScorerTests {
    @Test(arguments: [
        NumericCase("The answer is 42.", "42", 1, "42"),
        NumericCase("42", "42", 1, "42"),
        NumericCase("It is 41.", "42", 0, "41"),
        NumericCase("She has 1,234 stamps.", "1234", 1, "1234"),
        NumericCase("She has 1 234 stamps.", "1234", 1, "1234"),
        NumericCase("1_234", "1234", 1, "1234"),
        NumericCase("1\u{202F}234\u{202F}567", "1234567", 1, "1234567"),
        NumericCase("1'000'000", "1000000", 1, "1000000"),
        NumericCase("$1{,}234$", "1234", 1, "1234"),
        NumericCase("1,234,567.5", "1234567.5", 1, "1234567.5"),
        NumericCase("Numbers: 3,4,5", "5", 1, "5"),
        NumericCase("-7", "-7", 1, "-7"),
        NumericCase("\u{2212}7", "-7", 1, "-7"),
        NumericCase("x = -0.5", "-1/2", 1, "-0.5"),
        NumericCase("10-5", "5", 1, "5"),
        NumericCase("Pages 3-5", "5", 1, "5"),
        NumericCase("10 \u{2013} 5", "5", 1, "5"),
        NumericCase("3/4", "0.75", 1, "0.75"),
        NumericCase("6/8", "3/4", 1, "0.75"),
        NumericCase("1/3", "\\frac{1}{3}", 1, "1/3"),
        NumericCase("$\\frac{3}{4}$", "0.75", 1, "0.75"),
        NumericCase("$-\\dfrac{3}{4}$", "-3/4", 1, "-0.75"),
        NumericCase("\\frac12", "0.5", 1, "0.5"),
        NumericCase("\\frac{-1}{2}", "-0.5", 1, "-0.5"),
        NumericCase("1 1/2 cups", "1.5", 1, "1.5"),
        NumericCase("-1 1/2", "-1.5", 1, "-1.5"),
        NumericCase("2\\frac{1}{4}", "2.25", 1, "2.25"),
        NumericCase("2½", "5/2", 1, "2.5"),
        NumericCase("¾ of it", "0.75", 1, "0.75"),
        NumericCase("1⁄2", "0.5", 1, "0.5"),
        NumericCase("50%", "50", 1, "50%"),
        NumericCase("50%", "0.5", 1, "50%"),
        NumericCase("0.5", "50%", 1, "0.5"),
        NumericCase("50 percent", "0.5", 1, "50%"),
        NumericCase("12.5\\%", "12.5", 1, "12.5%"),
        NumericCase("50%", "5000", 0, "50%"),
        NumericCase("He pays $5.", "5", 1, "5"),
        NumericCase("He pays $5.50.", "5.5", 1, "5.5"),
        NumericCase("-$5", "-5", 1, "-5"),
        NumericCase("$-5", "-5", 1, "-5"),
        NumericCase("€ 5", "5", 1, "5"),
        NumericCase("5 km", "5", 1, "5"),
        NumericCase("5km/h", "5", 1, "5"),
        NumericCase("25 cm^2.", "25", 1, "25"),
        NumericCase("25 cm²", "25 cm^2", 1, "25"),
        NumericCase("5 m/s^2", "5", 1, "5"),
        NumericCase("5 m s^{-2}", "5", 1, "5"),
        NumericCase("\\boxed{25 \\text{ cm}^2}", "25", 1, "25"),
        NumericCase("\\boxed{5 \\mathrm{m}^{3}}", "$5 \\text{ m}^3$", 1, "5"),
        NumericCase("3 m r^{\\frac{1}{2}}", "3", 1, "3"),
        NumericCase("3 \\pi r^{\\frac{1}{2}}", "3", nil),
        NumericCase("3 × 10^{-3} m^3", "0.003", 1, "0.003"),
        NumericCase("The cube is 2^3", "8", 1, "8"),
        NumericCase("x^2", "2", nil),
        NumericCase("1.5e3", "1500", 1, "1500"),
        NumericCase("2E-3", "0.002", 1, "0.002"),
        NumericCase("3 × 10^8 m/s", "300000000", 1, "300000000"),
        NumericCase("3 \\times 10^{8}", "3e8", 1, "300000000"),
        NumericCase("6.02x10²³", "6.02e23", 1, "602000000000000000000000"),
        NumericCase("2^10", "1024", 1, "1024"),
        NumericCase("10^{-2}", "0.01", 1, "0.01"),
        NumericCase("100!", "100", 1, "100"),
        NumericCase("(12)", "12", 1, "12"),
        NumericCase("**12**", "12", 1, "12"),
        NumericCase("`12`", "12", 1, "12"),
        NumericCase("=12", "12", 1, "12"),
        NumericCase(".5", "0.5", 1, "0.5"),
        NumericCase("007", "7", 1, "7"),
        NumericCase("12.50", "12.5", 1, "12.5"),
        NumericCase("１２", "12", 1, "12"),
        NumericCase("答案是42", "42", 1, "42"),
        NumericCase("0.1 + 0.2 = 0.3", "0.3", 1, "0.3"),
        NumericCase("0.30000000000000004", "0.3", 0, "0.30000000000000004"),
        NumericCase("12 apples, as H2O has no apples", "12", 1, "12"),
        NumericCase("In version 1.2.3 there were 4", "4", 1, "4"),
        NumericCase("It was 9, on 3/4/2025", "9", 1, "9"),
        NumericCase("The ratio is 4, not 5/0", "4", 1, "4"),
        NumericCase("I do not know.", "42", nil),
        NumericCase("Version 1.2.3", "42", nil),
        NumericCase("5/0", "5", nil),
        NumericCase("12", "twelve", nil),
    ])
    func aNumberIsReadAndCompared(_ test: NumericCase) throws {
        let grade = try numeric().grade(Submission(completion: test.reply, targets: [test.target]))
        if let value = test.value {
            #expect(grade == Grade(outcome: .scored(value), answer: test.answer))
        } else {
            guard case .unscored = grade.outcome else { return #expect(Bool(false), "\(grade) should be unscored") }
        }
    }

    @Test(arguments: [
        ("So 3 + 4 = 7.\n#### 7\nI am sure, 100%.", "7"),
        ("#### 1,000", "1000"),
        ("#### $ 12", "12"),
        ("#### -3", "-3"),
        ("#### Step 1\nAdd.\nThe answer is 9", "9"),
        ("\\boxed{12} and then 13", "12"),
        ("\\boxed{1} or \\boxed{\\frac{3}{4}} of 9", "0.75"),
        ("\\boxed{x = {5}}", "5"),
        ("\\boxed 6 of 7", "6"),
        ("\\fbox{6} of 7", "6"),
        ("\\boxed{8} and \\boxed{9", "8"),
        ("The answer is 12. It took 3 steps.", "12"),
        ("**Answer:** 12 (in 3 steps)", "12"),
        ("Answer:\n12\nChecked 2 times.", "12"),
        ("The answer is 3 + 4 = 7 because of 2 rules", "7"),
        ("The answer is 12 because 12 = 3 * 4.", "12"),
        ("The answer is 12, since x = 4.", "12"),
        ("The answer is 12 (x = 4).", "12"),
        ("The answer is x = 5 + 3 = 8", "8"),
        ("The answer is x = 2 * (3 + 4) = 14, as y = 1", "14"),
        ("The answer is 12 = 3 * 4.", "12"),
        ("The answer is 20% of 50 = 10", "10"),
        ("The answer is 5 km = 5000 m.", "5000"),
        ("The answer is 3 + 4 = 7 apples for 2 people", "7"),
        ("The answer is $\\frac{3}{4} + 1 = 1.75$", "1.75"),
        ("First 3, then 4, and 7", "7"),
    ])
    func theAnswersPlaceIsFound(reply: String, answer: String) throws {
        let grade = try numeric().grade(Submission(completion: reply, targets: ["0"]))
        #expect(grade.answer == answer)
    }

    @Test func eachWayOfLookingIsKeptToItself() throws {
        let reply = "#### 1\nThe answer is 2. \\boxed{3} and 4"
        let found = try AnswerExtraction.allCases.map { way in
            try numeric(["extract": way.rawValue]).grade(Submission(completion: reply, targets: ["4"])).answer
        }
        #expect(AnswerExtraction.allCases.map(\.rawValue) == ["auto", "boxed", "hashes", "phrase", "last"])
        #expect(found == ["3", "3", "1", "2", "4"])
    }

    @Test func aMissingMarkIsUnscored() throws {
        let submission = Submission(completion: "It is 4.", targets: ["4"])
        for way in ["boxed", "hashes", "phrase"] {
            let grade = try numeric(["extract": way]).grade(submission)
            #expect(grade.outcome == .unscored(reason: "no number found"))
        }
    }

    @Test func toleranceIncludesItsEnds() throws {
        let scorer = try numeric(["tolerance": "0.01"])
        let outcomes = ["3.14", "3.15", "3.16", "3.161", "3.139"].map { reply in
            scorer.grade(Submission(completion: reply, targets: ["3.15"])).outcome
        }
        #expect(outcomes == [.scored(1), .scored(1), .scored(1), .scored(0), .scored(0)])
    }

    @Test func relativeToleranceScalesWithTheTarget() throws {
        let scorer = try numeric(["relative_tolerance": "0.1"])
        let outcomes = ["-90", "-110", "-111"].map { reply in
            scorer.grade(Submission(completion: reply, targets: ["-100"])).outcome
        }
        #expect(outcomes == [.scored(1), .scored(1), .scored(0)])
    }

    @Test func numbersBeyond128BitsAreComparedAsDoubles() throws {
        let huge = String(repeating: "9", count: 60)
        #expect(try numeric().grade(Submission(completion: huge, targets: ["1e60"])).outcome == .scored(1))
        #expect(try numeric().grade(Submission(completion: huge, targets: ["2e60"])).outcome == .scored(0))
        let unrepresentable = try numeric().grade(Submission(completion: "1e999", targets: ["1"]))
        #expect(unrepresentable.outcome == .unscored(reason: "no number found"))
    }

    @Test func anyTargetMayBeMet() throws {
        let grade = try numeric().grade(Submission(completion: "7", targets: ["six", "7", "8"]))
        #expect(grade.outcome == .scored(1))
    }

    @Test func whatCannotBeGradedIsUnscored() throws {
        #expect(try numeric().grade(Submission(completion: "7")).outcome == .unscored(reason: "no target"))
        let wordy = try numeric().grade(Submission(completion: "7", targets: ["seven"]))
        #expect(wordy.outcome == .unscored(reason: "target is not a number"))
        let empty = try numeric().grade(Submission(completion: " \n", targets: ["7"]))
        #expect(empty.outcome == .unscored(reason: "empty completion"))
    }

    @Test func rationalsReduceAndCompare() throws {
        let half = try #require(Rational(-6, over: -12))
        #expect(half.numerator == 1 && half.denominator == 2)
        #expect(Rational(1, over: 0) == nil)
        #expect(Rational(.min, over: 1) == nil)
        #expect(Rational(.max).multiplied(by: Rational(.max)) == nil)
        #expect(Rational(.max).adding(Rational(1)) == nil)
        #expect(half.adding(half) == Rational(1))
        #expect(half.subtracting(Rational(1))?.description == "-0.5")
        #expect(Rational(7, over: 3)?.description == "7/3")
        #expect(Rational(1, over: 1000)?.description == "0.001")
    }
}

import Testing

@testable import Verification

private func grade(_ reply: String, _ target: String) throws -> Grade {
    try ScorerRegistry.make(name: "numeric").grade(Submission(completion: reply, targets: [target]))
}

private let notPlain = Outcome.unscored(reason: "the answer is not a plain number")

/// Replies of the kind that models write, each with the number that it should be read as.
struct NumericReplyTests {
    @Test(
        arguments: [
            (
                """
                Janet's ducks lay 16 eggs per day. She eats 3 and bakes 4, so 16 - 3 - 4 = 9 remain. At $2 each she \
                makes 9 * 2 = $18.\n#### 18
                """,
                "18"
            ),
            (
                """
                Natalia sold 48/2 = <<48/2=24>>24 clips in May.\nAltogether she sold 48+24 = <<48+24=72>>72 \
                clips.\n#### 72
                """,
                "72"
            ),
            (
                """
                **Step 1:** Find the eggs left: 16 - 3 - 4 = 9.\n\n**Step 2:** Multiply by the price: 9 × $2 = \
                $18.\n\nSo, Janet makes **$18** every day.
                """,
                "18"
            ),
            ("### Step 1\nThere are 3 boxes.\n### Step 2\nEach has 4, so 12.\n\n**Final Answer: 12**", "12"),
            ("1. Add 3 and 4 to get 7.\n2. Multiply by 2 to get 14.\n3. Therefore the total is fourteen.", "14"),
            ("1. First, we add 3 and 4 to get 7.\n2. Then we are done.", "7"),
            ("To find the answer:\n\n1. Add 3 and 4.\n2. Double the sum: 2 * 7 = 14.\n\nThe result is 14.", "14"),
            ("Answer: 1. Add 3 and 4 to get 7. 2. Double it to get 14.", "14"),
            ("Answer: Step 1: Add 3 and 4. Step 2: the sum is 7.", "7"),
            ("Answer: First, add 3 and 4 to get 7. Then multiply by 2 to get 14.", "14"),
            ("Answer: Adding 3 and 4 gives 7.", "7"),
            ("Answer: Janet makes $18 every day at the market.", "18"),
            ("Answer: She found 12 coins in 3 days.", "12"),
            ("The answer is found by adding 3 and 4, giving 7. I checked it with 2 methods.", "7"),
            ("The answer is obtained by dividing 12 by 4, which is 3.", "3"),
            ("The answer is given by 12.", "12"),
            ("The answer is given by 3 + 4 = 7, as 2 of them left.", "7"),
            ("The answer is the sum of 3 and 4, which equals 7.", "7"),
            ("The answer is that she has 12 apples because she had 3 times 4.", "12"),
            ("The answer is approximately 3.14 (rounded to 2 places).", "3.14"),
            ("The answer is therefore $\\boxed{42}$. This uses 2 lemmas.", "42"),
            ("The answer is \\(\\frac{7}{2}\\), since 2 divides it.", "3.5"),
            ("The answer is $9\\pi \\approx 28.27$.", "28.27"),
            ("The answer is $\\sqrt{16} = 4$.", "4"),
            ("The answer is √16, which is 4.", "4"),
            ("So the area is 25π ≈ 78.54 square units.", "78.54"),
            (
                """
                The speed is $\\frac{\\text{distance}}{\\text{time}} = \\frac{120}{2} = 60$ km/h, by $v = \
                \\frac{d}{t}$.
                """,
                "60"
            ),
            ("So the total cost is $1,234.50.", "1234.5"),
            ("The population grew to 1.5 million people by 2020.", "2020"),
            ("The company made a profit of $2.5 million.", "2500000"),
            ("#### $18", "18"),
            ("#### **18**", "18"),
            ("#### 18.", "18"),
            ("#### 18 dollars per day", "18"),
            ("#### 1,234\n\nQuestion: There are 5 more", "1234"),
            ("#### minus 3", "-3"),
            ("#### 1. Understand\nThere are 3.\n#### 2. Solve\n3 * 4 = 12\n#### 12", "12"),
            ("#### 1. Understand\nThere are 3.\n#### 2. Solve\n3 * 4 = 12", "12"),
            ("#### 1: Understand\nSo 12", "12"),
            ("#### 7. That is all.", "7"),
            ("#### 18. She sells them.\nThe end has 5 words", "18"),
            ("#### Step 1: add 3\n#### Step 2: get 12\nTherefore 12.", "12"),
            ("Let x be the number. Then 2x + 3 = 11, so 2x = 8 and x = 4.", "4"),
            ("3 + 4 = 7. Then 7 * 2 = 14. The answer is 14.", "14"),
            ("The answer is 14. Let me double check: 3 + 4 = 7 and 7 * 2 = 14. Step 3 holds.", "14"),
            ("The correct answer is: 14", "14"),
            ("Final answer: 14 apples.", "14"),
            ("**Final Answer**: The final answer is $\\boxed{14}$", "14"),
            ("The final answer is 14 minutes and 30 seconds", "14"),
            ("A: 14", "14"),
            ("It takes 1/2 hour", "0.5"),
            ("She spent 30% of 200 = 60", "60"),
            ("Therefore, in step 3 we get 60.", "60"),
            ("By step 4 the total is 60, as shown in step 2", "60"),
            ("12. Because 12 = 3 * 4", "4"),
            ("7. Because that is so.", "7"),
            ("Twenty thousand is 20 thousand", "20000"),
            ("a_{10} = 5", "5"),
            ("The answer is 2 * (3 + 4) = 14.", "14"),
            ("The answer is 16 / 4 = 4.", "4"),
            ("The answer is 4 hours, 30 minutes", "4"),
            ("The answer is: \n\n12 apples", "12"),
            ("answer is 5!", "5"),
            ("So the answer is \\(x = -2\\).", "-2"),
            ("1) Add 3 and 4.\n2) The total is 7.\n3) Check.", "7"),
            ("**1.** Add 3 and 4.\n**2.** The total is 7.\n**3.** Done.", "7"),
        ] as [(String, String)])
    func theNumberOfALongReplyIsFound(reply: String, target: String) throws {
        let grade = try grade(reply, target)
        #expect(grade.outcome == .scored(1), "\(grade)")
    }

    /// A minus with a space after it is a sign where a value begins, and otherwise an operator, a dash or a bullet.
    @Test(
        arguments: [
            ("x = 3 or x = - 3, and since x < 0, x = - 3", "-3"),
            ("The temperature fell from 5 to - 3 degrees.", "-3"),
            ("The temperature fell from 5 to minus 3 degrees.", "-3"),
            ("It is negative 3.", "-3"),
            ("It is 5 minus 3, or 2.", "2"),
            ("He has 10 - 3 = 7 left.", "7"),
            ("- 3 apples\n- 4 pears\n- 7 in all", "7"),
            ("The items are:\n- 3 apples\n- 4 pears", "4"),
            ("Answer:\n- 7 pieces", "7"),
            ("- 3", "-3"),
            ("**Answer:** - 3", "-3"),
            ("**- 3**", "-3"),
            ("* - 3 apples", "3"),
            ("There were 5 non-negative 3s", "3"),
            ("$x$ - 3 = 5 so $x$ = 8", "8"),
            ("$5 - 2$ gives $3$", "3"),
            ("\\[ x = - \\frac{1}{2} \\]", "-1/2"),
            ("The answer is a negative 5.", "-5"),
            ("So the answer is \\(x = - 2\\).", "-2"),
            ("the answer = - 2", "-2"),
            ("The value is \u{2212}2.", "-2"),
            ("x = \u{2013} 2", "-2"),
            ("f(x) = x - 2 gives f(4) = 2", "2"),
            ("Total = 5 + - 3 = 2", "2"),
            ("Balance: - $45.50", "-45.5"),
            ("The answer is - 3", "-3"),
            ("#### - 3", "-3"),
            ("$ - 3 $", "-3"),
            ("= - \\frac{1}{2}", "-1/2"),
            ("minus 3", "-3"),
            ("-$ 5", "-5"),
        ] as [(String, String)])
    func signsAreRead(reply: String, target: String) throws {
        let right = try grade(reply, target)
        #expect(right.outcome == .scored(1), "\(right)")
        let opposite = target.hasPrefix("-") ? String(target.dropFirst()) : "-\(target)"
        #expect(try grade(reply, opposite).outcome == .scored(0))
    }

    @Test(
        arguments: [
            ("\\boxed{- \\frac{1}{2}}", "-0.5"),
            ("\\boxed{\\frac{- 1}{2}}", "-0.5"),
            ("\\boxed{-\\frac{ 1 }{ 2 }}", "-0.5"),
            ("\\boxed{18\\text{ dollars}}", "18"),
            ("\\boxed{\\text{John has 12 apples}}", "12"),
            ("\\boxed{\\textbf{(C) }12}", "12"),
            ("\\boxed{\\text{(C)}\\ 12}", "12"),
            ("\\boxed{x = 12}", "12"),
            ("\\boxed{x = 5 + 3 = 8}", "8"),
            ("\\boxed{12 = 3 \\cdot 4}", "12"),
            ("\\boxed{f(3) = 7}", "7"),
            ("\\boxed{P(X = 2) = 0.3}", "0.3"),
            ("\\boxed{n = 12 \\text{ if } k = 3}", "12"),
            ("\\boxed{\\frac{1}{2} = 0.5}", "0.5"),
            ("\\boxed{\\frac12 \\text{ or } 0.5}", "0.5"),
            ("\\boxed{50\\%}", "0.5"),
            ("\\boxed{90^\\circ}", "90"),
            ("\\boxed{90^{\\circ}\\text{C}}", "90"),
            ("\\boxed{90°}", "90"),
            ("\\boxed{25\\,\\text{cm}^2}", "25"),
            ("\\boxed{9.8 \\, \\mathrm{m/s^2}}", "9.8"),
            ("\\boxed{5 m/s}", "5"),
            ("\\boxed{60 \\text{ km}/\\text{h}}", "60"),
            ("\\boxed{12 \\text{ N} \\cdot \\text{m}}", "12"),
            ("\\boxed{12\\text{ N·m}}", "12"),
            ("\\boxed{\\$ 1{,}234.50}", "1234.5"),
            ("\\boxed{\\$5/\\text{hour}}", "5"),
            ("\\boxed{5 apples}", "5"),
            ("\\boxed{5 km}", "5"),
            ("\\boxed{5km}", "5"),
            ("\\boxed{5m}", "5"),
            ("\\boxed{12th}", "12"),
            ("\\boxed{10 sec}", "10"),
            ("\\boxed{\\mathbf{12}}", "12"),
            ("\\boxed{12.}", "12"),
            ("\\boxed{ 12 }", "12"),
            ("\\boxed{(12)}", "12"),
            ("\\boxed{{12}}", "12"),
            ("\\boxed{**12**}", "12"),
            ("\\boxed{2^{10}}", "1024"),
            ("\\boxed{3 \\times 10^{8}}", "3e8"),
            ("\\boxed{3.0 \\times 10^{8} \\text{ m/s}}", "3e8"),
            ("\\boxed{1010_2}", "1010"),
            ("\\boxed{1.5 \\text{ million}}", "1500000"),
            ("\\boxed{1.5\\ \\text{million dollars}}", "1500000"),
            ("\\boxed{A = 12}", "12"),
            ("\\boxed{\\text{Answer: } 12}", "12"),
            ("\\boxed{\\approx 3.14}", "3.14"),
            ("\\boxed{x \\approx 3.14}", "3.14"),
            ("\\boxed{12 \\text{ (approximately)}}", "12"),
            ("\\boxed{a total of 12}", "12"),
            ("\\boxed{12 个}", "12"),
            ("\\boxed{12元}", "12"),
            ("\\boxed{0.333\\ldots}", "0.333"),
            ("\\boxed{+7}", "7"),
            ("\\boxed{007}", "7"),
            ("\\boxed{\\boxed{7}}", "7"),
            ("\\boxed{\\frac{3}{4}\\text{ cup}}", "0.75"),
            ("\\boxed{1\\frac{3}{4}}", "1.75"),
            ("\\boxed{32,\\! 349}", "32349"),
        ] as [(String, String)])
    func whatStandsBesideABoxedNumberIsPassedOver(reply: String, target: String) throws {
        let grade = try grade(reply, target)
        #expect(grade.outcome == .scored(1), "\(grade)")
    }

    /// The target is what a careless reading would find.
    @Test(
        arguments: [
            ("\\boxed{12 \\pmod{5}}", "12"),
            ("\\boxed{2, 3}", "3"),
            ("\\boxed{x = 2, y = 3}", "3"),
            ("\\boxed{x = 2 \\text{ or } x = -3}", "-3"),
            ("\\boxed{\\{1, 2\\}}", "2"),
            ("\\boxed{5x}", "5"),
            ("\\boxed{5 x}", "5"),
            ("\\boxed{5xy}", "5"),
            ("\\boxed{x + 5}", "5"),
            ("\\boxed{x > 5}", "5"),
            ("\\boxed{x \\ge 5}", "5"),
            ("\\boxed{2^n}", "2"),
            ("\\boxed{x^2 + 1}", "1"),
            ("\\boxed{\\log 5}", "5"),
            ("\\boxed{\\sin(30)}", "30"),
            ("\\boxed{5θ}", "5"),
            ("\\boxed{2\\pi r}", "2"),
            ("\\boxed{\\frac{\\pi}{4}}", "4"),
            ("\\boxed{π/4}", "4"),
            ("\\boxed{\\pm 3}", "3"),
            ("\\boxed{5!}", "5"),
            ("\\boxed{7:30}", "30"),
            ("\\boxed{3 - 5}", "5"),
            ("\\boxed{3 \\cdot 5}", "5"),
            ("\\boxed{\\binom{5}{2}}", "2"),
            ("\\boxed{[2, \\infty)}", "2"),
            ("The answer is $2 + \\sqrt{3}$.", "2"),
            ("The answer is $2\\sqrt{3}$, with 3 under the root.", "3"),
            ("The area is $25\\pi$ square units.", "25"),
            ("#### \\sqrt{2}", "2"),
            ("√2", "2"),
            ("\\boxed{\\sqrt{2}}", "2"),
            ("\\boxed{2\\pi}", "2"),
            ("\\boxed{2\\sqrt{3}}", "3"),
            ("\\boxed{\\frac{\\sqrt{3}}{2}}", "2"),
            ("\\boxed{\\frac{a}{2}}", "2"),
            ("\\boxed{3x+5}", "5"),
            ("\\boxed{(-\\infty, 5]}", "5"),
            ("\\boxed{5 \\pm 2}", "2"),
            ("\\boxed{3:4}", "4"),
            ("\\boxed{3+4}", "4"),
            ("\\boxed{|-5|}", "-5"),
        ] as [(String, String)])
    func aFormulaIsUnscored(reply: String, target: String) throws {
        let grade = try grade(reply, target)
        #expect(grade.outcome == notPlain, "\(grade)")
    }

    @Test(arguments: ["\\boxed{}", "\\boxed{\\text{no solution}}", "\\boxed{x^2}", "x_{10}"])
    func aBoxWithoutANumberHasNone(reply: String) throws {
        #expect(try grade(reply, "2").outcome == .unscored(reason: "no number found"))
    }

    @Test(
        arguments: [
            ("1500000", "1.5 million"), ("25", "$25 \\text{ cm}^2"), ("18", "3 + 15 = 18\n#### 18"), ("12", "x = 12"),
            ("70000", "70,000"), ("-3", "- 3"), ("7", "She has 3 apples and 4 pears so 7"), ("12", "A total of 12"),
            ("12", "\\$12"), ("0.5", "\\frac{1}{2}"), ("12", "The answer is 12."), ("12", "12\n"),
            ("20000000", "20 million"),
        ] as [(String, String)])
    func aTargetIsRead(reply: String, target: String) throws {
        #expect(try grade(reply, target).outcome == .scored(1))
    }

    @Test(arguments: [("5", "3x+5"), ("2", "\\sqrt{2}"), ("5", "5!"), ("5", "x > 5"), ("2", "$1 \\pm 2$")])
    func aTargetThatIsAFormulaIsNoNumber(reply: String, target: String) throws {
        #expect(try grade(reply, target).outcome == .unscored(reason: "target is not a number"))
    }

    @Test func millionsAreNotUnits() throws {
        #expect(try grade("20 million", "20").outcome == .scored(0))
        #expect(try grade("$1.5 million", "1500000") == Grade(outcome: .scored(1), answer: "1500000"))
        #expect(try grade("20 millionaires", "20").outcome == .scored(1))
    }

    @Test func listsAndStepsDoNotCountWhereSomethingElseDoes() throws {
        #expect(try grade("1. Add.\n2. Stop.", "2").answer == "2")
        #expect(try grade("It is 7.\n1. Add.\n2. Stop.", "7").answer == "7")
        #expect(try grade("It is 7, as step 3 says.", "7").answer == "7")
    }
}

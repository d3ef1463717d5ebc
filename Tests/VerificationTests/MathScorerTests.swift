import Foundation
import TestSupport
import Testing

@testable import Verification

struct MathScorerTests {
    struct Case: Decodable {
        var gold: String
        var pred: String
        var expected: Int
    }

    /// Cases of the package's tests on which `math` differs, each with its reason.
    private static let differing = [
        // Sums and products of matrices are not computed.
        #"$\begin{pmatrix}6 & 8 \\ 10 & 12\end{pmatrix}$"#, #"$\begin{pmatrix}1 & 0 \\ 0 & 1\end{pmatrix}$"#,
        // An absolute value is not resolved into two intervals, and pairs are not assembled from equations.
        #"$1\leq|z|\leq \frac{3}{2}$"#, "$p=5,q=2;p=7,q=2$",
        // 1 - 1/e is not 1 + 1/e: here the package is wrong.
        #"$1 - \frac{1}{\mathrm{e}}$"#,
    ]

    private func outcome(_ gold: String, _ reply: String) throws -> Outcome {
        try ScorerRegistry.make(name: "math").grade(Submission(completion: reply, targets: [gold])).outcome
    }

    @Test(arguments: [
        ("5", #"\boxed{\boxed{5}}"#, true), ("5", #"\boxed{\boxed{\boxed{5}} }, or \boxed{6}"#, false),
        ("12", "The answer is 12.\r\nI checked it with 7 examples", true),
    ])
    func boxesInBoxesAndOtherLineEndsAreRead(gold: String, reply: String, isRight: Bool) throws {
        #expect(try outcome(gold, reply).verdict.passed == isRight)
    }

    @Test func verdictsAgreeWithThePackage() throws {
        let data = try Data(contentsOf: Places.fixture("verification/math-cases.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count == 206)
        for test in cases {
            let passed = try outcome(test.gold, test.pred).verdict.passed ?? false
            let differs = passed != (test.expected == 1)
            if differs { #expect(Self.differing.contains(test.gold) && !passed, "\(test.gold) and \(test.pred)") }
        }
    }

    @Test(arguments: [
        ("1/2", "0.5"), ("$\\frac{3}{4}$", "75%"), ("$\\sqrt{12}$", "$2\\sqrt{3}$"), ("$(1,2]$", "(1, 2]"),
        ("$\\{1,2,3\\}$", "$3, 2, 1$"), ("$x^2-1$", "$(x-1)(x+1)$"), ("$\\sin^2 x + \\cos^2 x$", "1 * 1"),
        ("$x < 3$", "$3 > x$"), ("$2x+y=4$", "$y = 4 - 2x$"), ("$5$ cm", "$5 \\text{ cm}$"),
        ("$10^{10}$", "10,000,000,000"),
        ("$\\frac{1+i}{2}$", "$0.5 + 0.5i$"), ("$x \\ge 2$", "$[2, \\infty)$"), ("$\\log_2 8$", "3"), ("$5!$", "120"),
        ("$\\binom{5}{2}$", "10"), ("Paris", "\\boxed{\\text{paris}}"), ("$2\\frac{1}{2}$", "2.5"),
        ("$1.6 \\times 10^{-19}$", "$1.60 \\times 10^{-19}$"), ("1/3", "0.333333"), ("$0$", "$0.1 + 0.2 - 0.3$"),
        ("$0.0$", "$\\sin \\pi$"),
    ])
    func whatMeansTheSamePasses(gold: String, reply: String) throws {
        #expect(try outcome(gold, reply) == .scored(1))
    }

    @Test(arguments: [
        ("1/2", "0.51"), ("$\\sqrt{2}$", "1.41"), ("$(1,2]$", "$[1,2]$"), ("$(1,2)$", "$(2,1)$"),
        ("$\\{1,2\\}$", "$\\{1,2,3\\}$"),
        ("$x^2$", "$x^3$"), ("$x < 3$", "$x > 3$"), ("$x+y$", "$x-y$"), ("$0.28$", "28"), ("$\\sqrt{x^2}+1$", "$x+2$"),
        ("$\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}$", "$\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}$"),
        ("Paris", "\\boxed{\\text{Rome}}"),
        ("$10^{-7}$", "$2 \\cdot 10^{-7}$"), ("$12$", "The answer is 12 or 13, so $13$"), ("$n$", "$m$"),
        ("$1.6 \\times 10^{-19}$", "0.0"), ("0.0000012", "0.0000019"), ("0", "0.0000001"), ("0.0000001", "0"),
    ])
    func whatMeansSomethingElseFails(gold: String, reply: String) throws {
        #expect(try outcome(gold, reply) == .scored(0))
    }

    @Test func aDigitInAKeycapIsNoNumber() throws {
        for reply in ["5\u{FE0F}\u{20E3}", "$5\u{FE0F}\u{20E3}$", "\\boxed{5\u{FE0F}\u{20E3}}"] {
            #expect(try outcome("0", reply) == .unscored(reason: "no answer found"))
        }
    }

    @Test func hostileRepliesEnd() throws {
        for reply in [
            String(repeating: "(", count: 5000), "$" + String(repeating: "\\frac{", count: 900) + "$",
            "\\boxed{" + String(repeating: "{", count: 3000),
            "$" + String(repeating: "9", count: 1900) + "^" + String(repeating: "9^", count: 30) + "9$", "$1/0$",
            "\\boxed{}",
        ] {
            #expect(try outcome("1", reply) != .scored(1))
        }
    }
}

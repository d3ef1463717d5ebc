import Evaluation
import Testing

@testable import Commands

struct SteeringPairsTests {
    private func side(_ prompts: (id: String, pair: String?)...) -> SteeringPairs.Side {
        .init(path: "a/side.jsonl", prompts: prompts.map { Prompt(id: $0.id, prompt: "x", pair: $0.pair) })
    }

    @Test func partnersAreFoundByTheirNamesAndNotByTheirLines() throws {
        let pairs = try SteeringPairs(side(("a", "n-a"), ("b", nil)), side(("n-b", "b"), ("n-a", nil)))
        #expect(pairs.positives.map(\.id) == ["a", "b"])
        #expect(pairs.negatives.map(\.id) == ["n-a", "n-b"])
        #expect(pairs.areNamed)
    }

    @Test func withoutAnyPairTheLinesCount() throws {
        let pairs = try SteeringPairs(side(("a", nil), ("b", nil)), side(("y", nil), ("x", nil)))
        #expect(pairs.negatives.map(\.id) == ["y", "x"])
        #expect(!pairs.areNamed)
        // Pairs with prompts that are on neither side link nothing here.
        let others = try SteeringPairs(side(("a", "twin-a"), ("b", "twin-b")), side(("y", nil), ("x", nil)))
        #expect(others.negatives.map(\.id) == ["y", "x"])
        #expect(!others.areNamed)
    }

    @Test func aPromptWithoutAPartnerIsNamed() throws {
        func refusal(_ positive: SteeringPairs.Side, _ negative: SteeringPairs.Side) throws -> String {
            try #require(throws: CommandFailure.self) { try SteeringPairs(positive, negative) }.description
        }
        let absent = try refusal(side(("a", "n-z"), ("b", "n-b")), side(("n-a", nil), ("n-b", nil)))
        #expect(absent.contains("prompt \"a\" of side has no partner of its own in side: its pair is \"n-z\""))
        let taken = try refusal(side(("a", "n"), ("b", "n")), side(("n", "a"), ("m", nil)))
        #expect(taken.contains("prompt \"b\""))
        let left = try refusal(side(("a", "n-a")), side(("n-a", "a"), ("n-b", nil)))
        #expect(left.contains("prompt \"n-b\" of side") && left.contains("it has no \"pair\""))
    }
}

import Evaluation
import LatentGuard
import Testing

@testable import Commands

struct GuardPromptSetsTests {
    private func set(_ name: String, _ prompts: [Prompt]) -> PromptSet {
        PromptSet(name: name, digest: name, format: "assay", prompts: prompts)
    }

    private func wrapped(_ id: String, round instruction: String) -> Prompt {
        Prompt(id: id, prompt: "Please: x", label: "harmless", metadata: ["instruction": instruction])
    }

    /// The group of a pair has the shorter id, and what is wrapped round either of them is in it, whatever set it is of.
    @Test func aWrappedPromptIsInTheGroupOfItsBase() throws {
        let wrappers = set(
            "wrapped",
            [wrapped("w1", round: "harmless-1"), wrapped("w2", round: "bad-1"), wrapped("w3", round: "other")])
        let harmless = set("harmless", [Prompt(id: "harmless-1", prompt: "x", label: "harmless", pair: "bad-1")])
        let harmful = set("harmful", [Prompt(id: "bad-1", prompt: "y", label: "harmful", pair: "harmless-1")])
        let groups = try GuardPromptSets([wrappers, harmless, harmful]).prompts.map(\.group)
        #expect(groups == ["bad-1", "bad-1", "other", "bad-1", "bad-1"])
        #expect(try GuardPromptSets([wrappers, harmful]).prompts[0].group == "bad-1")
    }

    @Test func theLastMessageOfTheUserIsJudgedAndThatIsSaid() throws {
        let turns = [("user", "one"), ("assistant", "two"), ("user", "three")].map {
            PromptMessage(role: $0, content: $1)
        }
        let long = Prompt(id: "a", messages: turns, label: "harmful")
        let short = Prompt(id: "b", prompt: "four", system: "Be brief.", label: "harmless")
        let mixed = set("mixed", [long, short])
        #expect(try GuardPromptSets([mixed]).prompts.map(\.text) == ["three", "four"])
        #expect(
            GuardedMessage.note(about: mixed)
                == "1 of 2 prompts of mixed have more than one message of the user; the last one alone is judged")
        #expect(GuardedMessage.note(about: set("plain", [short])) == nil)
    }
}

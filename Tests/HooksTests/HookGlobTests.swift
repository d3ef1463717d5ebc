import Testing
import Transformers

@testable import Hooks

@Test(arguments: [
    ("blocks.*.hook_resid_post", "blocks.12.hook_resid_post", true),
    ("blocks.*.hook_resid_post", "blocks.12.hook_resid_pre", false),
    ("blocks.?.attn.*", "blocks.3.attn.hook_q", true), ("blocks.?.attn.*", "blocks.13.attn.hook_q", false),
    ("hook_embed", "hook_embed", true), ("*", "ln_final.hook_scale", true), ("", "hook_embed", false),
    ("*resid*,hook_embed", "hook_embed", true), ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
    ("blocks.[01].hook_q", "blocks.1.hook_q", true), ("blocks.[01].hook_q", "blocks.2.hook_q", false),
    ("blocks.[3-5].hook_q", "blocks.4.hook_q", true), ("blocks.[3-5].hook_q", "blocks.-.hook_q", false),
    ("blocks.[!01].hook_q", "blocks.2.hook_q", true), ("blocks.[!01].hook_q", "blocks.0.hook_q", false),
    ("blocks.[1.hook_q", "blocks.[1.hook_q", true), ("a[]b", "a[]b", true), ("a[!]b", "a[!]b", true),
    ("a[", "a[", true),
    // Numerals of other scripts, some of which stand for more than a digit, make no range.
    ("a[一-百]", "a百", true), ("a[一-百]", "a2", false), ("a[٣-٥]", "a-", true),
])
func globsMatchNames(_ pattern: String, _ name: String, _ matches: Bool) {
    #expect(HookGlob(pattern).matches(name) == matches)
}

private let configuration = TransformerConfiguration(
    architecture: "llama", modelDimension: 8, layerCount: 12, headCount: 2, keyValueHeadCount: 1, headDimension: 4,
    feedForwardDimension: 16, vocabularySize: 10, contextLength: 32, rotaryBase: 10_000, rotaryDimension: 4,
    normEpsilon: 1e-5)

@Test func globsNameThePointsOfAModel() {
    let points = HookGlob("blocks.1*.hook_resid_p*").points(of: configuration)
    #expect(
        points.map(\.description) == [
            "blocks.1.hook_resid_pre", "blocks.1.hook_resid_post", "blocks.10.hook_resid_pre",
            "blocks.10.hook_resid_post", "blocks.11.hook_resid_pre", "blocks.11.hook_resid_post",
        ])
}

/// A misspelled name beside a good one is no smaller fault than one alone.
@Test func alternativesThatNameNothingAreKnown() {
    #expect(
        HookGlob("hook_embed, hook_nonsense,resid_post12,blocks.*.hook_q_input").unmatched(in: configuration)
            == ["hook_nonsense", "blocks.12.hook_resid_post"])
    #expect(HookGlob("hook_embed,pattern3,blocks.[01].hook_out").unmatched(in: configuration).isEmpty)
}

@Test func whatIsMeantEndsAsItsName() {
    let pattern = HookPoint(.pattern, layer: 3)
    #expect(HookGlob("blocks.*.attn.hook_pattern").means(pattern, in: configuration))
    #expect(HookGlob("pattern3").means(pattern, in: configuration))
    #expect(HookGlob("blocks.*").points(of: configuration).contains(pattern))
    #expect(!HookGlob("blocks.*").means(pattern, in: configuration))
}

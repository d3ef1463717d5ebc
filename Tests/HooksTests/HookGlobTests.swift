import Testing
import Transformers

@testable import Hooks

@Test(arguments: [
    ("blocks.*.hook_resid_post", "blocks.12.hook_resid_post", true),
    ("blocks.*.hook_resid_post", "blocks.12.hook_resid_pre", false),
    ("blocks.?.attn.*", "blocks.3.attn.hook_q", true), ("blocks.?.attn.*", "blocks.13.attn.hook_q", false),
    ("hook_embed", "hook_embed", true), ("*", "ln_final.hook_scale", true), ("", "hook_embed", false),
    ("*resid*,hook_embed", "hook_embed", true), ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
])
func globsMatchNames(_ pattern: String, _ name: String, _ matches: Bool) {
    #expect(HookGlob(pattern).matches(name) == matches)
}

@Test func globsNameThePointsOfAModel() {
    let configuration = TransformerConfiguration(
        architecture: "llama", modelDimension: 8, layerCount: 12, headCount: 2, keyValueHeadCount: 1, headDimension: 4,
        feedForwardDimension: 16, vocabularySize: 10, contextLength: 32, rotaryBase: 10_000, rotaryDimension: 4,
        normEpsilon: 1e-5)
    let points = HookGlob("blocks.1*.hook_resid_p*").points(of: configuration)
    #expect(
        points.map(\.description) == [
            "blocks.1.hook_resid_pre", "blocks.1.hook_resid_post", "blocks.10.hook_resid_pre",
            "blocks.10.hook_resid_post", "blocks.11.hook_resid_pre", "blocks.11.hook_resid_post",
        ])
}

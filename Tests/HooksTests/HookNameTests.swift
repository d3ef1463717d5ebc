import Testing
import Transformers

@testable import Hooks

private let configuration = TransformerConfiguration(
    architecture: "llama", modelDimension: 8, layerCount: 28, headCount: 2, keyValueHeadCount: 1, headDimension: 4,
    feedForwardDimension: 16, vocabularySize: 10, contextLength: 32, rotaryBase: 10_000, rotaryDimension: 4,
    normEpsilon: 1e-5)

/// What `transformer_lens.utils.get_act_name` returns; names with an underscore may carry a layer as well.
@Test(arguments: [
    ("k6", "blocks.6.attn.hook_k"), ("pre5", "blocks.5.mlp.hook_pre"), ("embed", "hook_embed"),
    ("scale4ln1", "blocks.4.ln1.hook_scale"), ("normalized27ln2", "blocks.27.ln2.hook_normalized"),
    ("scale", "ln_final.hook_scale"), ("normalized", "ln_final.hook_normalized"),
    ("attn3", "blocks.3.attn.hook_pattern"),
    ("attn_logits12", "blocks.12.attn.hook_attn_scores"), ("query0", "blocks.0.attn.hook_q"),
    ("mlp_post1", "blocks.1.mlp.hook_post"), ("resid_post2", "blocks.2.hook_resid_post"),
    ("z10", "blocks.10.attn.hook_z"), ("blocks.3.hook_resid_pre", "blocks.3.hook_resid_pre"),
    ("hook_pos_embed", "hook_pos_embed"), ("attn_out7", "blocks.7.hook_attn_out"),
])
func shorthandsAreTransformerLens(_ shorthand: String, _ full: String) {
    #expect(HookName.full(shorthand) == full)
}

@Test func shorthandsTakeALayerAndAType() {
    #expect(HookName.full("k", layer: 6, layerType: "a") == "blocks.6.attn.hook_k")
    #expect(HookName.full("normalized", layer: 27, layerType: "ln2") == "blocks.27.ln2.hook_normalized")
    #expect(HookName.full("resid_mid", layer: 3, layerType: "blocks") == "blocks.3.hook_resid_mid")
    #expect(HookName.full("scale", layer: nil) == "ln_final.hook_scale")
}

@Test(arguments: [
    ("blocks.3.hook_in", "blocks.3.hook_resid_pre"), ("blocks.3.hook_out", "blocks.3.hook_resid_post"),
    ("blocks.3.ln2.hook_in", "blocks.3.hook_resid_mid"), ("blocks.3.attn.hook_out", "blocks.3.hook_attn_out"),
    ("blocks.3.mlp.hook_out", "blocks.3.hook_mlp_out"), ("blocks.3.attn.q.hook_out", "blocks.3.attn.hook_q"),
    ("blocks.3.attn.o.hook_in", "blocks.3.attn.hook_z"), ("embed.hook_out", "hook_embed"),
    ("ln_final.hook_in", "blocks.27.hook_resid_post"), ("unembed.hook_in", "ln_final.hook_out"),
    ("k6", "blocks.6.attn.hook_k"),
])
func canonicalNamesAreAliases(_ name: String, _ old: String) throws {
    #expect(HookPoint(named: name, in: configuration)?.description == old)
    #expect(HookGlob(name).points(of: configuration).map(\.description) == [old])
}

@Test func sandwichNormsMoveTheNamesOfResults() {
    var gemma = configuration
    gemma.normPlacement = .around
    #expect(HookPoint(named: "blocks.0.ln1_post.hook_out", in: gemma) == HookPoint(.attentionOut, layer: 0))
    #expect(HookPoint(named: "blocks.0.attn.hook_out", in: gemma) == HookPoint(.attentionResult, layer: 0))
    #expect(HookPoint(named: "blocks.0.ln1_post.hook_scale", in: configuration) == nil)
}

@Test func inputsHaveTheNamesOfWhatReadsThem() {
    #expect(HookPoint(named: "embed.hook_in", in: configuration) == HookPoint(.tokens))
    var neox = configuration
    neox.isParallel = true
    #expect(HookPoint(named: "blocks.1.ln2.hook_in", in: neox) == HookPoint(.residPre, layer: 1))
    var olmo = configuration
    olmo.normPlacement = .after
    #expect(HookPoint(named: "blocks.1.attn.k.hook_in", in: olmo) == HookPoint(.residPre, layer: 1))
}

@Test func noNameMeansTwoPoints() {
    for placement in [NormPlacement.before, .after, .around] {
        for (isGated, isParallel) in [(true, false), (false, false), (false, true)] {
            var model = configuration
            (model.normPlacement, model.isGated, model.isParallel) = (placement, isGated, isParallel)
            let names = HookPoint.all(of: model).flatMap { $0.names(in: model) }
            #expect(Set(names).count == names.count, "\(placement), gated: \(isGated)")
        }
    }
}

@Test func costlyPointsAreFoundByName() {
    #expect(!HookGlob("blocks.*").points(of: configuration).contains { $0.site.isOnDemand })
    #expect(HookGlob("blocks.*.attn.hook_result").points(of: configuration).count == 28)
    #expect(!HookGlob("*").points(of: configuration).contains(HookPoint(.tokens)))
    #expect(HookGlob("hook_tokens").points(of: configuration) == [HookPoint(.tokens)])
    #expect(HookGlob("*hook_q_input").points(of: configuration).count == 28)
    #expect(HookGlob("result3").points(of: configuration).map(\.description) == ["blocks.3.attn.hook_result"])
}

@Test func starsStopAtDotsBeforeTheEndsOfParts() {
    #expect(
        HookGlob("blocks.*.hook_out").points(of: configuration).map(\.site)
            == [HookPoint.Site](repeating: .residPost, count: 28))
    #expect(HookGlob("blocks.?.hook_in").points(of: configuration).count == 10)
    #expect(
        HookGlob("blocks.3.attn.*.hook_out").points(of: configuration).map(\.description) == [
            "blocks.3.attn.hook_q", "blocks.3.attn.hook_k", "blocks.3.attn.hook_v", "blocks.3.hook_attn_out",
        ])
    #expect(HookGlob("*hook_out").points(of: configuration).isEmpty)
}

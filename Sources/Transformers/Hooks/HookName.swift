/// The shorthands of TransformerLens' `get_act_name`.
public enum HookName {
    private static let layerTypes = [
        "a": "attn", "attention": "attn", "attn": "attn", "m": "mlp", "mlp": "mlp", "b": "", "block": "", "blocks": "",
    ]
    private static let activations = [
        "attn": "pattern", "attn_logits": "attn_scores", "key": "k", "query": "q", "value": "v", "mlp_pre": "pre",
        "mlp_mid": "mid", "mlp_post": "post",
    ]
    private static let ofAttention: Set = [
        "k", "v", "q", "z", "rot_k", "rot_q", "result", "pattern", "attn_scores",
    ]
    private static let ofMLP: Set = ["pre", "post", "mid", "pre_linear"]
    private static let ofNorm: Set = ["scale", "normalized"]

    /// The full name behind `k6`, `pre5`, `scale4ln1`, `embed`; a full name as it is.
    public static func full(_ shorthand: String) -> String {
        guard !shorthand.contains("."), !shorthand.hasPrefix("hook_") else { return shorthand }
        let name = shorthand.prefix { !$0.isASCIIDigit }
        let digits = shorthand.dropFirst(name.count).prefix { $0.isASCIIDigit }
        guard !name.isEmpty, !digits.isEmpty, let layer = Int(digits) else { return full(shorthand, layer: nil) }
        let type = shorthand.dropFirst(name.count + digits.count)
        return full(String(name), layer: layer, layerType: type.isEmpty ? nil : String(type))
    }

    /// The full name of an activation of a layer: `("normalized", 27, "ln2")` is `blocks.27.ln2.hook_normalized`.
    public static func full(_ name: String, layer: Int?, layerType: String? = nil) -> String {
        let name = activations[name] ?? name
        var type = layerType.map { layerTypes[$0] ?? $0 } ?? ""
        if ofAttention.contains(name) { type = "attn" }
        if ofMLP.contains(name) { type = "mlp" }
        let part = (type.isEmpty ? "" : "\(type).") + "hook_\(name)"
        if let layer { return "blocks.\(layer).\(part)" }
        return ofNorm.contains(name) ? "ln_final.\(part)" : part
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

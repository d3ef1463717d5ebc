internal import Transformers

/// A linear map of a block that can be adapted, by the end of the name that its family's models have at Hugging Face.
public enum Projection: String, Codable, Hashable, Sendable, CaseIterable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "o_proj"
    case gate = "gate_proj"
    case up = "up_proj"
    case down = "down_proj"
    /// Phi-3: queries, keys and values in one matrix; gate and linear part in another.
    case queryKeyValue = "qkv_proj"
    case gateUp = "gate_up_proj"
    /// GPT-2.
    case gpt2QueryKeyValue = "c_attn"
    case gpt2Output = "attn.c_proj"
    case gpt2Up = "c_fc"
    case gpt2Down = "mlp.c_proj"
    /// GPT-NeoX.
    case neoxQueryKeyValue = "query_key_value"
    case neoxOutput = "attention.dense"
    case neoxUp = "dense_h_to_4h"
    case neoxDown = "dense_4h_to_h"

    /// Those of families with Llama's names. In a family that stacks some of them they can be adapted too, as a part of the
    /// stacked matrix, and then be merged, but not be written as an adapter.
    public static let llama: [Projection] = [.query, .key, .value, .output, .gate, .up, .down]

    /// Those that a module's name means, as PEFT compares them, by their ends: `c_proj` is one of attention and one of
    /// feed-forward, `self_attn.q_proj` is `q_proj`.
    static func named(_ name: String) -> [Projection] {
        allCases.filter {
            $0.rawValue == name || $0.rawValue.hasSuffix(".\(name)") || name.hasSuffix(".\($0.rawValue)")
        }
    }

    /// Those that are matrices of their own in a family's files.
    ///
    /// - Throws: `TransformerError.unknownArchitecture`.
    static func own(in configuration: TransformerConfiguration) throws -> [Projection] {
        guard let block = try LoRAAdapter.targets(in: configuration, .huggingFace).first else { return [] }
        return allCases.filter { $0.place(among: block) != nil }
    }

    /// Name in GGUF files of a matrix that families without Llama's names have, too.
    fileprivate var commonName: String? {
        switch self {
        case .output: "attn_output"
        case .up: "ffn_up"
        case .down: "ffn_down"
        default: nil
        }
    }

    /// Which matrix of a block is this projection, by Hugging Face's names; nil where it is none of its own.
    fileprivate func place(among targets: [AdapterTarget]) -> Int? {
        targets.firstIndex { $0.name.hasSuffix(".\(rawValue)") }
    }
}

/// Where files of a family hold what adapters change.
struct AdapterTargets {
    private let huggingFace: [[AdapterTarget]]
    private let gguf: [[AdapterTarget]]

    /// - Throws: `TransformerError.unknownArchitecture`.
    init(_ configuration: TransformerConfiguration) throws {
        huggingFace = try LoRAAdapter.targets(in: configuration, .huggingFace)
        gguf = try LoRAAdapter.targets(in: configuration, .gguf)
    }

    /// The matrix of a projection; nil where the family's files have none for it alone.
    func target(of projection: Projection, layer: Int, _ convention: NamingConvention) -> AdapterTarget? {
        guard huggingFace.indices.contains(layer) else { return nil }
        let place = projection.place(among: huggingFace[layer])
        switch convention {
        case .huggingFace: return place.map { huggingFace[layer][$0] }
        case .gguf:
            if let place { return gguf[layer][place] }
            // GGUF files call some matrices alike in all families.
            return projection.commonName.flatMap { name in gguf[layer].first { $0.name.hasSuffix(".\(name)") } }
        }
    }

    /// Whether the family's folders hold the matrices that adapters change as [inputs, outputs] (`fan_in_fan_out`).
    var areTransposed: Bool { huggingFace.first?.first?.isTransposed ?? false }
}

internal import Checkpoints
internal import Foundation
internal import Transformers

/// A model as transformers reads it: `config.json` and `model.safetensors`.
public enum HuggingFaceExport {
    /// Ids of special tokens that `config.json` names.
    public struct TokenIDs: Sendable {
        public var beginning: Int32?
        public var end: Int32?
        public var padding: Int32?

        public init(beginning: Int32?, end: Int32?, padding: Int32?) {
            self.beginning = beginning
            self.end = end
            self.padding = padding
        }
    }

    /// Writes weights in float32 and the configuration.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `CheckpointError`; errors of the file system.
    public static func write(_ model: TrainableModel, tokens: TokenIDs, toFolder folder: String) throws {
        try check(model)
        let tensors = try model.namedWeights()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try SafetensorsWriter(
            path: "\(folder)/model.safetensors", metadata: ["format": "pt"],
            tensors: tensors.map {
                TensorDeclaration(name: "\($0.huggingFaceName).weight", shape: $0.shape, elementType: .f32)
            })
        for tensor in tensors {
            try writer.append(try tensor.values(), to: "\(tensor.huggingFaceName).weight")
        }
        try writer.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let isTied = !tensors.contains { $0.ggufName == "output" }
        let json = try encoder.encode(Configuration(model.configuration, tokens, isTied: isTied))
        try json.write(to: URL(fileURLWithPath: "\(folder)/config.json"), options: .atomic)
        try removeIndex(inFolder: folder)
    }

    /// Removes an index of older weights, which some programs would read in place of the one file.
    static func removeIndex(inFolder folder: String) throws {
        let index = "\(folder)/\(HuggingFaceFolder.indexFile)"
        guard FileManager.default.fileExists(atPath: index) else { return }
        try FileManager.default.removeItem(atPath: index)
    }

    /// Fails for models of which `config.json` would not say everything.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``.
    public static func check(_ model: TrainableModel) throws {
        let configuration = model.configuration
        let scale = 1 / Float(configuration.headDimension).squareRoot()
        let faults = [
            (configuration.architecture != "llama", "a model of the family \(configuration.architecture)"),
            (configuration.rotaryScaling != .none, "a model whose rotation is scaled"),
            (configuration.slidingWindow != nil, "a model with a sliding window"),
            (configuration.rotaryDimension != configuration.headDimension, "a model that rotates a part of each head"),
            (abs(configuration.attentionScale / scale - 1) > 1e-6, "a model with an attention scale of its own"),
            (model.parameters.contains { $0.name.hasSuffix(".bias") }, "a model with biases"),
        ]
        guard let fault = faults.first(where: \.0) else { return }
        throw TrainingError.writer(
            found: "\(fault.1) from a GGUF file to a folder of transformers",
            allowed: "a GGUF file; a folder for plain models of the family llama, and for models that were a folder")
    }

    /// `config.json` of a Llama.
    private struct Configuration: Encodable {
        var architectures = ["LlamaForCausalLM"]
        var model_type = "llama"
        var hidden_act = "silu"
        var torch_dtype = "float32"
        var attention_bias = false
        var mlp_bias = false
        var hidden_size: Int
        var intermediate_size: Int
        var num_hidden_layers: Int
        var num_attention_heads: Int
        var num_key_value_heads: Int
        var head_dim: Int
        var vocab_size: Int
        var max_position_embeddings: Int
        var rope_theta: Float
        var rms_norm_eps: Double
        var tie_word_embeddings: Bool
        var bos_token_id: Int32?
        var eos_token_id: Int32?
        var pad_token_id: Int32?

        init(_ model: TransformerConfiguration, _ tokens: TokenIDs, isTied: Bool) {
            hidden_size = model.modelDimension
            intermediate_size = model.feedForwardDimension
            num_hidden_layers = model.layerCount
            num_attention_heads = model.headCount
            num_key_value_heads = model.keyValueHeadCount
            head_dim = model.headDimension
            vocab_size = model.vocabularySize
            max_position_embeddings = model.contextLength
            rope_theta = model.rotaryBase
            // The shortest decimal of the float32 value, so that 1e-5 is not written as 9.999999747378752e-06.
            rms_norm_eps = Double("\(model.normEpsilon)") ?? Double(model.normEpsilon)
            tie_word_embeddings = isTied
            bos_token_id = tokens.beginning
            eos_token_id = tokens.end
            pad_token_id = tokens.padding
        }
    }
}

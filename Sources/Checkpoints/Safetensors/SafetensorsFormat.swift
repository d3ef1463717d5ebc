/// Constants of the safetensors format.
enum SafetensorsFormat {
    /// The limit of the reference implementation.
    static let longestHeader = 100_000_000
    static let longestTensorName = 4096
    static let mostDimensions = 32
    static let metadataKey = "__metadata__"

    static func isTensorName(_ name: String) -> Bool {
        name != metadataKey && (1...longestTensorName).contains(name.utf8.count) && isFreeOfControls(name)
    }
}

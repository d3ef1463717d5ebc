/// Named values that describe a model, as a GGUF file carries them.
///
/// A getter gives nil where the key is absent or its value is of another kind.
public protocol MetadataSource {
    func string(_ key: String) -> String?
    func integer(_ key: String) -> Int?
    func bool(_ key: String) -> Bool?
    func strings(_ key: String) -> [String]?
    func floats(_ key: String) -> [Float]?
    func integers(_ key: String) -> [Int]?
}

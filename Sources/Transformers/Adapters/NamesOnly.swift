internal import Tensors

/// A source that has nothing, to ask an architecture for the names of a convention. Its head is a matrix of its own.
struct NamesOnly: ModelSource {
    let convention: NamingConvention

    func string(_ key: String) -> String? { nil }

    func integer(_ key: String) -> Int? { nil }

    func bool(_ key: String) -> Bool? { key == "tie_word_embeddings" ? false : nil }

    func float(_ key: String) -> Float? { nil }

    var tensorNames: [String] { [] }

    func shape(ofTensor name: String) -> [Int]? { name == "output.weight" ? [] : nil }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        throw TransformerError.missingTensor(name)
    }
}

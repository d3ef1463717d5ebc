internal import Checkpoints
public import Tokenization

extension StoredTeacher {
    /// What a file says of itself, beside its tensors.
    public struct Facts: Hashable, Sendable {
        /// Logits of one target.
        public var vocabularySize: Int
        /// Digest of the tokens (``StoredTeacher/digest(ofVocabulary:)``).
        public var vocabulary: String
        /// Tokens that are named of each target.
        public var top: Int
        /// What logits were divided by.
        public var temperature: Double
        /// Digest of the model.
        public var teacher: String

        public init(vocabularySize: Int, vocabulary: String, top: Int, temperature: Double, teacher: String) {
            self.vocabularySize = vocabularySize
            self.vocabulary = vocabulary
            self.top = top
            self.temperature = temperature
            self.teacher = teacher
        }
    }

    /// SHA-256 of the vocabulary's tokens in the order of their ids.
    public static func digest(ofVocabulary tokenizer: any Tokenizer) -> String {
        var text = ""
        for id in 0..<Int32(tokenizer.vocabularySize) {
            let piece = tokenizer.piece(of: id)
            text += "\(piece.utf8.count):\(piece)"
        }
        return FileDigest.sha256(of: text)
    }

    /// SHA-256 of an example's tokens, a star behind each that is a target.
    static func digest(of example: TrainingExample) -> String {
        let lines = example.sequences.map { sequence in
            sequence.tokens.indices.map { index in
                "\(sequence.tokens[index])" + (index > 0 && sequence.isTarget(index) ? "*" : "")
            }.joined(separator: " ")
        }
        return FileDigest.sha256(of: lines.joined(separator: "\n"))
    }
}

extension StoredTeacher.Facts {
    private static let format = "assay-teacher-1"

    /// As a safetensors header holds it.
    var metadata: [String: String] {
        [
            "format": Self.format, "vocabulary_size": "\(vocabularySize)", "vocabulary": vocabulary, "top": "\(top)",
            "temperature": "\(temperature)", "teacher": teacher,
        ]
    }

    /// - Throws: ``TrainingError/teacherFile(path:fault:)``
    init(_ metadata: [String: String], path: String) throws(TrainingError) {
        func text(_ key: String) throws(TrainingError) -> String {
            guard let value = metadata[key] else {
                throw .teacherFile(
                    path: path, fault: "its metadata lack \"\(key)\"; it is not from assay train teacher")
            }
            return value
        }
        func value<Value: LosslessStringConvertible>(
            _ key: String, _ allowed: String, _ isAllowed: (Value) -> Bool
        ) throws(TrainingError) -> Value {
            let found = try text(key)
            guard let value = Value(found), isAllowed(value) else {
                throw .teacherFile(path: path, fault: "its \(key) is \(found.prefix(40)); allowed: \(allowed)")
            }
            return value
        }
        let _: String = try value("format", Self.format) { $0 == Self.format }
        let size: Int = try value("vocabulary_size", "1 to \(Int32.max)") { (1...Int(Int32.max)).contains($0) }
        self.init(
            vocabularySize: size, vocabulary: try text("vocabulary"),
            top: try value("top", "1 to the vocabulary's \(size)") { (1...size).contains($0) },
            temperature: try value("temperature", "a number above 0") { $0 > 0 && $0.isFinite },
            teacher: try text("teacher"))
    }
}

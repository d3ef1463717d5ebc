/// Numbers of the fields in `sentencepiece_model.proto`.
private enum Field {
    enum Model { static let (piece, trainer, normalizer): (UInt64, UInt64, UInt64) = (1, 2, 3) }
    enum Piece { static let (spelling, score, type): (UInt64, UInt64, UInt64) = (1, 2, 3) }
    enum Trainer {
        static let modelType: UInt64 = 3
        static let whitespaceAsSuffix: UInt64 = 24
        static let byteFallback: UInt64 = 35
        static let (unknown, beginning, end, padding): (UInt64, UInt64, UInt64, UInt64) = (40, 41, 42, 43)
        static let unknownSurface: UInt64 = 44
        static let unknownSpelling: UInt64 = 45
    }
    enum Normalizer {
        static let characterMap: UInt64 = 2
        static let (dummyPrefix, extraWhitespace, escapesWhitespace): (UInt64, UInt64, UInt64) = (3, 4, 5)
    }
}

extension SentencePieceModel {
    /// Reads a serialized `ModelProto`. Fields that do not bear on splitting are passed over.
    ///
    /// - Throws: ``TokenizerError``.
    init(serialized bytes: [UInt8]) throws(TokenizerError) {
        var reader = WireReader(bytes, range: bytes.indices)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.Model.piece, .bytes(let range)):
                guard pieces.count < VocabularyDescription.Limits.tokens else {
                    throw .count(
                        key: "pieces", found: pieces.count + 1, allowed: 1...VocabularyDescription.Limits.tokens)
                }
                pieces.append(try Self.piece(in: bytes, range: range))
            case (Field.Model.trainer, .bytes(let range)): try readTrainer(bytes, range: range)
            case (Field.Model.normalizer, .bytes(let range)): try normalizer.read(bytes, range: range)
            default: break
            }
        }
        guard !pieces.isEmpty else {
            throw .count(key: "pieces", found: 0, allowed: 1...VocabularyDescription.Limits.tokens)
        }
        // The library goes by the type of a piece, not by this number.
        unknownID = pieces.firstIndex { $0.type == .unknown }.map { Int32($0) } ?? -1
    }

    private static func piece(in bytes: [UInt8], range: Range<Int>) throws(TokenizerError) -> Piece {
        var piece = Piece(spelling: "")
        var reader = WireReader(bytes, range: range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.Piece.spelling, .bytes(let range)):
                guard let spelling = String(validating: bytes[range], as: UTF8.self) else {
                    throw .malformedModel(offset: range.lowerBound)
                }
                piece.spelling = spelling
            case (Field.Piece.score, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (Field.Piece.type, .number(let number)):
                guard let type = UInt8(exactly: number).flatMap(TokenType.init(rawValue:)) else {
                    throw .malformedModel(offset: range.lowerBound)
                }
                piece.type = type
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainer(_ bytes: [UInt8], range: Range<Int>) throws(TokenizerError) {
        var reader = WireReader(bytes, range: range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.Trainer.modelType, .number(let number)):
                guard let algorithm = Algorithm(rawValue: number) else {
                    throw .unsupportedModelType(Int(truncatingIfNeeded: number))
                }
                self.algorithm = algorithm
            case (Field.Trainer.whitespaceAsSuffix, .number(let number)): treatsWhitespaceAsSuffix = number != 0
            case (Field.Trainer.byteFallback, .number(let number)): hasByteFallback = number != 0
            case (Field.Trainer.beginning, .number(let number)):
                beginningOfSequenceID = Int32(truncatingIfNeeded: number)
            case (Field.Trainer.end, .number(let number)): endOfSequenceID = Int32(truncatingIfNeeded: number)
            case (Field.Trainer.padding, .number(let number)): paddingID = Int32(truncatingIfNeeded: number)
            case (Field.Trainer.unknownSurface, .bytes(let range)):
                unknownSurface = String(decoding: bytes[range], as: UTF8.self)
            default: break
            }
        }
    }

    /// The serialized `ModelProto`.
    func serialized() -> [UInt8] {
        var model = WireWriter()
        var writer = WireWriter()
        for piece in pieces {
            writer.removeAll()
            writer.write(piece.spelling, field: Field.Piece.spelling)
            writer.write(piece.score, field: Field.Piece.score)
            writer.write(UInt64(piece.type.rawValue), field: Field.Piece.type)
            model.write(writer.bytes, field: Field.Model.piece)
        }
        model.write(serializedTrainer(), field: Field.Model.trainer)
        model.write(normalizer.serialized(), field: Field.Model.normalizer)
        return model.bytes
    }

    private func serializedTrainer() -> [UInt8] {
        var writer = WireWriter()
        writer.write(algorithm.rawValue, field: Field.Trainer.modelType)
        writer.write(UInt64(pieces.count), field: 4)
        writer.write(treatsWhitespaceAsSuffix, field: Field.Trainer.whitespaceAsSuffix)
        writer.write(hasByteFallback, field: Field.Trainer.byteFallback)
        writer.write(unknownID, field: Field.Trainer.unknown)
        writer.write(beginningOfSequenceID, field: Field.Trainer.beginning)
        writer.write(endOfSequenceID, field: Field.Trainer.end)
        writer.write(paddingID, field: Field.Trainer.padding)
        if pieces.indices.contains(Int(unknownID)) {
            writer.write(pieces[Int(unknownID)].spelling, field: Field.Trainer.unknownSpelling)
        }
        return writer.bytes
    }
}

extension SentencePieceModel.Normalizer {
    fileprivate mutating func read(_ bytes: [UInt8], range: Range<Int>) throws(TokenizerError) {
        var reader = WireReader(bytes, range: range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.Normalizer.characterMap, .bytes(let range)): characterMap = Array(bytes[range])
            case (Field.Normalizer.dummyPrefix, .number(let number)): addsDummyPrefix = number != 0
            case (Field.Normalizer.extraWhitespace, .number(let number)): removesExtraWhitespace = number != 0
            case (Field.Normalizer.escapesWhitespace, .number(let number)): escapesWhitespace = number != 0
            default: break
            }
        }
    }

    fileprivate func serialized() -> [UInt8] {
        var writer = WireWriter()
        if !characterMap.isEmpty { writer.write(characterMap, field: Field.Normalizer.characterMap) }
        writer.write(addsDummyPrefix, field: Field.Normalizer.dummyPrefix)
        writer.write(removesExtraWhitespace, field: Field.Normalizer.extraWhitespace)
        writer.write(escapesWhitespace, field: Field.Normalizer.escapesWhitespace)
        return writer.bytes
    }
}

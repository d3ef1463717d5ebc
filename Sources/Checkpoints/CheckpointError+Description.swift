extension CheckpointError: CustomStringConvertible {
    public var description: String {
        fileDescription ?? folderDescription ?? ggufDescription ?? tensorDescription ?? safetensorsDescription
            ?? writingDescription ?? "the checkpoint is damaged"
    }

    private var fileDescription: String? {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open \(quoted(path, limit: 4096)): \(reason)"
        case .cannotWrite(let path, let reason):
            "cannot write \(quoted(path, limit: 4096)): \(reason)"
        case .notARegularFile(let path):
            "\(quoted(path, limit: 4096)) is not a regular file"
        case .inFile(let path, let problem):
            "\(quoted(path, limit: 4096)): \(problem)"
        default: nil
        }
    }

    private var folderDescription: String? {
        switch self {
        case .invalidJSON(let path, let reason):
            "\(quoted(path, limit: 4096)) is not valid JSON: \(quoted(reason, limit: 200))"
        case .noWeights(let folder):
            """
            the folder \(quoted(folder, limit: 4096)) holds neither \(HuggingFaceFolder.weightsFile) nor \
            \(HuggingFaceFolder.indexFile); save the model with save_pretrained(..., safe_serialization=True)
            """
        case .invalidShardName(let tensor, let name):
            "the index puts \(quoted(tensor)) into \(quoted(name)), which is no name of a safetensors file of the folder"
        case .tooManyShards(let limit):
            "the index names more than \(limit) files"
        case .notInShard(let tensor, let shard):
            "the index puts the tensor \(quoted(tensor)) into \(quoted(shard)), which does not hold it"
        default: nil
        }
    }

    private var ggufDescription: String? {
        switch self {
        case .notGGUF(let bytes):
            "not a GGUF file: it begins with the bytes \(bytes), not with \"GGUF\""
        case .bigEndianGGUF:
            "this GGUF file is big-endian; only little-endian files can be read, so convert it again for this machine"
        case .unsupportedGGUFVersion(let version):
            "GGUF version \(version) is not supported; versions 2 and 3 are, so convert the model again"
        case .truncated(let reading, let needed, let available):
            "the file ends inside \(reading): \(needed) bytes are needed, \(available) are left; it may be incomplete"
        case .countTooLarge(let what, let count, let available):
            "the file claims \(count) \(what), more than its remaining \(available) bytes can hold"
        case .invalidKey(let key):
            "\(quoted(key)) is not a metadata key: keys have 1 to 65535 printable ASCII characters"
        case .duplicateKey(let key):
            "the metadata key \(quoted(key)) appears twice"
        case .unknownMetadataType(let key, let type):
            "the metadata key \(quoted(key)) has the unknown type \(type); types 0 to 12 exist"
        case .invalidBoolean(let key, let byte):
            "the metadata key \(quoted(key)) has a Boolean of value \(byte); 0 and 1 are allowed"
        case .arraysTooDeep(let key, let limit):
            "the metadata key \(quoted(key)) nests arrays more than \(limit) deep"
        case .invalidAlignment(let alignment):
            "general.alignment is \(alignment); it must be a power of two from 8 to \(GGUFFormat.largestAlignment)"
        case .splitModel(let part, let parts):
            "this is part \(part.map { String($0 + 1) } ?? "?") of a model in \(parts) files; merge them into one"
        case .partName(let path, let expected):
            "\(quoted(path, limit: 4096)) is a part of a model in several files; its name must end in \(quoted(expected))"
        case .wrongPart(let path, let number, let parts):
            "\(quoted(path, limit: 4096)) does not say that it is part \(number) of \(parts)"
        case .partsIncomplete(let tensors, let expected):
            "the parts of the model hold \(tensors) tensors; the first part promises \(expected)"
        case .missingMetadata(let key):
            "the metadata key \(quoted(key)) is missing"
        case .wrongMetadataType(let key, let found, let expected):
            "the metadata key \(quoted(key)) holds \(found), not \(expected)"
        default: nil
        }
    }

    private var tensorDescription: String? {
        switch self {
        case .invalidText(let what):
            "\(what) is not valid UTF-8"
        case .invalidTensorName(let name):
            "\(quoted(name)) is not a tensor name: names are not empty, not too long, and hold no control characters"
        case .duplicateTensor(let name):
            "the tensor \(quoted(name)) appears twice"
        case .invalidShape(let tensor, let shape):
            "the tensor \(quoted(tensor)) has the shape \(shape.prefix(8)), whose size is not allowed"
        case .rowsNotWholeBlocks(let tensor, let rowLength, let type):
            """
            the tensor \(quoted(tensor)) has rows of \(rowLength) elements; \(type.rawValue) needs a multiple \
            of \(type.blockElementCount)
            """
        case .unsupportedElementType(let tensor, let type):
            """
            the tensor \(quoted(tensor)) has the element type \(quoted(type)), which cannot be read; use a model with \
            F32, F16, BF16, Q4_0 to Q8_0 or Q2_K to Q8_K weights
            """
        case .misalignedTensor(let tensor, let offset, let alignment):
            "the tensor \(quoted(tensor)) starts at offset \(offset), not a multiple of \(alignment)"
        case .tensorOutsideFile(let tensor, let end, let fileSize):
            "the tensor \(quoted(tensor)) would end at byte \(end) of a file of \(fileSize); it may be incomplete"
        case .noSuchTensor(let name):
            "there is no tensor \(quoted(name))"
        case .unreadableElements(let tensor, let type, let wanted):
            "the tensor \(quoted(tensor)) holds \(type.rawValue) elements, which cannot be read as \(wanted)"
        case .rowsOutOfRange(let tensor, let rows, let rowCount):
            "rows \(rows) were asked of the tensor \(quoted(tensor)), which has \(rowCount)"
        case .wrongOutputSize(let tensor, let elements, let needed):
            "rows of the tensor \(quoted(tensor)) need room for \(needed) elements; there is room for \(elements)"
        default: nil
        }
    }

    private var safetensorsDescription: String? {
        switch self {
        case .headerTooLong(let bytes, let limit):
            "the safetensors header claims \(bytes) bytes; at most \(limit) are possible here"
        case .malformedHeader(let offset, let expected):
            "the safetensors header is malformed at byte \(offset): expected \(expected)"
        case .duplicateField(let tensor, let field):
            "the header gives \(quoted(field)) of \(quoted(tensor)) twice"
        case .unknownField(let tensor, let field):
            "the header gives the tensor \(quoted(tensor)) an unknown field \(quoted(field))"
        case .missingField(let tensor, let field):
            "the header gives the tensor \(quoted(tensor)) no \(quoted(field))"
        case .wrongByteCount(let tensor, let found, let needed):
            "the tensor \(quoted(tensor)) has \(found) bytes; its shape and type need \(needed)"
        case .gapOrOverlap(let tensor, let start, let expected):
            "the tensor \(quoted(tensor)) starts at byte \(start) of the data, not at \(expected) where the last ended"
        case .trailingBytes(let count):
            "the file has \(count) bytes that belong to no tensor"
        default: nil
        }
    }

    private var writingDescription: String? {
        switch self {
        case .unwritableElementType(let tensor, let type, let format):
            "the tensor \(quoted(tensor)) cannot be written as \(type.rawValue) to a \(format) file"
        case .tensorOutOfOrder(let found, let expected?):
            "elements of the tensor \(quoted(found)) came where those of \(quoted(expected)) were due"
        case .tensorOutOfOrder(let found, nil):
            "elements of the tensor \(quoted(found)) came after the last declared tensor was complete"
        case .tooManyBytes(let tensor, let excess):
            "the tensor \(quoted(tensor)) was given \(excess) bytes more than its shape holds"
        case .integerOutOfRange(let tensor, let type):
            "the tensor \(quoted(tensor)) was given an integer that \(type.rawValue) cannot hold"
        case .partialBlock(let tensor, let elements, let blockElements):
            "the tensor \(quoted(tensor)) was given \(elements) elements at once; give a multiple of \(blockElements)"
        case .nonFiniteElement(let tensor):
            "the tensor \(quoted(tensor)) holds an element that is not finite, which cannot be quantised"
        case .unfinishedTensors(let next):
            "the file was finished before the tensor \(quoted(next)) was complete"
        case .writerClosed:
            "the writer has already finished or failed"
        default: nil
        }
    }
}

/// A name from a file, made safe to show: quoted, control characters escaped, cut at `limit` characters.
private func quoted(_ name: String, limit: Int = 96) -> String {
    var text = "\""
    for scalar in name.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            text += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            text.unicodeScalars.append(scalar)
        }
    }
    return text + (name.unicodeScalars.count > limit ? "…\"" : "\"")
}

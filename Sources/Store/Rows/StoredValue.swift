internal import Foundation
internal import GRDB

extension String {
    /// The text for a parameter written `CAST(? AS TEXT)`: a text that is bound directly ends at its first NUL.
    var stored: any DatabaseValueConvertible {
        utf8.contains(0) ? Data(utf8) : self
    }
}

extension Optional<String> {
    var stored: (any DatabaseValueConvertible)? { map(\.stored) }
}

extension Encodable {
    /// JSON with sorted keys, as text.
    ///
    /// - Throws: ``StoreError/invalidRow(_:)`` for a number that JSON cannot spell.
    func storedJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch is EncodingError {
            throw StoreError.invalidRow(.settings)
        }
    }
}

extension Database {
    /// Runs a statement that is prepared once for each connection.
    func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        try cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    func firstRow(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> Row? {
        try Row.fetchOne(try cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    func allRows(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) throws -> [Row] {
        try Row.fetchAll(try cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    /// The key of a row that several runs share, which is inserted where it is missing.
    func sharedKey(
        find: String,
        insert: String,
        _ arguments: [(any DatabaseValueConvertible)?]
    ) throws -> Int64 {
        if let row = try firstRow(find, arguments), let key = Int64.fromDatabaseValue(row[0]) { return key }
        try run(insert, arguments)
        return lastInsertedRowID
    }
}

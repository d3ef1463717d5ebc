internal import Foundation
internal import GRDB

/// Reads columns of a row by position. A value of the wrong kind means a damaged database, not a trap.
///
/// Texts must be selected as `CAST(column AS BLOB)`: SQLite hands a text over up to its first NUL only.
struct ColumnReader {
    private let row: Row
    private let path: String

    init(_ row: Row, _ path: String) {
        self.row = row
        self.path = path
    }

    fileprivate func value(_ column: Int) -> DatabaseValue.Storage {
        guard column < row.count else { return .null }
        let value: DatabaseValue = row[column]
        return value.storage
    }

    private func wrongKind(_ column: Int) -> StoreError {
        .damaged(path: path, detail: "column \(column) of a row has a value of the wrong kind")
    }

    func integer(_ column: Int) throws -> Int64 {
        guard case .int64(let value) = value(column) else { throw wrongKind(column) }
        return value
    }

    func count(_ column: Int) throws -> Int {
        guard let value = Int(exactly: try integer(column)), value >= 0 else { throw wrongKind(column) }
        return value
    }

    /// The place of a prompt or a sample: what ``SampleRecord`` may hold, and no more.
    func index(_ column: Int) throws -> Int {
        let value = try count(column)
        guard value <= Int(Int32.max) else { throw wrongKind(column) }
        return value
    }

    func double(_ column: Int) throws -> Double? {
        switch value(column) {
        case .null: nil
        case .double(let value) where value.isFinite: value
        case .int64(let value): Double(value)
        default: throw wrongKind(column)
        }
    }

    func data(_ column: Int) throws -> Data {
        guard case .blob(let data) = value(column) else { throw wrongKind(column) }
        return data
    }

    func text(_ column: Int) throws -> String {
        String(decoding: try data(column), as: UTF8.self)
    }

    func optionalText(_ column: Int) throws -> String? {
        if case .null = value(column) { return nil }
        return try text(column)
    }

    func int32s(_ column: Int) throws -> [Int32] {
        try LittleEndian.words(try data(column)).map { $0.map { Int32(bitPattern: $0) } }
            ?? { throw wrongKind(column) }()
    }

    func floats(_ column: Int) throws -> [Float] {
        try LittleEndian.words(try data(column)).map { $0.map { Float(bitPattern: $0) } }
            ?? { throw wrongKind(column) }()
    }

    func json<Value: Decodable>(_ column: Int, as type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: try data(column))
        } catch is DecodingError {
            throw wrongKind(column)
        }
    }
}

extension ColumnReader {
    /// A text of SQLite's own, which holds no NUL.
    func detail(_ column: Int) throws -> String {
        if case .string(let text) = value(column) { return text }
        return try text(column)
    }
}

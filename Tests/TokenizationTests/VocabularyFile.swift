import Foundation
import Tokenization

/// The metadata of a GGUF file, for tests: the file is trusted.
struct VocabularyFile: MetadataSource {
    private enum Value {
        case integer(Int)
        case float(Float)
        case bool(Bool)
        case string(String)
        case array([Value])
    }

    private var values: [String: Value] = [:]

    init(contentsOf file: URL) throws {
        var reader = Reader(bytes: Array(try Data(contentsOf: file)))
        reader.offset = 16
        let count: UInt64 = reader.number()
        for _ in 0..<count {
            let key = reader.string()
            values[key] = Self.value(of: reader.number(), from: &reader)
        }
    }

    private static func value(of type: UInt32, from reader: inout Reader) -> Value {
        switch type {
        case 0: return .integer(Int(reader.number() as UInt8))
        case 1: return .integer(Int(reader.number() as Int8))
        case 2: return .integer(Int(reader.number() as UInt16))
        case 3: return .integer(Int(reader.number() as Int16))
        case 4: return .integer(Int(reader.number() as UInt32))
        case 5: return .integer(Int(reader.number() as Int32))
        case 6: return .float(Float(bitPattern: reader.number()))
        case 7: return .bool(reader.number() as UInt8 != 0)
        case 8: return .string(reader.string())
        case 9:
            let element: UInt32 = reader.number()
            let count: UInt64 = reader.number()
            return .array((0..<count).map { _ in value(of: element, from: &reader) })
        case 10: return .integer(Int(reader.number() as UInt64))
        case 11: return .integer(Int(reader.number() as Int64))
        default: return .float(Float(Double(bitPattern: reader.number())))
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        mutating func number<Number: FixedWidthInteger>() -> Number {
            let width = Number.bitWidth / 8
            defer { offset += width }
            return bytes[offset..<(offset + width)].reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
        }

        mutating func string() -> String {
            let count = Int(number() as UInt64)
            defer { offset += count }
            return String(decoding: bytes[offset..<(offset + count)], as: UTF8.self)
        }
    }

    func string(_ key: String) -> String? {
        if case .string(let value) = values[key] { value } else { nil }
    }

    func integer(_ key: String) -> Int? {
        if case .integer(let value) = values[key] { value } else { nil }
    }

    func bool(_ key: String) -> Bool? {
        if case .bool(let value) = values[key] { value } else { nil }
    }

    func strings(_ key: String) -> [String]? {
        list(key) { if case .string(let value) = $0 { value } else { nil } }
    }

    func floats(_ key: String) -> [Float]? {
        list(key) { if case .float(let value) = $0 { value } else { nil } }
    }

    func integers(_ key: String) -> [Int]? {
        list(key) { if case .integer(let value) = $0 { value } else { nil } }
    }

    private func list<Element>(_ key: String, _ element: (Value) -> Element?) -> [Element]? {
        guard case .array(let values) = values[key] else { return nil }
        let elements = values.compactMap(element)
        return elements.count == values.count ? elements : nil
    }
}

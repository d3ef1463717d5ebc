internal import Evaluation

/// JSON of a results file, whole or by line, with strict keys.
enum JSONDocument {
    static func whole(_ file: HarnessFile) throws(HarnessError) -> JSONNode {
        do {
            return try JSONParser.parse(file.bytes, in: 0..<file.bytes.count)
        } catch {
            let line = file.bytes.prefix(min(error.offset, file.bytes.count)).count { $0 == 0x0A } + 1
            throw failure(error, file, line: line)
        }
    }

    /// The values of a file with one JSON value a line; blank lines are skipped.
    static func lines(
        _ file: HarnessFile, limit: Int = HarnessLimits.samples
    ) throws(HarnessError) -> [(line: Int, node: JSONNode)] {
        var rows: [(line: Int, node: JSONNode)] = []
        var (position, line) = (0, 0)
        while position < file.bytes.count, rows.count < limit {
            let end = file.bytes[position...].firstIndex(of: 0x0A) ?? file.bytes.count
            let range = position..<end
            position = end + 1
            line += 1
            if file.bytes[range].allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do {
                rows.append((line, try JSONParser.parse(file.bytes, in: range)))
            } catch {
                throw failure(error, file, line: line)
            }
        }
        return rows
    }

    private static func failure(_ fault: JSONParser.Fault, _ file: HarnessFile, line: Int) -> HarnessError {
        switch fault.issue {
        case .expected(let expected): .malformed(file: file.name, line: line, expected: expected)
        case .duplicateKey(let key): .duplicateKey(file: file.name, key: key)
        case .invalidUTF8: .malformed(file: file.name, line: line, expected: "UTF-8")
        }
    }
}

/// The fields of one object, with errors that name the place.
struct FieldReader {
    let file: String
    let place: String
    let object: JSONObject

    init(_ node: JSONNode, file: String, place: String) throws(HarnessError) {
        guard let object = node.object else {
            throw .malformed(file: file, line: nil, expected: "an object at \(place)")
        }
        self.file = file
        self.place = place
        self.object = object
    }

    func text(_ name: String) throws(HarnessError) -> String {
        guard let text = object[name]?.string else { throw wrong(name, "a text") }
        return text
    }

    func optionalText(_ name: String) throws(HarnessError) -> String? {
        guard let node = object[name], !node.isNull else { return nil }
        guard let text = node.string else { throw wrong(name, "a text or null") }
        return text
    }

    /// A name that is not empty and not endless: a text, or a whole number as MBPP has it.
    func name(_ name: String) throws(HarnessError) -> String {
        guard let node = object[name], let text = node.string ?? node.integer.map(String.init), !text.isEmpty,
            text.utf8.count <= HarnessLimits.nameBytes
        else { throw wrong(name, "a text of 1 to \(HarnessLimits.nameBytes) bytes, or a whole number") }
        return text
    }

    func list(_ name: String) throws(HarnessError) -> [JSONNode] {
        guard let list = object[name]?.array else { throw wrong(name, "a list") }
        return list
    }

    func boolean(_ name: String) throws(HarnessError) -> Bool {
        guard case .boolean(let flag)? = object[name]?.value else { throw wrong(name, "true or false") }
        return flag
    }

    func wrong(_ name: String, _ allowed: String) -> HarnessError {
        .field(file: file, place: place, name: name, allowed: allowed)
    }
}

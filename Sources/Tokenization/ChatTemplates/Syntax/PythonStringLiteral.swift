/// The escapes of a Python string literal.
enum PythonStringLiteral {
    /// The text between the quotes with its escapes resolved, or nil where one is not valid.
    static func unescape(_ body: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        try? resolve(JinjaLexer.withUnixLineBreaks(body))
    }

    /// What is wrong with a text that cannot be unescaped.
    static func complaint(about body: [Unicode.Scalar]) -> String {
        do throws(Complaint) {
            _ = try resolve(JinjaLexer.withUnixLineBreaks(body))
            return ""
        } catch {
            return error.rawValue
        }
    }

    private enum Complaint: String, Error {
        case trailing = "\\ at end of string"
        case twoDigits = "truncated \\xXX escape"
        case fourDigits = "truncated \\uXXXX escape"
        case eightDigits = "truncated \\UXXXXXXXX escape"
        case range = "illegal Unicode character"
        case surrogate = "surrogates are not allowed"
        case name = "malformed \\N character escape"
    }

    private static func resolve(_ body: [Unicode.Scalar]) throws(Complaint) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < body.count {
            guard body[index] == "\\" else {
                result.append(body[index])
                index += 1
                continue
            }
            guard index + 1 < body.count else { throw .trailing }
            let escape = body[index + 1]
            index += 2
            switch escape {
            case "\n": break
            case "x": result.append(try hexadecimal(body, &index, count: 2, complaint: .twoDigits))
            case "u": result.append(try hexadecimal(body, &index, count: 4, complaint: .fourDigits))
            case "U": result.append(try hexadecimal(body, &index, count: 8, complaint: .eightDigits))
            case "N": throw .name
            case "0"..."7": result.append(octal(body, &index))
            default:
                if let scalar = single[escape] {
                    result.append(scalar)
                } else {
                    result.append("\\")
                    result.append(escape)
                }
            }
        }
        return result
    }

    private static let single: [Unicode.Scalar: Unicode.Scalar] = [
        "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}",
        "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
    ]

    private static func hexadecimal(
        _ body: [Unicode.Scalar],
        _ index: inout Int,
        count: Int,
        complaint: Complaint
    ) throws(Complaint) -> Unicode.Scalar {
        guard index + count <= body.count else { throw complaint }
        var value: UInt32 = 0
        for scalar in body[index..<index + count] {
            guard scalar.isASCIIHexDigit, let digit = UInt32(String(scalar), radix: 16) else { throw complaint }
            value = value << 4 | digit
        }
        index += count
        guard value <= 0x10FFFF else { throw .range }
        guard let scalar = Unicode.Scalar(value) else { throw .surrogate }
        return scalar
    }

    /// Up to three octal digits, the first one just before `index`.
    private static func octal(_ body: [Unicode.Scalar], _ index: inout Int) -> Unicode.Scalar {
        var value: UInt32 = 0
        let start = index - 1
        index = start
        while index < body.count, index < start + 3, body[index].isIn("0"..."7") {
            value = value * 8 + (body[index].value - 48)
            index += 1
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}

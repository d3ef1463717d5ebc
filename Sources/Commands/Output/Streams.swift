internal import Foundation
internal import TextFormats

/// Where results go.
enum StandardOutput {
    static func write(_ text: String) {
        FileStream.write(text, to: 1)
    }

    static func line(_ text: String) { write(text + "\n") }

    /// A line that a model or a file has written. A terminal would obey what is in it, so it sees it spelled; everybody else
    /// gets the text as it is.
    static func foreignLine(_ text: String) { line(isTerminal ? visible(text, keepingLines: true) : text) }

    /// One JSON document with sorted keys.
    static func json(_ value: some Encodable) throws {
        line(try JSONText.encode(value))
    }

    static var isTerminal: Bool { isatty(1) == 1 }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}

/// Where progress and complaints go.
enum StandardError {
    static func write(_ text: String) { FileStream.write(text, to: 2) }

    static var isTerminal: Bool { isatty(2) == 1 }
}

enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

private enum FileStream {
    /// Writes everything, or gives up where the reader has gone.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

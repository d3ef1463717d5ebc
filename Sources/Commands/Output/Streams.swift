internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Synchronization
internal import TextFormats

/// Where results go.
///
/// What cannot be written is remembered, not thrown: whoever ends the process asks ``finish()``.
enum StandardOutput {
    /// The error number of the first write that failed.
    private static let failure = Mutex<Int32?>(nil)

    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes one part of a long result.
    ///
    /// - Throws: where nothing more can be written, what ``finish()`` throws; where the reader has gone, an end of the
    ///   process that is no failure.
    static func send(_ data: Data) throws {
        write(Array(data))
        try finish()
        if failure.withLock({ $0 }) != nil { throw ExitCode.success }
    }

    /// - Throws: ``CommandFailure`` where a result was lost. A reader that has gone away (`assay … | head`) wants no more,
    ///   and is no failure.
    static func finish() throws {
        guard let code = failure.withLock({ $0 }), code != EPIPE else { return }
        let reason = unsafe String(cString: strerror(code))
        throw CommandFailure(
            code: FailureReport.inputOutput,
            description: "standard output cannot be written: \(reason); some results are lost")
    }

    private static func write(_ bytes: [UInt8]) {
        guard let code = FileStream.write(bytes, to: 1) else { return }
        failure.withLock { $0 = $0 ?? code }
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
    /// A complaint that cannot be written has nowhere else to go.
    static func write(_ text: String) { _ = FileStream.write(Array(text.utf8), to: 2) }

    static var isTerminal: Bool { isatty(2) == 1 }

    /// Warns of adapters on a model that were trained on another one, and of what they hold and is not put on it.
    static func warn(ofAdaptersOn language: LanguageModel) {
        warn(ofAdapters: language.adaptersOfOthers)
        for warning in warnings(ofTensorsLeftAside: language.adapterTensorsLeftAside) { write(warning) }
    }

    /// - Parameter tensors: names, by the adapter's path
    static func warnings(ofTensorsLeftAside tensors: [String: [String]]) -> [String] {
        tensors.sorted { $0.key < $1.key }.map { path, names in
            let more = names.count > 1 ? " and \(names.count - 1) more" : ""
            return "assay: warning: the adapter \(path) also holds \(names.first ?? "")\(more); norms of adapters are "
                + "left aside, as by llama.cpp\n"
        }
    }

    /// - Parameter paths: of adapters that were trained on another model than the one that they are put on
    static func warn(ofAdapters paths: [String]) {
        for path in paths {
            write(
                "assay: warning: the adapter \(path) was trained on another model than this one (the weights of their last "
                    + "norms differ); it fits in its shapes alone\n")
        }
    }
}

enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

private enum FileStream {
    /// Writes everything, or gives up at the first failure.
    ///
    /// - Returns: the error number of the failure; nil where all was written.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return written < 0 ? errno : EIO }
            rest = rest.dropFirst(written)
        }
        return nil
    }
}

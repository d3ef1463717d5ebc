internal import Foundation

/// What the system says about this process.
enum ProcessFacts {
    /// Seconds since the process was started, to a hundredth.
    static var secondsSinceStart: Double {
        let text = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        // The program's name, in parentheses, may hold spaces; the start time is the twentieth field after it.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        let uptime = (try? String(contentsOfFile: "/proc/uptime", encoding: .utf8))?.split(separator: " ").first
        guard fields.count > 19, let started = Double(fields[19]), let now = uptime.flatMap({ Double($0) }) else {
            return 0
        }
        return now - started / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Memory that the process has now.
    static var residentBytes: Int { status("VmRSS:") }

    /// The most that it ever had.
    static var peakBytes: Int { status("VmHWM:") }

    private static func status(_ field: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}

internal import Foundation

/// Memory that a process may still take.
public enum AvailableMemory {
    /// Bytes that the system would give without swapping, within the limit of the process's control group; nil where
    /// the system does not say.
    public static var bytes: Int? {
        [systemBytes, groupBytes].compactMap { $0 }.min()
    }

    private static var systemBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        return available(inMemoryInfo: text)
    }

    /// The line `MemAvailable:   12345 kB`.
    static func available(inMemoryInfo text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }

    private static var groupBytes: Int? {
        func text(_ name: String) -> String? {
            try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)
        }
        guard let limit = text("memory.max"), let used = text("memory.current") else { return nil }
        return available(inGroupOf: limit, used: used, statistics: text("memory.stat") ?? "")
    }

    /// Files of which nothing was read lately count as used, and give way to what a process takes.
    ///
    /// - Parameters:
    ///   - limit: `memory.max`; `max` where there is none
    ///   - used: `memory.current`
    ///   - statistics: `memory.stat`, lines like `inactive_file 12345`
    static func available(inGroupOf limit: String, used: String, statistics: String) -> Int? {
        func number(_ text: some StringProtocol) -> Int? {
            Int(text.trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { $0 < 0 ? nil : $0 }
        }
        guard let limit = number(limit), let used = number(used) else { return nil }
        let line = statistics.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
        let reclaimable = line.flatMap { number($0.dropFirst("inactive_file ".count)) } ?? 0
        return max(0, limit - max(0, used - reclaimable))
    }

    /// Bytes as people read them: `14.2 GB`, `82.9 MB`.
    package static func text(ofBytes bytes: Int) -> String {
        let (unit, name) = bytes < 999_950_000 ? (1e6, "MB") : (1e9, "GB")
        return String(format: "%.1f %@", Double(bytes) / unit, name)
    }
}

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
        func number(_ name: String) -> Int? {
            let text = try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let limit = number("memory.max"), let used = number("memory.current") else { return nil }
        return max(0, limit - used)
    }
}

internal import Synchronization

/// Counts of a server, in Prometheus' text form.
final class ServerMetrics: Sendable {
    private struct Endpoint: Hashable {
        var path: String
        var status: Int
    }

    private struct Counts {
        var replies: [Endpoint: Int] = [:]
        var decisions: [String: Int] = [:]
        var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count)
        var seconds = 0.0
        var timed = 0
    }

    /// Upper bounds of the buckets, in seconds.
    private static let bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private let counts = Mutex(Counts())

    /// - Parameter path: one of a few; each is kept for as long as the server runs
    func note(path: String, status: Int) {
        counts.withLock { $0.replies[Endpoint(path: path, status: status), default: 0] += 1 }
    }

    /// The time that a request for a verdict took.
    func note(seconds: Double) {
        counts.withLock { counts in
            counts.timed += 1
            counts.seconds += seconds
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { counts.buckets[index] += 1 }
        }
    }

    func note(decision: String) { counts.withLock { $0.decisions[decision, default: 0] += 1 } }

    /// - Parameters:
    ///   - waiting: texts that wait
    ///   - residentBytes: memory of the process; nil where the system does not tell
    func text(waiting: Int, residentBytes: Int?) -> String {
        let counts = counts.withLock { $0 }
        let replies = counts.replies.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
        var lines = header("assay_guard_requests_total", "counter", "Replies by path and status.")
        for (endpoint, count) in replies {
            lines.append(
                "assay_guard_requests_total{path=\"\(endpoint.path)\",status=\"\(endpoint.status)\"} \(count)")
        }
        lines += header("assay_guard_verdicts_total", "counter", "Verdicts by decision.")
        for (decision, count) in counts.decisions.sorted(by: { $0.key < $1.key }) {
            lines.append("assay_guard_verdicts_total{decision=\"\(decision)\"} \(count)")
        }
        lines += histogram(counts)
        lines += header("assay_guard_texts_waiting", "gauge", "Texts that wait for the guard.")
        lines.append("assay_guard_texts_waiting \(waiting)")
        if let residentBytes {
            lines += header("process_resident_memory_bytes", "gauge", "Resident memory of the process.")
            lines.append("process_resident_memory_bytes \(residentBytes)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func histogram(_ counts: Counts) -> [String] {
        let name = "assay_guard_request_seconds"
        return header(name, "histogram", "Time from a request's head to its reply.")
            + zip(Self.bounds, counts.buckets).map { "\(name)_bucket{le=\"\($0)\"} \($1)" }
            + [
                "\(name)_bucket{le=\"+Inf\"} \(counts.timed)", "\(name)_sum \(counts.seconds)",
                "\(name)_count \(counts.timed)",
            ]
    }

    private func header(_ name: String, _ type: String, _ help: String) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }
}

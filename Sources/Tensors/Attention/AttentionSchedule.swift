extension CausalAttention {
    /// The rows of a batch, cut into tasks for one thread each: made once for all layers.
    ///
    /// Single rows that continue the same beginning, as samples of one prompt do, are taken together, so that its keys and
    /// values are read once for several of them.
    public struct Schedule: Sendable {
        public let jobs: [Job]
        /// Every job by itself.
        let apart: [Task]
        let together: [Task]

        public init(_ jobs: [Job], heads: Int) {
            self.jobs = jobs
            apart = Self.tasks(jobs.indices, of: jobs, heads: heads)
            var together: [Task] = []
            var next = 0
            while next < jobs.count {
                let end = jobs[(next + 1)...].firstIndex { !$0.beginsLike(jobs[next]) } ?? jobs.count
                if end - next > 1 {
                    together += Self.shared(next..<end, heads: heads)
                } else {
                    together += Self.tasks(next..<end, of: jobs, heads: heads)
                }
                next = end
            }
            self.together = together
        }

        /// Rows that one task computes.
        private static let rowBlock = 32
        /// Sequences of one beginning that one task computes.
        static let sharing = 8

        private static func tasks(_ range: Range<Int>, of jobs: [Job], heads: Int) -> [Task] {
            range.flatMap { job in
                (0..<heads).flatMap { head in
                    stride(from: 0, to: jobs[job].rows.count, by: rowBlock).map { begin in
                        let count = min(rowBlock, jobs[job].rows.count - begin)
                        return Task(jobs: job..<(job + 1), head: head, rows: begin..<(begin + count))
                    }
                }
            }
        }

        private static func shared(_ range: Range<Int>, heads: Int) -> [Task] {
            (0..<heads).flatMap { head in
                stride(from: range.lowerBound, to: range.upperBound, by: sharing).map { begin in
                    Task(jobs: begin..<min(range.upperBound, begin + sharing), head: head, rows: nil)
                }
            }
        }
    }

    /// What one thread computes for one key-value head.
    struct Task: Sendable {
        var jobs: Range<Int>
        var head: Int
        /// Of the only job; nil for several jobs of one row that begin alike.
        var rows: Range<Int>?
    }
}

extension CausalAttention.Job {
    /// Whether both are single rows behind the same stored positions.
    fileprivate func beginsLike(_ other: CausalAttention.Job) -> Bool {
        rows.count == 1 && other.rows.count == 1 && segments.count > 1 && segments.count == other.segments.count
            && zip(segments.dropLast(), other.segments).allSatisfy { $0 === $1 }
    }
}

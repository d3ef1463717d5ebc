extension CausalAttention {
    /// The rows of a batch, cut into tasks for one thread each: made once for all layers.
    ///
    /// Single rows that continue the same beginning, as samples of one prompt do, are taken together, so that its keys and
    /// values are read once for several of them.
    public struct Schedule: Sendable {
        public private(set) var jobs: [Job] = []
        /// Every job by itself.
        private(set) var apart: [Task] = []
        private(set) var together: [Task] = []

        public init() {}

        public init(_ jobs: [Job], heads: Int) {
            self.jobs = jobs
            cut(heads: heads)
        }

        /// Takes all jobs out and keeps the memory.
        public mutating func removeAll() {
            jobs.removeAll(keepingCapacity: true)
            apart.removeAll(keepingCapacity: true)
            together.removeAll(keepingCapacity: true)
        }

        /// Adds a job; ``cut(heads:)`` follows the last one.
        public mutating func append(_ job: Job) { jobs.append(job) }

        /// Rows that one task computes.
        private static let rowBlock = 32
        /// Sequences of one beginning that one task computes.
        static let sharing = 8

        /// Makes the tasks of all jobs.
        public mutating func cut(heads: Int) {
            for job in jobs.indices { Self.append(job, jobs[job], heads: heads, to: &apart) }
            var next = 0
            while next < jobs.count {
                let end = jobs[(next + 1)...].firstIndex { !$0.beginsLike(jobs[next]) } ?? jobs.count
                if end - next > 1 {
                    Self.append(sharing: next..<end, heads: heads, to: &together)
                } else {
                    Self.append(next, jobs[next], heads: heads, to: &together)
                }
                next = end
            }
        }

        private static func append(_ index: Int, _ job: Job, heads: Int, to tasks: inout [Task]) {
            for head in 0..<heads {
                for begin in stride(from: 0, to: job.rows.count, by: rowBlock) {
                    let rows = begin..<min(job.rows.count, begin + rowBlock)
                    tasks.append(Task(jobs: index..<(index + 1), head: head, rows: rows))
                }
            }
        }

        private static func append(sharing jobs: Range<Int>, heads: Int, to tasks: inout [Task]) {
            for head in 0..<heads {
                for begin in stride(from: jobs.lowerBound, to: jobs.upperBound, by: sharing) {
                    tasks.append(Task(jobs: begin..<min(jobs.upperBound, begin + sharing), head: head, rows: nil))
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

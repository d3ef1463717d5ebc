internal import LatentGuard

/// Texts that wait for a guard, in the order in which they came. Knows neither threads nor clocks.
struct AssessmentLine {
    /// A verdict, or why there is none.
    typealias Outcome = Result<Verdict, any Error>

    struct Limits: Hashable {
        /// Texts that may wait.
        var waiting: Int
        /// Texts that are read together.
        var batch: Int
        /// Their bytes, where they are more than one: nobody waits long for the end of a batch.
        var batchBytes = 1 << 15
    }

    /// A text that is taken out of the line.
    struct Slot: Hashable {
        var request: Int
        var text: String
    }

    private struct Entry {
        var texts: [String]
        var taken = 0
        var outcomes: [Outcome] = []
    }

    private let limits: Limits
    private var entries: [Int: Entry] = [:]
    /// Requests with texts that wait, by the time at which they came.
    private var order: [Int] = []
    private var requests = 0
    /// Texts that wait; not those that are being read.
    private(set) var waiting = 0

    init(_ limits: Limits) { self.limits = limits }

    /// A name for a request, given out once.
    mutating func name() -> Int {
        requests += 1
        return requests
    }

    /// Says no where the line would become too long.
    mutating func admit(_ request: Int, _ texts: [String]) -> Bool {
        guard waiting + texts.count <= limits.waiting else { return false }
        entries[request] = Entry(texts: texts)
        order.append(request)
        waiting += texts.count
        return true
    }

    /// Takes the next texts to be read together; none where none waits.
    mutating func take() -> [Slot] {
        var batch: [Slot] = []
        var bytes = 0
        while batch.count < limits.batch, let request = order.first, var entry = entries[request] {
            let text = entry.texts[entry.taken]
            bytes += text.utf8.count
            guard batch.isEmpty || bytes <= limits.batchBytes else { break }
            batch.append(Slot(request: request, text: text))
            entry.taken += 1
            entries[request] = entry
            if entry.taken == entry.texts.count { order.removeFirst() }
        }
        waiting -= batch.count
        return batch
    }

    /// Notes what became of a batch.
    ///
    /// - Returns: the requests that are answered by it, with the outcome for each of their texts
    mutating func note(_ batch: [Slot], _ outcomes: [Outcome]) -> [(request: Int, outcomes: [Outcome])] {
        var answered: [(request: Int, outcomes: [Outcome])] = []
        for (slot, outcome) in zip(batch, outcomes) {
            guard var entry = entries[slot.request] else { continue }
            entry.outcomes.append(outcome)
            entries[slot.request] = entry
            guard entry.outcomes.count == entry.texts.count else { continue }
            entries[slot.request] = nil
            answered.append((slot.request, entry.outcomes))
        }
        return answered
    }

    /// Forgets a request for which nobody waits any longer.
    mutating func withdraw(_ request: Int) {
        guard let entry = entries.removeValue(forKey: request) else { return }
        waiting -= entry.texts.count - entry.taken
        order.removeAll { $0 == request }
    }
}

/// Finds a pattern in a text.
package struct PatternMatcher {
    package enum Result: Hashable {
        /// Ranges of the match and of its groups; nil for a group that took no part.
        case match([Range<Int>?])
        case noMatch
        /// The work for this text went beyond the limit.
        case tooMuchWork
    }

    /// Instructions looked at before the matcher gives up: about a second's worth.
    package static let standardWork = 20_000_000

    private let pattern: Pattern
    private let text: [Unicode.Scalar]
    private let maximumWork: Int
    /// Instructions looked at so far.
    package private(set) var work = 0

    package init(_ pattern: Pattern, in text: [Unicode.Scalar], maximumWork: Int = standardWork) {
        self.pattern = pattern
        self.text = text
        self.maximumWork = maximumWork
    }

    /// The leftmost match that starts at `start` or later.
    package mutating func firstMatch(from start: Int = 0) -> Result {
        var current = ThreadList(capacity: pattern.program.count)
        var following = current
        var best: [Int]?
        for index in start...text.count {
            if best == nil { addThread(at: 0, captures: emptyCaptures, index: index, to: &current) }
            if current.isEmpty && best != nil { break }
            following.removeAll()
            advance(current, to: &following, at: index, best: &best)
            swap(&current, &following)
            if work > maximumWork { return .tooMuchWork }
        }
        return best.map { .match(ranges($0)) } ?? .noMatch
    }

    /// Moves every thread over the character at `index`, in order of preference.
    private mutating func advance(
        _ current: ThreadList, to following: inout ThreadList, at index: Int, best: inout [Int]?
    ) {
        for thread in current.threads {
            work += 1
            switch pattern.program[thread.place] {
            case .accept:
                best = thread.captures
                return
            case .set(let set) where index < text.count && set.contains(text[index]):
                addThread(at: thread.place + 1, captures: thread.captures, index: index + 1, to: &following)
            default: break
            }
        }
    }

    /// Follows the instructions that read nothing, the preferred ones first.
    private mutating func addThread(at place: Int, captures: [Int], index: Int, to list: inout ThreadList) {
        var pending = [(place: place, captures: captures)]
        while let (place, captures) = pending.popLast() {
            guard list.insert(place) else { continue }
            work += 1
            switch pattern.program[place] {
            case .jump(let target): pending.append((target, captures))
            case .split(let first, let second):
                pending.append((second, captures))
                pending.append((first, captures))
            case .save(let slot):
                var captures = captures
                captures[slot] = index
                pending.append((place + 1, captures))
            case .assertion(let assertion):
                if holds(assertion, at: index) { pending.append((place + 1, captures)) }
            case .set, .accept:
                list.threads.append((place, captures))
            }
        }
    }

    private var emptyCaptures: [Int] { [Int](repeating: -1, count: 2 * (pattern.groupCount + 1)) }

    private func ranges(_ captures: [Int]) -> [Range<Int>?] {
        stride(from: 0, to: captures.count, by: 2).map { slot in
            captures[slot] >= 0 && captures[slot + 1] >= captures[slot] ? captures[slot]..<captures[slot + 1] : nil
        }
    }

    private func holds(_ assertion: PatternAssertion, at index: Int) -> Bool {
        switch assertion {
        case .textStart: index == 0
        case .textEnd: index == text.count
        case .lineStart: index == 0 || text[index - 1] == "\n"
        case .lineEnd: index == text.count || text[index] == "\n"
        case .lastLineEnd: index == text.count || (index == text.count - 1 && text[index] == "\n")
        case .wordBoundary: isWordBoundary(index)
        case .notWordBoundary: !isWordBoundary(index)
        }
    }

    private func isWordBoundary(_ index: Int) -> Bool {
        let before = index > 0 && text[index - 1].isWordPart
        let after = index < text.count && text[index].isWordPart
        return before != after
    }
}

/// Threads in order of preference, each place of the program at most once.
private struct ThreadList {
    var threads: [(place: Int, captures: [Int])] = []
    private var marks: [Int]
    private var generation = 1

    init(capacity: Int) {
        marks = [Int](repeating: 0, count: capacity)
    }

    var isEmpty: Bool { threads.isEmpty }

    mutating func removeAll() {
        threads.removeAll(keepingCapacity: true)
        generation += 1
    }

    mutating func insert(_ place: Int) -> Bool {
        guard marks[place] != generation else { return false }
        marks[place] = generation
        return true
    }
}

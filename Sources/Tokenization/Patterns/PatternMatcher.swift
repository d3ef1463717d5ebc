/// Runs a pattern's program, keeping its stack between matches.
struct PatternMatcher {
    /// What to try next where the present way fails.
    private enum Choice {
        case resume(at: Int, offset: Int)
        /// A run that can give back one scalar after another, down to `lowest`.
        case shorten(next: Int, offset: Int, lowest: Int)
        /// A lazy run that can take one scalar more.
        case lengthen(next: Int, set: Int, offset: Int, left: Int)
        case restore(mark: Int, offset: Int)
    }

    private static let stepsPerMatch = 10_000_000
    private static let stepsPerByte = 1_000
    /// Choices that wait at once, and lookarounds inside each other.
    private static let deepestStack = 4_000_000
    private static let deepestNesting = 64

    private let program: PatternProgram
    private let range: Range<Int>
    private var choices: [Choice] = []
    private var marks: [Int]
    private var stepsLeft: Int
    private var nesting = 0

    init(program: PatternProgram, range: Range<Int>) {
        self.program = program
        self.range = range
        marks = Array(repeating: -1, count: program.markCount)
        stepsLeft = Self.stepsPerMatch + Self.stepsPerByte * range.count
    }

    /// Whether the budget of steps is used up.
    var isExhausted: Bool { stepsLeft <= 0 }

    /// Where the match that begins at `offset` ends, nil where there is none.
    mutating func endOfMatch(in text: Span<UInt8>, from offset: Int) -> Int? {
        choices.removeAll(keepingCapacity: true)
        return run(0, from: offset, in: text)
    }

    private mutating func run(_ start: Int, from startOffset: Int, in text: Span<UInt8>) -> Int? {
        let bottom = choices.count
        var place = start
        var offset = startOffset
        while true {
            stepsLeft -= 1
            guard stepsLeft > 0, choices.count < Self.deepestStack else {
                stepsLeft = 0
                choices.removeLast(choices.count - bottom)
                return nil
            }
            var fails = false
            switch program.instructions[place] {
            case .done:
                choices.removeLast(choices.count - bottom)
                return offset
            case .scalar(let set):
                if offset < range.upperBound, program.sets[set].contains(scalarAt: offset, in: text) {
                    offset += text.scalarLength(at: offset)
                    place += 1
                } else {
                    fails = true
                }
            case .run(let set, let atLeast, let atMost, let greed):
                fails = !take(set, atLeast, atMost, greed, next: place + 1, in: text, &offset)
                place += 1
            case .jump(let target): place = target
            case .split(let first, let second):
                choices.append(.resume(at: second, offset: offset))
                place = first
            case .mark(let mark):
                choices.append(.restore(mark: mark, offset: marks[mark]))
                marks[mark] = offset
                place += 1
            case .progress(let mark):
                fails = marks[mark] == offset
                place += 1
            case .look(let next, let ahead, let negated):
                fails = look(place + 1, ahead: ahead, from: offset, in: text) == negated
                place = next
            case .atomic(let next):
                if let end = nested(place + 1, from: offset, in: text) { offset = end } else { fails = true }
                place = next
            case .assertion(let assertion):
                fails = !holds(assertion, at: offset, in: text)
                place += 1
            }
            if fails, !backtrack(to: bottom, &place, &offset, in: text) { return nil }
        }
    }

    /// Takes up the latest choice above `bottom`; false where none is left.
    private mutating func backtrack(
        to bottom: Int, _ place: inout Int, _ offset: inout Int, in text: Span<UInt8>
    ) -> Bool {
        while choices.count > bottom, let choice = choices.popLast() {
            switch choice {
            case .resume(let at, let from):
                place = at
                offset = from
                return true
            case .shorten(let next, let from, let lowest):
                let shorter = text.startOfScalar(endingAt: from)
                if shorter > lowest { choices.append(.shorten(next: next, offset: shorter, lowest: lowest)) }
                place = next
                offset = shorter
                return true
            case .lengthen(let next, let set, let from, let left):
                guard from < range.upperBound, program.sets[set].contains(scalarAt: from, in: text) else { continue }
                let longer = from + text.scalarLength(at: from)
                if left > 1 { choices.append(.lengthen(next: next, set: set, offset: longer, left: left - 1)) }
                place = next
                offset = longer
                return true
            case .restore(let mark, let old): marks[mark] = old
            }
        }
        return false
    }

    /// A run of scalars of one set. False where there are too few.
    private mutating func take(
        _ set: Int, _ atLeast: Int, _ atMost: Int, _ greed: PatternGreed, next: Int, in text: Span<UInt8>,
        _ offset: inout Int
    ) -> Bool {
        let members = program.sets[set]
        let wanted = greed == .lazy ? atLeast : atMost
        var count = 0
        var end = offset
        var lowest = atLeast == 0 ? offset : -1
        while count < wanted, end < range.upperBound, members.contains(scalarAt: end, in: text) {
            end += text.scalarLength(at: end)
            count += 1
            if count == atLeast { lowest = end }
        }
        stepsLeft -= count >> 3
        guard count >= atLeast else { return false }
        offset = end
        if greed == .greedy, end > lowest {
            choices.append(.shorten(next: next, offset: end, lowest: lowest))
        } else if greed == .lazy, atMost > atLeast {
            choices.append(.lengthen(next: next, set: set, offset: end, left: atMost - atLeast))
        }
        return true
    }

    private mutating func nested(_ start: Int, from offset: Int, in text: Span<UInt8>) -> Int? {
        guard nesting < Self.deepestNesting else {
            stepsLeft = 0
            return nil
        }
        nesting += 1
        defer { nesting -= 1 }
        return run(start, from: offset, in: text)
    }

    private mutating func look(_ start: Int, ahead: Bool, from offset: Int, in text: Span<UInt8>) -> Bool {
        if ahead { return nested(start, from: offset, in: text) != nil }
        // Patterns that look back are short: every place before is tried, the nearest first.
        var from = offset
        while true {
            if nested(start, from: from, in: text) == offset { return true }
            guard from > range.lowerBound, !isExhausted else { return false }
            from = text.startOfScalar(endingAt: from)
        }
    }

    private func holds(_ assertion: PatternAssertion, at offset: Int, in text: Span<UInt8>) -> Bool {
        let isStart = offset == range.lowerBound
        let isEnd = offset == range.upperBound
        switch assertion {
        case .textStart: return isStart
        case .textEnd: return isEnd
        case .textEndBeforeLineBreak: return isEnd || (offset + 1 == range.upperBound && text[offset] == 0x0A)
        case .lineStart: return isStart || (text[offset - 1] == 0x0A && !isEnd)
        case .lineEnd: return isEnd || text[offset] == 0x0A
        case .wordBoundary, .notWordBoundary:
            let before = !isStart && isWord(text.startOfScalar(endingAt: offset), in: text)
            let after = !isEnd && isWord(offset, in: text)
            return (before != after) == (assertion == .wordBoundary)
        }
    }

    private static let word = CompiledSet(.property(.word))

    private func isWord(_ offset: Int, in text: Span<UInt8>) -> Bool {
        Self.word.contains(scalarAt: offset, in: text)
    }
}

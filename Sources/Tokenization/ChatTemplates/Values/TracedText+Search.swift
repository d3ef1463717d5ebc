extension TracedText {
    /// Where `needle` first begins within `range`, or nil. An empty needle is found at once.
    func firstIndex(of needle: TracedText, in range: Range<Int>) -> Int? {
        guard needle.count <= range.count else { return nil }
        guard let first = needle.scalars.first else { return range.lowerBound }
        var start = range.lowerBound
        let last = range.upperBound - needle.count
        while start <= last {
            if scalars[start] == first, matches(needle, at: start) { return start }
            start += 1
        }
        return nil
    }

    /// Where `needle` last begins within `range`, or nil.
    func lastIndex(of needle: TracedText, in range: Range<Int>) -> Int? {
        guard needle.count <= range.count else { return nil }
        var start = range.upperBound - needle.count
        while start >= range.lowerBound {
            if matches(needle, at: start) { return start }
            start -= 1
        }
        return nil
    }

    /// Whether `needle` stands at `index`.
    func matches(_ needle: TracedText, at index: Int) -> Bool {
        guard index >= 0, index + needle.count <= count else { return false }
        var offset = 0
        while offset < needle.count {
            if scalars[index + offset] != needle.scalars[offset] { return false }
            offset += 1
        }
        return true
    }

    func contains(_ needle: TracedText) -> Bool { firstIndex(of: needle, in: 0..<count) != nil }

    /// Beginnings of matches that do not overlap, from the left, at most `limit`.
    func occurrences(of needle: TracedText, limit: Int = .max) -> [Int] {
        guard !needle.isEmpty else { return Array((0...count).prefix(max(0, limit))) }
        var found: [Int] = []
        var start = 0
        while found.count < limit, let index = firstIndex(of: needle, in: start..<count) {
            found.append(index)
            start = index + needle.count
        }
        return found
    }

    /// Takes code points off the ends while `isStripped` holds.
    func stripped(
        leading: Bool = true,
        trailing: Bool = true,
        where isStripped: (Unicode.Scalar) -> Bool = \.isPythonWhitespace
    ) -> TracedText {
        var low = 0
        var high = count
        while leading, low < high, isStripped(scalars[low]) { low += 1 }
        while trailing, high > low, isStripped(scalars[high - 1]) { high -= 1 }
        return self[low..<high]
    }

    /// The pieces between the given ranges.
    func pieces(between separators: [Range<Int>]) -> [TracedText] {
        var result: [TracedText] = []
        var start = 0
        for separator in separators {
            result.append(self[start..<separator.lowerBound])
            start = separator.upperBound
        }
        result.append(self[from: start])
        return result
    }

    /// Runs of code points that are not whitespace.
    func words() -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for (index, scalar) in scalars.enumerated() {
            if scalar.isPythonWhitespace {
                if let first = start { result.append(first..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let first = start { result.append(first..<count) }
        return result
    }

    /// Lines without their ends, or with them.
    func lines(keepingEnds: Bool = false) -> [TracedText] {
        var result: [TracedText] = []
        var start = 0
        var index = 0
        while index < count {
            let scalar = scalars[index]
            guard scalar.isPythonLineBreak else {
                index += 1
                continue
            }
            let isPair = scalar == "\r" && index + 1 < count && scalars[index + 1] == "\n"
            let end = index + (isPair ? 2 : 1)
            result.append(self[start..<(keepingEnds ? end : index)])
            start = end
            index = end
        }
        if start < count { result.append(self[from: start]) }
        return result
    }
}

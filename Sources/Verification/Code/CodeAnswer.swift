/// The program in a reply.
///
/// Fenced blocks are looked at first: the first one that defines the function, otherwise the first one. Without a fence
/// the whole reply is the program. Where the task's prompt is the beginning of a program and the reply does not define the
/// function, the reply continues it, up to the first line that begins something else at the margin.
public enum CodeAnswer {
    public static func program(in reply: String, for tests: UnitTests) -> String {
        // A carriage return and a line feed are one character, which is not the line feed.
        let lines = reply.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine).map(String.init)
        let blocks = fencedBlocks(lines)
        let chosen = blocks.first { defines(tests.entryPoint, in: $0) } ?? blocks.first
        guard let stub = tests.stub else { return (chosen ?? lines).joined(separator: "\n") }
        let code = chosen ?? lines
        if defines(tests.entryPoint, in: code) { return imports(of: stub) + code.joined(separator: "\n") }
        return stub + body(code).joined(separator: "\n") + "\n"
    }

    private static func endsLine(_ character: Character) -> Bool { character == "\n" || character == "\r\n" }

    /// The lines between ``` and ```; an open last block counts, because the token limit may have cut it.
    private static func fencedBlocks(_ lines: [String]) -> [[String]] {
        var blocks: [[String]] = []
        var open: [String]?
        for line in lines {
            let isFence = line.drop(while: \.isWhitespace).hasPrefix("```")
            if isFence {
                if let block = open { blocks.append(block) }
                open = open == nil ? [] : nil
            } else {
                open?.append(line)
            }
        }
        if let block = open, !block.isEmpty { blocks.append(block) }
        return blocks
    }

    private static func defines(_ name: String, in lines: [String]) -> Bool {
        lines.contains { line in
            guard line.hasPrefix("def \(name)") || line.hasPrefix("async def \(name)") || line.hasPrefix("\(name) =")
            else { return false }
            let after = line.drop { $0 != "(" && $0 != "=" }
            return line.hasPrefix("\(name) =") || line[..<after.startIndex].hasSuffix(name)
        }
    }

    /// What the stub imports: an answer that repeats only the function relies on it.
    private static func imports(of stub: String) -> String {
        let lines = stub.split(whereSeparator: endsLine).filter { $0.hasPrefix("import ") || $0.hasPrefix("from ") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The lines of a function's body: up to the first that starts at the margin.
    private static func body(_ lines: [String]) -> ArraySlice<String> {
        let end = lines.indices.dropFirst().first { index in
            guard let first = lines[index].first else { return false }
            return !first.isWhitespace
        }
        return lines[..<(end ?? lines.count)]
    }
}

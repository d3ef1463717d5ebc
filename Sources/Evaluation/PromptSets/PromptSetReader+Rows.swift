extension PromptSetReader {
    static func collectTable(_ file: PromptSetFile, format: PromptSetFormat, into collector: inout PromptCollector) {
        let limit = collector.limits.lineBytes
        var reader = CSVReader(file.bytes, from: file.contentStart, recordLimit: limit)
        guard let header = nextRecord(of: &reader, into: &collector) else { return }
        if let name = firstDuplicate(in: header.fields) {
            return collector.report(.duplicateColumn(name: name), line: header.line)
        }
        var number = 0
        while !collector.isFull {
            do {
                guard let record = try reader.next() else { return }
                number += 1
                guard record.fields.count == header.fields.count else {
                    let issue = PromptSetIssue.fieldCount(found: record.fields.count, expected: header.fields.count)
                    collector.report(issue, line: record.line)
                    continue
                }
                let row = TableRow(columns: header.fields, record: record, number: number)
                add(line: row.line, to: &collector) { () throws(RowFaults) in
                    try TableForms.prompt(row, format: format, fileName: file.name)
                }
            } catch {
                number += 1
                collector.report(error)
            }
        }
    }

    static func collectObjects(_ file: PromptSetFile, format: PromptSetFormat, into collector: inout PromptCollector) {
        var number = 0
        JSONRows(file.bytes, from: file.contentStart, lineLimit: collector.limits.lineBytes).forEach { result in
            number += 1
            switch result {
            case .failure(let fault): collector.report(fault)
            case .success(let row):
                add(line: row.line, to: &collector) { () throws(RowFaults) in
                    if format == .assay { return try AssayForm.prompt(row.object) }
                    if format == .code { return try CodeForm.prompt(row.object) }
                    return try ObjectForms.prompt(row.object, number: number, format: format, fileName: file.name)
                }
            }
            return !collector.isFull
        }
    }

    /// One prompt a line; blank lines are passed over.
    static func collectLines(_ file: PromptSetFile, into collector: inout PromptCollector) {
        let limit = collector.limits.lineBytes
        var (position, line) = (file.contentStart, 0)
        while position < file.bytes.count, !collector.isFull {
            let end = file.bytes[position...].firstIndex(of: 0x0A) ?? file.bytes.count
            line += 1
            let bytes = file.bytes[position..<end]
            position = end + 1
            do {
                if let prompt = try plainPrompt(bytes, line: line, limit: limit) { collector.add(prompt, line: line) }
            } catch {
                collector.report(error, line: line)
            }
        }
    }

    /// The prompt of a line of plain text; nil for a blank one.
    private static func plainPrompt(
        _ bytes: ArraySlice<UInt8>, line: Int, limit: Int
    ) throws(PromptSetIssue) -> Prompt? {
        if bytes.count > limit { throw .lineTooLong(limit: limit) }
        if bytes.contains(0) { throw .nulByte }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        let words = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        guard !words.isEmpty else { return nil }
        return Prompt(id: "malicious-instruct-\(line)", prompt: String(words), label: "harmful")
    }

    private static func add(
        line: Int, to collector: inout PromptCollector, _ make: () throws(RowFaults) -> Prompt
    ) {
        do {
            collector.add(try make(), line: line)
        } catch {
            collector.report(error, line: line)
        }
    }

    private static func nextRecord(
        of reader: inout CSVReader, into collector: inout PromptCollector
    ) -> CSVReader.Record? {
        do {
            return try reader.next()
        } catch {
            collector.report(error)
            return nil
        }
    }

    private static func firstDuplicate(in columns: [String]) -> String? {
        var known: Set<String> = []
        return columns.first { !known.insert($0).inserted }
    }
}

/// One record of a CSV file by its column names.
struct TableRow {
    let line: Int
    /// Counted from 1, without the header.
    let number: Int
    private let fields: [String: String]
    private let columns: [String]

    init(columns: [String], record: CSVReader.Record, number: Int) {
        line = record.line
        self.number = number
        self.columns = columns
        fields = Dictionary(zip(columns, record.fields), uniquingKeysWith: { first, _ in first })
    }

    /// The field, or nil where it is empty or blank, or the column does not exist.
    subscript(column: String) -> String? {
        guard let field = fields[column], !field.allSatisfy(\.isWhitespace) else { return nil }
        return field
    }

    func required(_ column: String) throws(PromptSetIssue) -> String {
        guard let field = fields[column] else { throw .missingKey(key: column) }
        guard let text = self[column], !field.isEmpty else { throw .emptyText(key: column) }
        return text
    }

    /// The fields of all columns but those that were used, under the columns' names; nil where nothing is left.
    func metadata(without used: [String]) -> [String: String]? {
        var metadata: [String: String] = [:]
        for column in columns where !column.isEmpty && !used.contains(column) { metadata[column] = self[column] }
        return metadata.isEmpty ? nil : metadata
    }
}

/// The public sets that are CSV files. Columns that have no place in ``Prompt`` go to its metadata.
enum TableForms {
    static func prompt(
        _ row: TableRow, format: PromptSetFormat, fileName: String
    ) throws(RowFaults) -> Prompt {
        var faults = RowFaults()
        let prompt =
            switch format {
            case .harmbench: harmBench(row, &faults)
            case .xstest: xsTest(row, &faults)
            case .jailbreakbench: jailbreakBench(row, fileName: fileName, &faults)
            case .strongreject: strongReject(row, &faults)
            default: advBench(row, &faults)
            }
        return try faults.checked(prompt)
    }

    private static func advBench(_ row: TableRow, _ faults: inout RowFaults) -> Prompt {
        Prompt(
            id: "advbench-\(row.number)", prompt: faults.value(try row.required("goal")), label: "harmful",
            metadata: row.metadata(without: ["goal"])
        )
    }

    /// The context, where there is one, comes before the behaviour with a rule between them, as in HarmBench itself.
    private static func harmBench(_ row: TableRow, _ faults: inout RowFaults) -> Prompt {
        let behaviour = faults.value(try row.required("Behavior")) ?? ""
        let context = row["ContextString"]
        var metadata = row.metadata(without: ["Behavior", "SemanticCategory", "BehaviorID"]) ?? [:]
        if context != nil { metadata["Behavior"] = behaviour }
        return Prompt(
            id: faults.value(try row.required("BehaviorID")) ?? "",
            prompt: context.map { "\($0)\n\n---\n\n\(behaviour)" } ?? behaviour,
            label: "harmful",
            category: row["SemanticCategory"],
            metadata: metadata.isEmpty ? nil : metadata
        )
    }

    /// Safe prompts that look unsafe are borderline; those of the `contrast_` types are what they look like.
    private static func xsTest(_ row: TableRow, _ faults: inout RowFaults) -> Prompt {
        let id = row["id"] ?? row["id_v2"] ?? row["id_v1"]
        if id == nil { faults.add(.emptyText(key: "id")) }
        let text = faults.value(try row.required("prompt"))
        let type = faults.value(try row.required("type"))
        let isUnsafe = faults.value(try isMarkedUnsafe(row)) ?? type?.hasPrefix("contrast_") ?? false
        return Prompt(
            id: id ?? "", prompt: text, label: isUnsafe ? "unsafe-contrast" : "borderline",
            category: type,
            metadata: row.metadata(without: ["id", "id_v2", "prompt", "type", "label"])
        )
    }

    /// What a row of XSTest says of itself; nil in the second version, which has no such column.
    private static func isMarkedUnsafe(_ row: TableRow) throws(PromptSetIssue) -> Bool? {
        switch row["label"] {
        case nil: nil
        case "safe": false
        case "unsafe": true
        case .some(let label): throw .unknownValue(key: "label", found: label, allowed: ["safe", "unsafe"])
        }
    }

    /// The split, or the file's name where there is no such column, says whether the behaviours are harmful.
    private static func jailbreakBench(_ row: TableRow, fileName: String, _ faults: inout RowFaults) -> Prompt {
        let split = row["Split"] ?? row["split"]
        let id = row["Index"] ?? row[""] ?? String(row.number)
        return Prompt(
            id: "jailbreakbench-\(split.map { "\($0)-" } ?? "")\(id)",
            prompt: faults.value(try row.required("Goal")),
            label: NamedLabel.label(in: split ?? fileName), category: row["Category"],
            metadata: row.metadata(without: ["Index", "Goal", "Category"])
        )
    }

    private static func strongReject(_ row: TableRow, _ faults: inout RowFaults) -> Prompt {
        Prompt(
            id: "strongreject-\(row.number)", prompt: faults.value(try row.required("forbidden_prompt")),
            label: "harmful", category: row["category"],
            metadata: row.metadata(without: ["forbidden_prompt", "category"])
        )
    }
}

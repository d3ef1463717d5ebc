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
    ) throws(PromptSetIssue) -> Prompt {
        switch format {
        case .harmbench: try harmBench(row)
        case .xstest: try xsTest(row)
        case .jailbreakbench: try jailbreakBench(row, fileName: fileName)
        case .strongreject: try strongReject(row)
        default: try advBench(row)
        }
    }

    private static func advBench(_ row: TableRow) throws(PromptSetIssue) -> Prompt {
        Prompt(
            id: "advbench-\(row.number)", prompt: try row.required("goal"), label: "harmful",
            metadata: row.metadata(without: ["goal"])
        )
    }

    /// The context, where there is one, comes before the behaviour with a rule between them, as in HarmBench itself.
    private static func harmBench(_ row: TableRow) throws(PromptSetIssue) -> Prompt {
        let behaviour = try row.required("Behavior")
        let context = row["ContextString"]
        var metadata = row.metadata(without: ["Behavior", "SemanticCategory", "BehaviorID"]) ?? [:]
        if context != nil { metadata["Behavior"] = behaviour }
        return Prompt(
            id: try row.required("BehaviorID"),
            prompt: context.map { "\($0)\n\n---\n\n\(behaviour)" } ?? behaviour,
            label: "harmful",
            category: row["SemanticCategory"],
            metadata: metadata.isEmpty ? nil : metadata
        )
    }

    /// Safe prompts that look unsafe are borderline; those of the `contrast_` types are what they look like.
    private static func xsTest(_ row: TableRow) throws(PromptSetIssue) -> Prompt {
        let type = try row.required("type")
        let isUnsafe: Bool
        switch row["label"] {
        case nil: isUnsafe = type.hasPrefix("contrast_")
        case "safe": isUnsafe = false
        case "unsafe": isUnsafe = true
        case .some(let label): throw .unknownValue(key: "label", found: label, allowed: ["safe", "unsafe"])
        }
        let id = row["id"] ?? row["id_v2"] ?? row["id_v1"]
        guard let id else { throw .emptyText(key: "id") }
        return Prompt(
            id: id, prompt: try row.required("prompt"), label: isUnsafe ? "unsafe-contrast" : "borderline",
            category: type,
            metadata: row.metadata(without: ["id", "id_v2", "prompt", "type", "label"])
        )
    }

    /// The split, or the file's name where there is no such column, says whether the behaviours are harmful.
    private static func jailbreakBench(_ row: TableRow, fileName: String) throws(PromptSetIssue) -> Prompt {
        let split = row["Split"] ?? row["split"]
        let id = row["Index"] ?? row[""] ?? String(row.number)
        return Prompt(
            id: "jailbreakbench-\(split.map { "\($0)-" } ?? "")\(id)", prompt: try row.required("Goal"),
            label: NamedLabel.label(in: split ?? fileName), category: row["Category"],
            metadata: row.metadata(without: ["Index", "Goal", "Category"])
        )
    }

    private static func strongReject(_ row: TableRow) throws(PromptSetIssue) -> Prompt {
        Prompt(
            id: "strongreject-\(row.number)", prompt: try row.required("forbidden_prompt"), label: "harmful",
            category: row["category"], metadata: row.metadata(without: ["forbidden_prompt", "category"])
        )
    }
}

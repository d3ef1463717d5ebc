/// The files that are published with CHATS-lab's study of harmfulness and refusal: rows of other sets, with the prompt
/// under `bad_q`, and Alpaca's rows, with the prompt under `instruction` beside `output`.
enum ChatsLabForm {
    static func prompt(_ reader: ObjectReader, number: Int, fileName: String, _ faults: inout RowFaults) -> Prompt {
        let isQuestion = reader.object["bad_q"] != nil || reader.object["instruction"] == nil
        let named = NamedLabel.label(in: fileName) ?? (isQuestion ? "harmful" : nil)
        let label = label(of: reader.object)
        let (category, categoryKey) = category(reader, &faults)
        let used = ["bad_q", "instruction", "input", categoryKey, label == nil ? nil : "label"].compactMap(\.self)
        return Prompt(
            id: "chats-lab-\(number)",
            prompt: isQuestion ? faults.value(try reader.requiredText("bad_q")) : instruction(reader, &faults),
            label: label ?? named, category: category, metadata: reader.metadata(without: used)
        )
    }

    /// Alpaca's `input` belongs to the instruction and follows it.
    private static func instruction(_ reader: ObjectReader, _ faults: inout RowFaults) -> String? {
        let instruction = faults.value(try reader.requiredText("instruction"))
        guard let input = faults.value(try reader.optionalText("input")) else { return instruction }
        return instruction.map { "\($0)\n\n\(input)" }
    }

    /// What the row itself says. XSTest's rows, which have a `type`, are called as in ``TableForms``.
    private static func label(of row: JSONObject) -> String? {
        let isXSTest = row["type"] != nil
        switch row["label"]?.string?.lowercased() {
        case "safe": return isXSTest ? "borderline" : "harmless"
        case "unsafe": return isXSTest ? "unsafe-contrast" : "harmful"
        case "benign": return "harmless"
        case let label? where ["harmful", "harmless", "borderline", "unsafe-contrast"].contains(label): return label
        default: return nil
        }
    }

    /// The category with the key that it stands under.
    private static func category(_ reader: ObjectReader, _ faults: inout RowFaults) -> (String?, String?) {
        if let category = faults.value(try reader.optionalText("Category")) { return (category, "Category") }
        for key in ["category", "type"] {
            guard let text = reader.object[key]?.scalarText, !text.unicodeScalars.contains("\0"),
                text.contains(where: { !$0.isWhitespace })
            else { continue }
            return (text, key)
        }
        return (nil, nil)
    }
}

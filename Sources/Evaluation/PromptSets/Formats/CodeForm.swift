internal import Verification

/// Assay's programming tasks: a function to write, tests that a plausible wrong answer passes, tests that catch it.
enum CodeForm {
    private static let keys = [
        "id", "prompt", "entry_point", "solution", "wrong", "weak_tests", "strong_tests", "category", "level",
    ]

    static func prompt(_ object: JSONObject) throws(RowFaults) -> Prompt {
        let reader = ObjectReader(object)
        var faults = RowFaults()
        faults.add(reader.unknownKeys(allowed: keys))
        let id = faults.value(try reader.requiredText("id"))
        let text = faults.value(try reader.requiredText("prompt"))
        let entryPoint = faults.value(try functionName(reader)) ?? ""
        let solution = faults.value(try reader.requiredText("solution"))
        let wrong = faults.value(try reader.requiredText("wrong"))
        let weak = faults.value(try reader.requiredTexts("weak_tests")) ?? []
        let strong = faults.value(try reader.requiredTexts("strong_tests")) ?? []
        let prompt = Prompt(
            id: id ?? "", prompt: text,
            category: faults.value(try reader.text("category")),
            level: faults.value(try reader.integer("level", in: 1...1000)),
            metadata: ["entry_point": entryPoint, "solution": solution ?? "", "wrong": wrong ?? ""],
            tests: UnitTests(
                entryPoint: entryPoint, suites: ["weak": .statements(weak), "strong": .statements(strong)]))
        return try faults.checked(prompt)
    }

    private static func functionName(_ reader: ObjectReader) throws(PromptSetIssue) -> String {
        let name = try reader.requiredText("entry_point")
        guard isName(name) else {
            throw .unknownValue(key: "entry_point", found: name, allowed: ["the name of a Python function"])
        }
        return name
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first), text.utf8.count <= 80 else {
            return false
        }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar == "_" || ("0"..."9").contains(scalar) || (scalar.isASCII && scalar.properties.isAlphabetic)
        }
    }
}

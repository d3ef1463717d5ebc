internal import Verification

/// Assay's programming tasks: a function to write, tests that a plausible wrong answer passes, tests that catch it.
enum CodeForm {
    private static let keys = [
        "id", "prompt", "entry_point", "solution", "wrong", "weak_tests", "strong_tests", "category", "level",
    ]

    static func prompt(_ object: JSONObject) throws(PromptSetIssue) -> Prompt {
        let reader = ObjectReader(object)
        try reader.refuseUnknownKeys(allowed: keys)
        let entryPoint = try reader.requiredText("entry_point")
        guard isName(entryPoint) else {
            throw .unknownValue(key: "entry_point", found: entryPoint, allowed: ["the name of a Python function"])
        }
        guard let weak = try reader.texts("weak_tests") else { throw .missingKey(key: "weak_tests") }
        guard let strong = try reader.texts("strong_tests") else { throw .missingKey(key: "strong_tests") }
        return Prompt(
            id: try reader.requiredText("id"), prompt: try reader.requiredText("prompt"),
            category: try reader.text("category"), level: try reader.integer("level", in: 1...1000),
            metadata: [
                "entry_point": entryPoint, "solution": try reader.requiredText("solution"),
                "wrong": try reader.requiredText("wrong"),
            ],
            tests: UnitTests(
                entryPoint: entryPoint, suites: ["weak": .statements(weak), "strong": .statements(strong)])
        )
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

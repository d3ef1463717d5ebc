internal import Verification

/// The public sets that are JSON objects, one a line or in one list. Texts that have no place in ``Prompt`` go to its
/// metadata.
enum ObjectForms {
    static func prompt(
        _ object: JSONObject, number: Int, format: PromptSetFormat, fileName: String
    ) throws(RowFaults) -> Prompt {
        let reader = ObjectReader(object)
        var faults = RowFaults()
        let prompt =
            switch format {
            case .chatsLab: ChatsLabForm.prompt(reader, number: number, fileName: fileName, &faults)
            case .humaneval: humanEval(reader, &faults)
            case .gsm8k: gsm8k(reader, number: number, &faults)
            case .math: math(reader, number: number, &faults)
            case .verl: verl(reader, number: number, &faults)
            default: refusalDirection(reader, number: number, fileName: fileName, &faults)
            }
        return try faults.checked(prompt)
    }

    private static func refusalDirection(
        _ reader: ObjectReader, number: Int, fileName: String, _ faults: inout RowFaults
    ) -> Prompt {
        Prompt(
            id: "refusal-direction-\(number)", prompt: faults.value(try reader.requiredText("instruction")),
            label: NamedLabel.label(in: fileName), category: faults.value(try reader.optionalText("category")),
            metadata: reader.metadata(without: ["instruction", "category"])
        )
    }

    private static func humanEval(_ reader: ObjectReader, _ faults: inout RowFaults) -> Prompt {
        let id = faults.value(try reader.requiredText("task_id"))
        let stub = faults.value(try reader.requiredText("prompt"))
        let entryPoint = faults.value(try reader.requiredText("entry_point"))
        _ = faults.value(try reader.requiredText("canonical_solution"))
        let suites = ["base": UnitTestSuite.check(faults.value(try reader.requiredText("test")) ?? "")]
        return Prompt(
            id: id ?? "", prompt: stub,
            metadata: reader.metadata(without: ["task_id", "prompt"]),
            tests: UnitTests(entryPoint: entryPoint ?? "", stub: stub ?? "", suites: suites)
        )
    }

    private static func gsm8k(_ reader: ObjectReader, number: Int, _ faults: inout RowFaults) -> Prompt {
        let question = faults.value(try reader.requiredText("question"))
        let solution = faults.value(try reader.requiredText("answer"))
        let answer = solution.flatMap(goldAnswer)
        if solution != nil, answer == nil { faults.add(.noGoldAnswer) }
        var metadata = reader.metadata(without: ["question", "answer"]) ?? [:]
        metadata["solution"] = solution
        return Prompt(id: "gsm8k-\(number)", prompt: question, target: answer.map { [$0] }, metadata: metadata)
    }

    /// What stands after the last `#### ` of a worked solution.
    private static func goldAnswer(of solution: String) -> String? {
        guard let mark = solution.ranges(of: "####").last else { return nil }
        let answer = solution[mark.upperBound...].trimmingSpace
        return answer.isEmpty ? nil : answer
    }

    private static func math(_ reader: ObjectReader, number: Int, _ faults: inout RowFaults) -> Prompt {
        let problem = faults.value(try reader.requiredText("problem"))
        let target = faults.value(try mathTarget(reader))
        let subject = faults.value(try reader.optionalText("subject"))
        let type = faults.value(try reader.optionalText("type"))
        return Prompt(
            id: faults.value(try reader.optionalText("unique_id")) ?? "math-\(number)", prompt: problem,
            category: subject ?? type, target: target.map { [$0] },
            level: level(reader.object["level"]),
            metadata: reader.metadata(without: ["problem", "answer", "subject", "type", "level", "unique_id"])
        )
    }

    private static func mathTarget(_ reader: ObjectReader) throws(PromptSetIssue) -> String {
        if let answer = try reader.optionalText("answer") { return answer }
        guard let boxed = BoxedText.last(in: try reader.requiredText("solution")) else { throw .noGoldAnswer }
        return boxed
    }

    private static func verl(_ reader: ObjectReader, number: Int, _ faults: inout RowFaults) -> Prompt {
        let isConversation = reader.object["prompt"]?.array != nil
        return Prompt(
            id: "verl-\(number)",
            prompt: isConversation ? nil : faults.value(try reader.requiredText("prompt")),
            messages: isConversation ? faults.value(try reader.messages("prompt")) : nil,
            category: faults.value(try reader.optionalText("data_source")),
            target: faults.value(try verlTargets(reader)),
            metadata: reader.metadata(without: ["prompt", "data_source", "reward_model", "extra_info"])
        )
    }

    private static func verlTargets(_ reader: ObjectReader) throws(PromptSetIssue) -> [String] {
        guard let reward = reader.object["reward_model"]?.object, let truth = reward["ground_truth"] else {
            throw .missingKey(key: "reward_model.ground_truth")
        }
        let targets = (truth.array ?? [truth]).compactMap(\.scalarText)
        guard !targets.isEmpty, !targets.contains("") else { throw .emptyText(key: "reward_model.ground_truth") }
        return targets
    }

    /// `3` or `Level 3`.
    private static func level(_ node: JSONNode?) -> Int? {
        let spelled = node?.string?.split(separator: " ").last.flatMap { Int($0) }
        guard let level = node?.integer ?? spelled, level >= 1 else { return nil }
        return level
    }
}

extension ObjectReader {
    /// The texts, numbers and Booleans under all keys but those that were used; nil where nothing is left.
    func metadata(without used: [String]) -> [String: String]? {
        var metadata: [String: String] = [:]
        for key in object.keys where !used.contains(key) { metadata[key] = object[key]?.scalarText }
        return metadata.isEmpty ? nil : metadata
    }
}

extension Substring {
    fileprivate var trimmingSpace: String {
        let front = drop(while: \.isWhitespace)
        return String(front.reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// The content of the last `\boxed{…}` of a LaTeX text.
enum BoxedText {
    static func last(in text: String) -> String? {
        guard let open = text.ranges(of: "\\boxed{").last else { return nil }
        var depth = 1
        var isEscaped = false
        for index in text[open.upperBound...].indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case "\\": isEscaped = true
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            if depth == 0 { return String(text[open.upperBound..<index]) }
        }
        return nil
    }
}

internal import Verification

/// The public sets that are JSON objects, one a line or in one list. Texts that have no place in ``Prompt`` go to its
/// metadata.
enum ObjectForms {
    static func prompt(
        _ object: JSONObject, number: Int, format: PromptSetFormat, fileName: String
    ) throws(PromptSetIssue) -> Prompt {
        let reader = ObjectReader(object)
        return switch format {
        case .chatsLab: try chatsLab(reader, number: number, fileName: fileName)
        case .humaneval: try humanEval(reader)
        case .gsm8k: try gsm8k(reader, number: number)
        case .math: try math(reader, number: number)
        case .verl: try verl(reader, number: number)
        default: try refusalDirection(reader, number: number, fileName: fileName)
        }
    }

    private static func refusalDirection(
        _ reader: ObjectReader, number: Int, fileName: String
    ) throws(PromptSetIssue) -> Prompt {
        Prompt(
            id: "refusal-direction-\(number)", prompt: try reader.requiredText("instruction"),
            label: NamedLabel.label(in: fileName), category: try reader.optionalText("category"),
            metadata: reader.metadata(without: ["instruction", "category"])
        )
    }

    private static func chatsLab(
        _ reader: ObjectReader, number: Int, fileName: String
    ) throws(PromptSetIssue) -> Prompt {
        Prompt(
            id: "chats-lab-\(number)", prompt: try reader.requiredText("bad_q"), label: NamedLabel.label(in: fileName),
            category: try reader.optionalText("Category"), metadata: reader.metadata(without: ["bad_q", "Category"])
        )
    }

    private static func humanEval(_ reader: ObjectReader) throws(PromptSetIssue) -> Prompt {
        _ = try reader.requiredText("canonical_solution")
        let (stub, entryPoint) = (try reader.requiredText("prompt"), try reader.requiredText("entry_point"))
        let suites = ["base": UnitTestSuite.check(try reader.requiredText("test"))]
        return Prompt(
            id: try reader.requiredText("task_id"), prompt: stub,
            metadata: reader.metadata(without: ["task_id", "prompt"]),
            tests: UnitTests(entryPoint: entryPoint, stub: stub, suites: suites)
        )
    }

    /// The gold answer stands after the last `#### ` of the worked solution.
    private static func gsm8k(_ reader: ObjectReader, number: Int) throws(PromptSetIssue) -> Prompt {
        let solution = try reader.requiredText("answer")
        guard let mark = solution.ranges(of: "####").last else { throw .noGoldAnswer }
        let answer = solution[mark.upperBound...].trimmingSpace
        guard !answer.isEmpty else { throw .noGoldAnswer }
        var metadata = reader.metadata(without: ["question", "answer"]) ?? [:]
        metadata["solution"] = solution
        return Prompt(
            id: "gsm8k-\(number)", prompt: try reader.requiredText("question"), target: [answer], metadata: metadata
        )
    }

    private static func math(_ reader: ObjectReader, number: Int) throws(PromptSetIssue) -> Prompt {
        let target: String
        if let answer = try reader.optionalText("answer") {
            target = answer
        } else if let boxed = BoxedText.last(in: try reader.requiredText("solution")) {
            target = boxed
        } else {
            throw .noGoldAnswer
        }
        let (subject, type) = (try reader.optionalText("subject"), try reader.optionalText("type"))
        return Prompt(
            id: try reader.optionalText("unique_id") ?? "math-\(number)", prompt: try reader.requiredText("problem"),
            category: subject ?? type, target: [target],
            level: level(reader.object["level"]),
            metadata: reader.metadata(without: ["problem", "answer", "subject", "type", "level", "unique_id"])
        )
    }

    private static func verl(_ reader: ObjectReader, number: Int) throws(PromptSetIssue) -> Prompt {
        guard let reward = reader.object["reward_model"]?.object, let truth = reward["ground_truth"] else {
            throw .missingKey(key: "reward_model.ground_truth")
        }
        let targets = (truth.array ?? [truth]).compactMap(\.scalarText)
        guard !targets.isEmpty, !targets.contains("") else { throw .emptyText(key: "reward_model.ground_truth") }
        let isConversation = reader.object["prompt"]?.array != nil
        return Prompt(
            id: "verl-\(number)",
            prompt: isConversation ? nil : try reader.requiredText("prompt"),
            messages: isConversation ? try reader.messages("prompt") : nil,
            category: try reader.optionalText("data_source"), target: targets,
            metadata: reader.metadata(without: ["prompt", "data_source", "reward_model", "extra_info"])
        )
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
    fileprivate func metadata(without used: [String]) -> [String: String]? {
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

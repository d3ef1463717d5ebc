/// The forms of prompt sets that can be read.
public enum PromptSetFormat: String, CaseIterable, Codable, Hashable, Sendable {
    /// Assay's own JSON lines: the keys of ``Prompt``.
    case assay
    /// CSV `goal,target`.
    case advbench
    /// CSV `Behavior,FunctionalCategory,SemanticCategory,Tags,ContextString,BehaviorID`.
    case harmbench
    /// CSV `id,prompt,type,label,focus,note`, and the second version's `id_v1,id_v2,type,prompt,focus,note`.
    case xstest
    /// CSV `Index,Goal,Target,Behavior,Category,Source`; the first name may be blank.
    case jailbreakbench
    /// CSV `category,source,forbidden_prompt`.
    case strongreject
    /// Plain text, one prompt a line. Never guessed: it must be named.
    case maliciousInstruct = "malicious-instruct"
    /// JSON objects `instruction,category`.
    case refusalDirection = "refusal-direction"
    /// JSON objects with the prompt under `bad_q`, or under `instruction` beside `output`.
    case chatsLab = "chats-lab"
    /// Assay's programming tasks: JSON objects `id,prompt,entry_point,solution,wrong,weak_tests,strong_tests`.
    case code
    /// JSON objects `task_id,prompt,entry_point,canonical_solution,test`.
    case humaneval
    /// JSON objects `question,answer`, with the answer after `#### `.
    case gsm8k
    /// JSON objects `problem` with `answer`, or with a `solution` that boxes it.
    case math
    /// JSON objects with a list of messages under `prompt`, and `reward_model.ground_truth`.
    case verl

    /// The format that a CSV header belongs to.
    static func ofCSV(header: [String]) -> PromptSetFormat? {
        let columns = Set(header)
        if columns.isSuperset(of: ["Behavior", "BehaviorID"]) { return .harmbench }
        if columns.isSuperset(of: ["Goal", "Behavior", "Category"]) { return .jailbreakbench }
        if columns.isSuperset(of: ["category", "forbidden_prompt"]) { return .strongreject }
        if columns.isSuperset(of: ["goal", "target"]) { return .advbench }
        let hasID = !columns.isDisjoint(with: ["id", "id_v1", "id_v2"])
        return hasID && columns.isSuperset(of: ["prompt", "type"]) ? .xstest : nil
    }

    /// The format that a JSON object belongs to.
    static func ofJSON(_ object: JSONObject) -> PromptSetFormat? {
        let keys = Set(object.keys)
        if keys.contains("bad_q") { return .chatsLab }
        if keys.isSuperset(of: ["task_id", "prompt", "entry_point"]) { return .humaneval }
        if keys.isSuperset(of: ["id", "entry_point"]) { return .code }
        if keys.isSuperset(of: ["prompt", "reward_model"]) { return .verl }
        if keys.isSuperset(of: ["instruction", "category"]) { return .refusalDirection }
        if keys.isSuperset(of: ["instruction", "output"]) { return .chatsLab }
        if keys.isSuperset(of: ["question", "answer"]) && !keys.contains("id") { return .gsm8k }
        if keys.contains("problem") && !keys.isDisjoint(with: ["answer", "solution"]) { return .math }
        return keys.isDisjoint(with: ["id", "prompt", "messages"]) ? nil : .assay
    }

    var isCSV: Bool {
        [.advbench, .harmbench, .xstest, .jailbreakbench, .strongreject].contains(self)
    }
}

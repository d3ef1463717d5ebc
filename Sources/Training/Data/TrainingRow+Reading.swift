internal import Foundation
internal import Tokenization

extension TrainingRow {
    /// Reads a line. Of its keys only those are looked at that belong to the shape in use: the first that is whole.
    ///
    /// - Throws: ``RowFault``; `DecodingError` for weights that are none.
    init(line: Data, shape: TrainingData.Shape) throws {
        let object = try RowObject(line)
        switch shape {
        case .supervised: try readSupervised(object)
        case .preference: try readPreference(object)
        }
        id = try object.id()
        label = try object.label()
        if isConversation {
            tools = try object.tools()
            templateVariables = try object.templateVariables()
        }
        guard Weights.CodingKeys.allCases.contains(where: { object.has($0.rawValue) }) else { return }
        let weights = try JSONDecoder().decode(Weights.self, from: line)
        truncated = weights.truncated
        weight = weights.weight
        firstWeight = weights.firstWeight
        unlikely = weights.unlikely
    }

    private mutating func readSupervised(_ object: RowObject) throws {
        if case .list(let messages) = object["messages"] {
            self.messages = try messages.map(ChatMessage.init(json:))
        } else if case .text(let text) = object["text"] {
            self.text = text
        } else if object.has("prompt", "completion") {
            prompt = try object.turns("prompt")
            completion = try object.turns("completion")
        } else {
            let keys = ["messages", "text", "prompt", "completion", "chosen", "rejected"]
            throw RowFault.shape(
                found: object.found(of: keys),
                needed: "\"messages\" (a list), or \"text\" (a text), or \"prompt\" with \"completion\"")
        }
    }

    private mutating func readPreference(_ object: RowObject) throws {
        guard object.has("chosen", "rejected") else {
            let keys = ["chosen", "rejected", "prompt", "completion", "messages", "text"]
            throw RowFault.shape(
                found: object.found(of: keys), needed: "\"chosen\" with \"rejected\", and a \"prompt\" if they lack it")
        }
        prompt = try object.turns("prompt")
        chosen = try object.turns("chosen")
        rejected = try object.turns("rejected")
    }

    private var isConversation: Bool {
        messages != nil || [prompt, completion, chosen, rejected].contains { $0?.messages != nil }
    }

    /// How much of it counts.
    private struct Weights: Decodable {
        var truncated: Bool?
        var weight: Float?
        var firstWeight: Float?
        var unlikely: UnlikelyBeginning?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case truncated, weight, unlikely
            case firstWeight = "first_weight"
        }
    }
}

extension TrainingRow.Turns {
    var messages: [ChatMessage]? { if case .messages(let messages) = self { messages } else { nil } }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .text: "a text"
        case .messages: "a list of messages"
        }
    }
}

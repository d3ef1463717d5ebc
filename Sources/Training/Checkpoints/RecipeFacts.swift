internal import Foundation

/// The settings of a recipe by the keys that it has them under.
///
/// They are read from the recipe as it is stored, so that one of another version says what it has, and a setting that is
/// not listed here goes by its own name.
public enum RecipeFacts {
    /// What decides the weights: not how often a run saves and evaluates, what it writes, nor where files lie, whose
    /// contents count.
    ///
    /// - Parameter json: a recipe as JSON
    /// - Returns: nil for another text
    public static func settings(ofRecipe json: String) -> [String: String]? {
        guard case .table(let recipe)? = try? JSONDecoder().decode(Node.self, from: Data(json.utf8)) else { return nil }
        var facts: [String: String] = [:]
        add(.table(recipe.filter { !places.contains($0.key) }), [], to: &facts)
        return facts
    }

    private static let places: Set = [
        "model", "baseAdapters", "startingAdapter", "data", "output", "teacher", "teacherFile", "formats",
    ]
    /// What decides no weight, what is known only with the data, and what the kind of the training says.
    private static let left: Set = ["checkpointEvery", "checkpointsKept", "evaluateEvery", "method"]
    private static let keys = [
        "heldOutShare": "held_out", "trained": "train", "peak": "learning_rate", "shape": "schedule",
        "kind": "optimizer", "recomputes": "recompute", "sharing": "share_beginnings",
        "isRankStabilized": "rank_stabilized", "_0": "divergence",
    ]

    private static func add(_ node: Node, _ path: [String], to facts: inout [String: String]) {
        guard case .table(let table) = node else {
            if let key = key(path), let text = node.text { facts[key] = text }
            return
        }
        // A case of an enumeration without values.
        if table.isEmpty, let name = path.last {
            if let key = key(path.dropLast()) { facts[key] = name }
            return
        }
        for (name, value) in table { add(value, path + [name], to: &facts) }
    }

    /// The key of a value; nil where it is left out.
    private static func key(_ path: some BidirectionalCollection<String>) -> String? {
        guard let last = path.last, !left.contains(last) else { return nil }
        if path.suffix(2).elementsEqual(["schedule", "steps"]) { return nil }
        let name = keys[last] ?? snakeCase(last)
        return path.contains("adapter") ? "adapter.\(name)" : name
    }

    private static func snakeCase(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }

    /// JSON of whatever form.
    private enum Node: Decodable {
        case table([String: Node])
        case list([Node])
        case text(String)
        case integer(Int)
        case number(Double)
        case truth(Bool)
        case nothing

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .nothing
            } else if let value = try? container.decode(Bool.self) {
                self = .truth(value)
            } else if let value = try? container.decode(Int.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Node].self) {
                self = .list(value)
            } else {
                self = .table(try container.decode([String: Node].self))
            }
        }

        /// Nil for nothing, and for a table.
        var text: String? {
            switch self {
            case .table, .nothing: nil
            case .list(let values): values.compactMap(\.text).joined(separator: ", ")
            case .text(let text): text
            case .integer(let value): "\(value)"
            case .number(let value): "\(value)"
            case .truth(let value): "\(value)"
            }
        }
    }
}

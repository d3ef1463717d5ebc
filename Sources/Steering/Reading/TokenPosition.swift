/// A place in a rendered prompt.
public enum TokenPosition: Hashable, Sendable {
    /// The last token of the user's instruction: `t_inst`.
    case instruction
    /// The last token before the reply: `t_post_inst`.
    case postInstruction
    /// So many tokens after `t_inst`; negative for tokens before it: `t_inst+1`, `t_inst-2`.
    case offset(Int)
    /// The mean over the tokens of the instruction: `inst_mean`.
    case instructionMean
    /// The mean over all tokens: `all`.
    case all
}

extension TokenPosition {
    /// The largest distance from `t_inst`, either way, that a name may give.
    private static let largestOffset = 1 << 16

    /// Whether it may stand for tokens before the instruction.
    var reachesBack: Bool {
        switch self {
        case .all: true
        case .offset(let count): count < 0
        case .instruction, .postInstruction, .instructionMean: false
        }
    }
}

extension TokenPosition: CustomStringConvertible, LosslessStringConvertible, Codable {
    public var description: String {
        switch self {
        case .instruction: "t_inst"
        case .postInstruction: "t_post_inst"
        case .offset(let count): "t_inst" + (count < 0 ? "\(count)" : "+\(count)")
        case .instructionMean: "inst_mean"
        case .all: "all"
        }
    }

    /// Nil for a name that is none of those above, and for offsets of more than 65,536 either way.
    public init?(_ description: String) {
        switch description {
        case "t_inst": self = .instruction
        case "t_post_inst": self = .postInstruction
        case "inst_mean": self = .instructionMean
        case "all": self = .all
        default:
            guard description.hasPrefix("t_inst"), let count = Int(description.dropFirst(6)),
                (-Self.largestOffset...Self.largestOffset).contains(count)
            else { return nil }
            self = .offset(count)
        }
    }

    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let position = TokenPosition(name) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(name)\" is no position"))
        }
        self = position
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

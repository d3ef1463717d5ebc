extension PromptSetError: CustomStringConvertible {
    public var description: String {
        let place = line.map { ":\($0)" } ?? ""
        return "\(Self.visible(file, limit: 4096))\(place): \(issue)"
    }

    /// The text with control characters made visible, cut at a number of characters.
    fileprivate static func visible(_ text: String, limit: Int) -> String {
        let scalars = text.unicodeScalars.prefix(limit).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: "\u{FFFD}"
            default: String(scalar)
            }
        }
        return scalars.joined() + (text.unicodeScalars.count > limit ? "…" : "")
    }
}

extension PromptSetIssue: CustomStringConvertible {
    public var description: String {
        fileDescription ?? lineDescription ?? keyDescription ?? itemDescription ?? "the prompt set is damaged"
    }

    private var fileDescription: String? {
        switch self {
        case .noSuchFile: "there is no such file"
        case .cannotRead(let reason): "the file cannot be read: \(reason)"
        case .notARegularFile: "this is not a regular file"
        case .fileTooLarge(let bytes, let limit):
            "the file has \(bytes) bytes or more; prompt sets may have \(limit), so split it"
        case .compressed: "the file is compressed, and not by gzip; decompress it first"
        case .cannotUnpack(let reason): "\(reason); fetch the file again"
        case .unknownFormat(let found):
            "no known prompt set has these columns or keys: \(list(found)); "
                + "rename them to Assay's own (docs/prompt-sets.md) or name the format"
        case .noPrompts: "the file holds no prompts; one line for each is needed"
        case .tooManyPrompts(let limit): "more than \(limit) prompts; split the file"
        default: nil
        }
    }

    private var lineDescription: String? {
        switch self {
        case .lineTooLong(let limit): "the line is longer than \(limit) bytes; shorten it"
        case .invalidUTF8: "the text is not UTF-8; convert the file to UTF-8"
        case .nulByte: "there is a NUL byte; remove it"
        case .unclosedQuote: "a quotation mark opens here and is never closed; close it, and double those inside"
        case .textAfterQuote: "there is text after a closing quotation mark; a comma or the line's end belongs there"
        case .fieldCount(let found, let expected):
            "\(found) fields, where the header has \(expected); quote fields that hold commas or line breaks"
        case .duplicateColumn(let name): "the header has the column \(quoted(name)) twice; rename one"
        case .malformedJSON(let expected, let column):
            "this is not JSON: at byte \(column) of the line, \(expected) is needed"
        case .notAnObject: "a JSON object is needed here, one for each prompt"
        default: nil
        }
    }

    private var keyDescription: String? {
        switch self {
        case .duplicateKey(let key): "the key \(quoted(key)) stands twice in one object; remove one"
        case .unknownKey(let key, let allowed): "there is no key \(quoted(key)); allowed are \(list(allowed))"
        case .missingKey(let key): "the key \(quoted(key)) is missing; add it"
        case .wrongType(let key, let found, let allowed): "\(quoted(key)) is \(found); \(allowed) is needed"
        case .emptyText(let key): "\(quoted(key)) is empty; give it a text or remove it"
        case .nulInText(let key): "\(quoted(key)) holds the character NUL; remove it"
        case .unknownValue(let key, let found, let allowed):
            "\(quoted(key)) is \(quoted(found)); allowed are \(list(allowed))"
        case .outOfRange(let key, let found, let allowed):
            "\(quoted(key)) is \(found); \(allowed.lowerBound) to \(allowed.upperBound) is allowed"
        default: nil
        }
    }

    private var itemDescription: String? {
        switch self {
        case .invalidID(let limit): "\"id\" must have 1 to \(limit) bytes, without spaces and control characters"
        case .duplicateID(let id, let firstLine):
            "the id \(quoted(id)) was used on line \(firstLine) already; every id may be used once"
        case .promptAndMessages: "both \"prompt\" and \"messages\" are present; keep one"
        case .neitherPromptNorMessages: "neither \"prompt\" nor \"messages\" is present; one of them is needed"
        case .systemBesideMessages: "\"system\" goes with \"prompt\"; with \"messages\", make it the first message"
        case .lastRoleIsNotUser(let role): "the last message is by \(quoted(role)); it must be by \"user\""
        case .targetIsNoChoice(let choices):
            "with \(choices) choices, \"target\" must hold one capital letter from A on, and not beyond the last choice"
        case .noGoldAnswer: "no answer was found: \"#### \" or a \\boxed{} must precede or hold it"
        case .pairIsItself(let id): "\(quoted(id)) is its own pair; name the item that it is matched with"
        case .pairNowhere(let id, let pair):
            "the pair \(quoted(pair)) of \(quoted(id)) is neither in this file nor in a .jsonl file beside it"
        default: nil
        }
    }

    private func quoted(_ text: String) -> String {
        "\"\(PromptSetError.visible(text, limit: 80))\""
    }

    private func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let shown = names.prefix(20).map { PromptSetError.visible($0, limit: 40) }.joined(separator: ", ")
        return names.count > 20 ? "\(shown), and \(names.count - 20) more" : shown
    }
}

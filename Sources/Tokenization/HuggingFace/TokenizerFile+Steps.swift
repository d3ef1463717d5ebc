internal import Foundation

/// Deeper nesting of sequences than any file has.
private let deepest = 8

extension TextNormalizer {
    /// - Throws: ``TokenizerError``.
    init(_ value: JSONValue, depth: Int = 0) throws(TokenizerError) {
        guard depth < deepest else { throw .unexpectedValue(key: "normalizer") }
        switch value["type"]?.string {
        case "Sequence":
            var steps: [TextNormalizer] = []
            for step in value["normalizers"]?.array ?? [] { steps.append(try TextNormalizer(step, depth: depth + 1)) }
            self = .sequence(steps)
        case "NFC": self = .form(.canonicalComposition)
        case "NFD": self = .form(.canonicalDecomposition)
        case "NFKC": self = .form(.compatibilityComposition)
        case "NFKD": self = .form(.compatibilityDecomposition)
        case "Lowercase": self = .lowercase
        case "Strip":
            self = .strip(
                left: value["strip_left"]?.boolean ?? true, right: value["strip_right"]?.boolean ?? true)
        case "StripAccents": self = .stripAccents
        case "Replace":
            self = .replace(
                try TextPattern(value["pattern"], key: "normalizer.pattern"),
                with: Array((value["content"]?.string ?? "").utf8))
        case "Prepend": self = .prepend(Array((value["prepend"]?.string ?? "").utf8))
        case "Nmt": self = .nmt
        case "Precompiled":
            let text = value["precompiled_charsmap"]?.string ?? ""
            guard let bytes = Data(base64Encoded: text) else { throw .malformedCharacterMap }
            self = bytes.isEmpty ? .sequence([]) : .characterMap(try CharacterMapTrie(Array(bytes)))
        case "BertNormalizer": self = .bert(BertOptions(value))
        case "ByteLevel": self = .byteLevel
        case let name: throw .unsupportedStep(kind: "normalizer", name: name ?? "")
        }
    }
}

extension TextNormalizer.BertOptions {
    init(_ value: JSONValue) {
        cleansText = value["clean_text"]?.boolean ?? true
        separatesIdeographs = value["handle_chinese_chars"]?.boolean ?? true
        lowercases = value["lowercase"]?.boolean ?? true
        stripsAccents = value["strip_accents"]?.boolean ?? lowercases
    }
}

extension TextPattern {
    /// `{"String": …}` or `{"Regex": …}`.
    ///
    /// - Throws: ``TokenizerError``.
    init(_ value: JSONValue?, key: String) throws(TokenizerError) {
        do {
            if let literal = value?["String"]?.string {
                try self.init(literal: literal)
            } else if let source = value?["Regex"]?.string {
                try self.init(source)
            } else {
                throw TokenizerError.unexpectedValue(key: key)
            }
        } catch let error as TokenizerError {
            throw error
        } catch {
            throw .unsupportedPattern(key: key)
        }
    }
}

extension TextSplitter {
    /// The steps of a pre-tokenizer in order, sequences taken apart.
    ///
    /// - Throws: ``TokenizerError``.
    static func steps(_ value: JSONValue, depth: Int) throws(TokenizerError) -> [TextSplitter] {
        guard depth < deepest else { throw .unexpectedValue(key: "pre_tokenizer") }
        switch value["type"]?.string {
        case "Sequence":
            var steps: [TextSplitter] = []
            for step in value["pretokenizers"]?.array ?? [] { steps += try self.steps(step, depth: depth + 1) }
            return steps
        case "ByteLevel":
            var steps: [TextSplitter] = []
            if value["add_prefix_space"]?.boolean ?? true { steps.append(.spacePrefix(atStart: true)) }
            if value["use_regex"]?.boolean ?? true { steps.append(.rules([GPT2Words()])) }
            return steps + [.byteSpelling]
        case "Metaspace": return [.metaspace(try Metaspace(value))]
        case "Split": return [try split(value)]
        default: return [try single(value)]
        }
    }

    private static func single(_ value: JSONValue) throws(TokenizerError) -> TextSplitter {
        let ascii: [ClosedRange<UInt32>] = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        let punctuation = ScalarSet.union([.property(.oldPunctuation), .ranges(ascii)])
        switch value["type"]?.string {
        case "Whitespace":
            // The reference's engine counts the joiners among the characters of words.
            return .pattern(
                try pattern(#"[\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+"#), .removed, isInverted: true)
        case "WhitespaceSplit": return .scalars(CompiledSet(.property(.whitespace)), .removed)
        case "Punctuation":
            let name = value["behavior"]?.string ?? "Isolated"
            return .scalars(CompiledSet(punctuation), try SplitBehavior(named: name))
        case "Digits":
            let isIndividual = value["individual_digits"]?.boolean ?? false
            return .scalars(
                CompiledSet(.property(.number)), isIndividual ? .isolated : .contiguous)
        case "BertPreTokenizer":
            return .sequence([
                .scalars(CompiledSet(.property(.whitespace)), .removed), .scalars(CompiledSet(punctuation), .isolated),
            ])
        case "CharDelimiterSplit":
            guard let scalar = value["delimiter"]?.string?.unicodeScalars.first else {
                throw .unexpectedValue(key: "pre_tokenizer.delimiter")
            }
            return .scalars(CompiledSet(.ranges([scalar.value...scalar.value])), .removed)
        case "UnicodeScripts": return .scripts
        case "FixedLength":
            let length = value["length"]?.integer ?? 5
            guard length > 0 else { throw .unexpectedValue(key: "pre_tokenizer.length") }
            return .fixedLength(length)
        case let name: throw .unsupportedStep(kind: "pre_tokenizer", name: name ?? "")
        }
    }

    private static func pattern(_ source: String) throws(TokenizerError) -> TextPattern {
        do { return try TextPattern(source) } catch { throw .unsupportedPattern(key: "pre_tokenizer.pattern") }
    }

    private static func split(_ value: JSONValue) throws(TokenizerError) -> TextSplitter {
        let behavior = try SplitBehavior(named: value["behavior"]?.string ?? "Isolated")
        let isInverted = value["invert"]?.boolean ?? false
        if behavior == .isolated, let source = value["pattern"]?["Regex"]?.string,
            let rule = KnownPatterns.rule(for: source)
        {
            return .rules([rule])
        }
        let pattern = try TextPattern(value["pattern"], key: "pre_tokenizer.pattern")
        if behavior == .isolated { return .rules([PatternRule(pattern: pattern)]) }
        return .pattern(pattern, behavior, isInverted: isInverted)
    }
}

extension TextSplitter.Metaspace {
    init(_ value: JSONValue) throws(TokenizerError) {
        guard let scalars = value["replacement"]?.string?.unicodeScalars, let first = scalars.first, scalars.count == 1
        else { throw .unexpectedValue(key: "pre_tokenizer.replacement") }
        replacement = first
        if let name = value["prepend_scheme"]?.string {
            guard let prefix = Prefix(rawValue: name) else { throw .unexpectedValue(key: "prepend_scheme") }
            self.prefix = prefix
        } else if value["add_prefix_space"]?.boolean == false {
            prefix = .never
        }
        splits = value["split"]?.boolean ?? true
    }
}

extension SplitBehavior {
    /// Files spell it `MergedWithNext`, or `merged_with_next`.
    init(named name: String) throws(TokenizerError) {
        let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        guard let behavior = SplitBehavior(rawValue: words) else { throw .unexpectedValue(key: "behavior") }
        self = behavior
    }
}

extension PieceDecoder {
    /// - Throws: ``TokenizerError``.
    init(_ value: JSONValue, depth: Int) throws(TokenizerError) {
        guard depth < deepest else { throw .unexpectedValue(key: "decoder") }
        switch value["type"]?.string {
        case "Sequence":
            var steps: [PieceDecoder] = []
            for step in value["decoders"]?.array ?? [] { steps.append(try PieceDecoder(step, depth: depth + 1)) }
            self = .sequence(steps)
        case "ByteLevel": self = .byteLevel
        case "ByteFallback": self = .byteFallback
        case "Fuse": self = .fuse
        case "Strip":
            guard let scalar = value["content"]?.string?.unicodeScalars.first else {
                throw .unexpectedValue(key: "decoder.content")
            }
            self = .strip(
                scalar, start: max(0, value["start"]?.integer ?? 0), stop: max(0, value["stop"]?.integer ?? 0))
        case "Replace":
            self = .replace(
                try TextPattern(value["pattern"], key: "decoder.pattern"),
                with: Array((value["content"]?.string ?? "").utf8))
        case "Metaspace":
            let options = try TextSplitter.Metaspace(value)
            self = .metaspace(
                mark: Array(String(Character(options.replacement)).utf8), dropsFirst: options.prefix != .never)
        case "WordPiece":
            self = .wordPiece(
                prefix: Array((value["prefix"]?.string ?? "##").utf8), cleansUp: value["cleanup"]?.boolean ?? true)
        case "BPEDecoder": self = .wordEnd(Array((value["suffix"]?.string ?? "</w>").utf8))
        case "CTC":
            self = .ctc(
                padding: Array((value["pad_token"]?.string ?? "<pad>").utf8),
                delimiter: Array((value["word_delimiter_token"]?.string ?? "|").utf8),
                cleansUp: value["cleanup"]?.boolean ?? true)
        case let name: throw .unsupportedStep(kind: "decoder", name: name ?? "")
        }
    }
}

/// Expressions that have a rule of their own, which is faster than the general engine.
enum KnownPatterns {
    static func rule(for source: String) -> (any PieceRule)? { rules[source] }

    private static let rules: [String: any PieceRule] = [
        WordExpressions.gpt2: GPT2Words(),
        WordExpressions.llama3: Llama3Words(longestNumber: 3),
        WordExpressions.qwen2: Llama3Words(longestNumber: 1),
    ]
}

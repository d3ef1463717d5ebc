/// The expressions of pre-tokenizers that have no rule of their own, applied one after another.
enum PatternRules {
    private static let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// What llama.cpp does with a vocabulary that names no pre-tokenizer.
    static let byDefault: [any PieceRule] = [
        Runs { $0.isIn(.punctuation) || ($0.value < 0x80 && $0.isIn(.symbol) && $0.value != 0x60) },
        GPT2Words(),
        Runs { $0.isIn(.number) },
        ThreeDigits(),
    ]

    /// Bloom, Poro, GPT-3 Finnish.
    static let bloom = rules(#" ?[^(\s|.,!?…。，、।۔،)]+"#)
    static let viking = chain(bloom, [Runs.singleNumbers])

    /// Long runs of spaces are cut at powers of two.
    static let jais2 = rules(
        #"""
        \#(contraction)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+\#
        |\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)\#
        |\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}
        """#)

    static let spark25 = chain(
        Array(DeepSeekRules.version3.prefix(2)),
        rules(
            #"""
            [!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]\#
            |\s+(?!\S)|\s+
            """#),
        [Runs.singleNumbers]
    )

    static let youtu = chain(
        rules("[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+"),
        [CasedWords(longestNumber: 1, keepsContractions: true)]
    )

    static let chameleon = chain(
        rules("<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", "([\\t\\n]|    |  )"),
        [Runs.singleNumbers],
        rules(#"[\p{P}!-/:-@\[-`{-~]"#),
        [GPT2Words()]
    )

    static let tinyAya = chain(
        rules(#"\d{1,3}(?=(?:\d{3})*\b)"#), [CasedWords(longestNumber: 3, keepsContractions: true)])

    /// A run of Han ideographs is a word; no other word has any.
    static let kimiK2: [any PieceRule] = {
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let lead = #"[^\r\n\p{L}\p{N}]?"#
        return rules(
            #"""
            [\p{Han}]+|\#(lead)\#(upper)*\#(lower)+\#(contraction)?|\#(lead)\#(upper)+\#(lower)*\#(contraction)?\#
            |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*\#(spaces)
            """#)
    }()

    /// Digits in threes, counted from the last.
    static let superBPE = rules(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#)

    static let bailing = rules(
        #"""
        '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]\#
        |\s+(?!\S)|\s+
        """#)

    static let seedCoder = rules(
        #"\#(contraction)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+\#(spaces)"#)

    static let ufakzeka = rules(#"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*\#(spaces)"#)

    static let afmoe = chain(
        [DigitsInThrees()],
        rules("[一-鿿㐀-䶿豈-﫿぀-ゟ゠-ヿ･-ﾟ⼀-⿟เ-๿຀-໿ក-៿က-႟ꩠ-ꩿꧠ-꧿가-힯ᄀ-ᇿ]+"),
        [DeepSeekV3Words()]
    )

    static let laguna: [any PieceRule] = [LineBreakRuns(), Llama3Words(longestNumber: 1)]

    static let exaoneMoE = rules(
        #"""
        \#(contraction)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?\#
        |\s*[\r\n]|\s+(?!\S)|\s+
        """#)

    static let miniCPM5: [any PieceRule] = [
        Runs(longest: 3) { $0.isIn(.number) }, Llama3Words(longestNumber: Int.max),
    ]

    static let whitespace: [any PieceRule] = [Runs { !$0.isIn(.whitespace) }]
    static let lines: [any PieceRule] = [LineBreakRuns()]

    private static func chain(_ parts: [any PieceRule]...) -> [any PieceRule] { Array(parts.joined()) }

    /// The expressions of those rules that are told by one.
    static func sources(_ rules: [any PieceRule]) -> [String] { rules.compactMap { ($0 as? PatternRule)?.source } }

    /// The expressions are part of the program and known to be good; one that is not cuts nothing.
    private static func rules(_ sources: String...) -> [any PieceRule] {
        sources.compactMap { source in (try? TextPattern(source)).map { PatternRule(pattern: $0, source: source) } }
    }
}

/// `[^\n]+|[\n]+`
struct LineBreakRuns: MatchingRule {
    func endOfMatch(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        let isBreak = text[offset] == 0x0A
        var end = offset
        while end < limit, (text[end] == 0x0A) == isBreak { end += 1 }
        return end
    }
}

/// A run of digits in groups of three, of which the first may be shorter.
struct DigitsInThrees: PieceRule {
    func appendEnds(in text: Span<UInt8>, range: Range<Int>, to ends: inout [Int]) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let start = offset
            while offset < range.upperBound {
                let next = text.scalar(at: offset)
                if next.isIn(.number) { break }
                offset += next.length
            }
            if offset > start { ends.append(offset) }
            var digits: [Int] = []
            while offset < range.upperBound {
                let next = text.scalar(at: offset)
                guard next.isIn(.number) else { break }
                offset += next.length
                digits.append(offset)
            }
            for (index, end) in digits.enumerated() where (digits.count - index - 1) % 3 == 0 { ends.append(end) }
        }
    }

    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        var ends: [Int] = []
        appendEnds(in: text, range: offset..<limit, to: &ends)
        return ends.first ?? limit
    }
}

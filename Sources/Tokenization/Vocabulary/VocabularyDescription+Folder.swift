extension VocabularyDescription {
    /// The files beside a Hugging Face model that say this: `tokenizer.json`, `tokenizer_config.json`, and
    /// `generation_config.json` with the ids at which generation stops. `TokenizerFolder` reads the same vocabulary from them.
    ///
    /// - Returns: names and contents.
    /// - Throws: ``TokenizerError/noFolder(reason:)`` for what is not byte-level BPE, or cuts words in a way that has no
    ///   expression here.
    public func folderFiles() throws(TokenizerError) -> [(name: String, text: String)] {
        guard case .bytePairs(let preTokenizer) = model, preTokenizer.isByteLevel else {
            throw .noFolder(reason: "it is no byte-level BPE")
        }
        guard let expressions = preTokenizer.expressions else {
            throw .noFolder(reason: "no expression is known for the way in which \(preTokenizer.rawValue) cuts words")
        }
        return [
            ("tokenizer.json", tokenizerFile(expressions, ignoresMerges: preTokenizer.prefersWholeWords)),
            ("tokenizer_config.json", configurationFile), ("generation_config.json", generationFile),
        ]
    }

    private func tokenizerFile(_ expressions: [String], ignoresMerges: Bool) -> String {
        let splits = expressions.map { expression in
            #"{"type": "Split", "pattern": {"Regex": \#(quoted(expression))}, "behavior": "Isolated", "invert": false}"#
        }
        let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}"#
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [\(addedTokens)],
              "normalizer": null,
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                \((splits + [byteLevel]).joined(separator: ",\n    "))
              ]},
              "post_processor": \(postProcessor),
              "decoder": \(byteLevel),
              "model": {
                "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": \(ignoresMerges),
                "vocab": {\(vocabularyEntries)},
                "merges": [\(mergeEntries)]
              }
            }

            """
    }

    /// Tokens that are looked for in a text before it is cut.
    private var addedTokens: String {
        list(
            tokens.indices.filter { [.control, .unknown, .userDefined].contains(types[$0]) }.map { id in
                #"{"id": \#(id), "content": \#(quoted(tokens[id])), "single_word": false, "lstrip": false, "#
                    + #""rstrip": false, "normalized": false, "special": \#(types[id] != .userDefined)}"#
            })
    }

    private var vocabularyEntries: String {
        list(tokens.indices.filter { types[$0] != .unused }.map { "\(quoted(tokens[$0])): \($0)" })
    }

    private var mergeEntries: String {
        list(
            merges.map { merge in
                let halves = merge.split(separator: " ", maxSplits: 1).map { quoted(String($0)) }
                return "[\(halves.joined(separator: ", "))]"
            })
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "" : "\n      \(items.joined(separator: ",\n      "))\n    "
    }

    /// Puts the tokens around a text that the model expects there.
    private var postProcessor: String {
        let before = specialTokens.addsBeginningOfSequence ? specialTokens.beginningOfSequence : nil
        let after = specialTokens.addsEndOfSequence ? specialTokens.endOfSequence : nil
        guard before != nil || after != nil else { return "null" }
        func template(_ sequences: [String]) -> String {
            let parts = sequences.enumerated().flatMap { type, name in
                [before.map { special($0, type) }, #"{"Sequence": {"id": "\#(name)", "type_id": \#(type)}}"#]
                    + [after.map { special($0, type) }]
            }
            return "[\(parts.compactMap(\.self).joined(separator: ", "))]"
        }
        let known = Set([before, after].compactMap(\.self)).sorted().map { id in
            let name = quoted(tokens[Int(id)])
            return #"\#(name): {"id": \#(name), "ids": [\#(id)], "tokens": [\#(name)]}"#
        }
        return #"{"type": "TemplateProcessing", "single": \#(template(["A"])), "pair": \#(template(["A", "B"])), "#
            + #""special_tokens": {\#(known.joined(separator: ", "))}}"#
    }

    private func special(_ id: Int32, _ type: Int) -> String {
        #"{"SpecialToken": {"id": \#(quoted(tokens[Int(id)])), "type_id": \#(type)}}"#
    }

    private var configurationFile: String {
        let named = [
            ("bos_token", specialTokens.beginningOfSequence), ("eos_token", specialTokens.endOfSequence),
            ("pad_token", specialTokens.padding), ("unk_token", specialTokens.unknown),
        ].compactMap { key, id in id.map { #""\#(key)": \#(quoted(tokens[Int($0)]))"# } }
        let lines =
            [
                #""add_bos_token": \#(specialTokens.addsBeginningOfSequence)"#,
                #""add_eos_token": \#(specialTokens.addsEndOfSequence)"#,
            ] + named + [
                #""clean_up_tokenization_spaces": false"#, #""tokenizer_class": "PreTrainedTokenizerFast""#,
            ]
        return "{\n  \(lines.joined(separator: ",\n  "))\n}\n"
    }

    private var generationFile: String {
        let ends = specialTokens.endOfGeneration.sorted().map { "\($0)" }.joined(separator: ", ")
        let named = [("bos_token_id", specialTokens.beginningOfSequence), ("pad_token_id", specialTokens.padding)]
            .compactMap { key, id in id.map { #""\#(key)": \#($0)"# } }
        return "{\n  \(([#""eos_token_id": [\#(ends)]"#] + named).joined(separator: ",\n  "))\n}\n"
    }

    /// A JSON string.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

import Foundation
import TestSupport
import Testing

@testable import Evaluation

private let whole = """
    schema: 1
    name: small-test
    version: 3
    description: >-
      Two lines
      in one.
    prompts:
      - a.jsonl
      - file: ../prompts/b.csv
        labels: [harmful, harmless]
        categories:
          - fraud
        limit: 10
    system: Be brief.
    prompt_template: "Q: {prompt}\\nA:"
    format: raw
    task: multiple_choice
    generation:
      samples: 4
      max_tokens: 32
      temperature: 0.7
      top_p: 0.9
      top_k: 40
      min_p: 0.05
      stop: ["\\n\\n", END]
      seed: 18446744073709551615
    scorers:
      - exact
      - name: numeric
        parameters: {tolerance: 0.01, extract: last}
    """

private func issue(_ yaml: String) throws -> EvaluationDefinitionError {
    try #require(throws: EvaluationDefinitionError.self) { try EvaluationDefinition(yaml: yaml) }
}

/// The smallest definition, with one line replaced or added.
private func smallest(_ key: String = "", _ line: String = "") -> String {
    var lines = [
        "schema: 1", "name: x", "version: 1", "description: d", "prompts: [a.jsonl]", "scorers: [exact]",
    ]
    if let index = lines.firstIndex(where: { !key.isEmpty && $0.hasPrefix(key) }) {
        lines[index] = line
    } else {
        lines.append(line)
    }
    return lines.joined(separator: "\n")
}

struct DefinitionFault: Sendable, CustomTestStringConvertible {
    var yaml: String
    var line: Int?
    var issue: EvaluationDefinitionIssue

    init(_ yaml: String, _ line: Int?, _ issue: EvaluationDefinitionIssue) {
        (self.yaml, self.line, self.issue) = (yaml, line, issue)
    }

    var testDescription: String { String(yaml.suffix(60)) }
}

private let topKeys = [
    "schema", "name", "version", "description", "prompts", "system", "prompt_template", "format", "date", "task",
    "generation", "scorers",
]

struct EvaluationDefinitionTests {
    @Test func everyKeyIsRead() throws {
        let expected = EvaluationDefinition(
            name: "small-test",
            version: 3,
            description: "Two lines in one.",
            prompts: [
                PromptSource(file: "a.jsonl"),
                PromptSource(
                    file: "../prompts/b.csv", labels: ["harmful", "harmless"], categories: ["fraud"], limit: 10),
            ],
            system: "Be brief.",
            promptTemplate: "Q: {prompt}\nA:",
            format: .raw,
            task: .multipleChoice,
            generation: GenerationSettings(
                samples: 4, maxTokens: 32, temperature: 0.7, topP: 0.9, topK: 40, minP: 0.05, stop: ["\n\n", "END"],
                seed: .max),
            scorers: [
                ScorerDefinition(name: "exact"),
                ScorerDefinition(name: "numeric", parameters: ["tolerance": "0.01", "extract": "last"]),
            ]
        )
        #expect(try EvaluationDefinition(yaml: whole) == expected)
    }

    @Test func theFormOfASetIsNamedAndOfTheDefinitionsIdentityWhereItIs() throws {
        func definition(_ source: String) throws -> EvaluationDefinition {
            try EvaluationDefinition(yaml: smallest("prompts", "prompts: [\(source)]"))
        }
        let named = try definition("{file: a.txt, format: malicious-instruct}")
        #expect(named.prompts == [PromptSource(file: "a.txt", format: .maliciousInstruct)])
        #expect(CanonicalJSON.text(of: named.prompts) == "[{\"file\":\"a.txt\",\"format\":\"malicious-instruct\"}]")
        #expect(CanonicalJSON.text(of: try definition("a.txt").prompts) == "[{\"file\":\"a.txt\"}]")
        let found = try issue(smallest("prompts", "prompts: [{file: a.txt, format: lines}]")).issue
        #expect(
            found
                == .unknownValue(
                    key: "format", found: "lines", allowed: PromptSetFormat.allCases.map(\.rawValue)))
    }

    @Test func aByteOrderMarkIsNoPartOfTheText() throws {
        #expect(try EvaluationDefinition(yaml: "\u{FEFF}" + smallest()) == EvaluationDefinition(yaml: smallest()))
        #expect(try issue("\u{FEFF}" + smallest("version", "version: one")).line == 3)
    }

    @Test func theSmallestDefinitionHasTheStandardSettings() throws {
        let definition = try EvaluationDefinition(yaml: smallest())
        #expect(definition.generation == GenerationSettings())
        #expect(definition.format == .chat && definition.task == .generate)
        #expect(definition.system == nil && definition.promptTemplate == nil && definition.date == nil)
        #expect(try EvaluationDefinition(yaml: smallest("", "date: 2024-02-29")).date == "2024-02-29")
    }

    @Test(arguments: [
        DefinitionFault("", nil, .malformedYAML(problem: "the text is empty")),
        DefinitionFault("- a", 1, .notATable(place: "the definition", found: "a list")),
        DefinitionFault("just text", 1, .notATable(place: "the definition", found: "a text")),
        DefinitionFault("name: x", 1, .missingKey(key: "schema", place: "the definition")),
        DefinitionFault(smallest("schema", "schema: 2"), 1, .unsupportedSchema(found: 2, supported: 1)),
        // Another schema may have other keys.
        DefinitionFault("style: x\nschema: 2", 2, .unsupportedSchema(found: 2, supported: 1)),
        DefinitionFault(
            smallest("", "scorer: x"), 7, .unknownKey(key: "scorer", place: "the definition", allowed: topKeys)),
        DefinitionFault(smallest("", "name: y"), 2, .duplicateKeys(keys: ["name"])),
        DefinitionFault(
            smallest("version", "version: one"), 3,
            .wrongType(key: "version", found: "a text", allowed: "a whole number")),
        DefinitionFault(
            smallest("version", "version: \"1\""), 3,
            .wrongType(key: "version", found: "a text", allowed: "a whole number")),
        DefinitionFault(
            smallest("version", "version: 0"), 3,
            .outOfRange(key: "version", found: "0", allowed: "a whole number from 1 to 1000000")),
        DefinitionFault(
            smallest("version", "version: 1.5"), 3,
            .outOfRange(key: "version", found: "1.5", allowed: "a whole number from 1 to 1000000")),
        DefinitionFault(
            smallest("version", "version:"), 3,
            .wrongType(key: "version", found: "nothing", allowed: "a whole number")),
        DefinitionFault(
            smallest("name", "name: A b"), 2,
            .outOfRange(key: "name", found: "A b", allowed: "1 to 64 of a-z, 0-9 and -")),
        DefinitionFault(smallest("description", "description: \" \""), 4, .emptyText(key: "description")),
        DefinitionFault(
            smallest("", "date: 2023-02-29"), 7,
            .outOfRange(key: "date", found: "2023-02-29", allowed: "a day of the calendar, as YYYY-MM-DD")),
        DefinitionFault(
            smallest("description", "description: [a]"), 4,
            .wrongType(key: "description", found: "a list", allowed: "a text")),
        DefinitionFault(smallest("prompts", "prompts: []"), 5, .emptyList(key: "prompts")),
        DefinitionFault(
            smallest("prompts", "prompts: a.jsonl"), 5,
            .wrongType(key: "prompts", found: "a text", allowed: "a list")),
        DefinitionFault(
            smallest("prompts", "prompts:\n  - limit: 3"), 6, .missingKey(key: "file", place: "\"prompts\"")),
        DefinitionFault(
            smallest("prompts", "prompts:\n  - {file: a, limit: 0}"), 6,
            .outOfRange(key: "limit", found: "0", allowed: "a whole number from 1 to 1000000")),
        DefinitionFault(
            smallest("prompts", "prompts:\n  - {file: a, labels: [bad]}"), 6,
            .unknownValue(
                key: "labels", found: "bad",
                allowed: ["harmful", "harmless", "borderline", "unsafe-contrast", "jailbreak-wrapper"])),
        DefinitionFault(smallest("", "prompt_template: Question"), 7, .templateWithoutPrompt),
        DefinitionFault(
            smallest("", "format: plain"), 7,
            .unknownValue(key: "format", found: "plain", allowed: ["chat", "raw"])),
        DefinitionFault(
            smallest("", "task: choose"), 7,
            .unknownValue(key: "task", found: "choose", allowed: ["generate", "multiple_choice"])),
        DefinitionFault(
            smallest("", "generation: {maxTokens: 3}"), 7,
            .unknownKey(
                key: "maxTokens", place: "\"generation\"",
                allowed: ["samples", "max_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "seed"])),
        DefinitionFault(
            smallest("", "generation:\n  temperature: -1"), 8,
            .outOfRange(key: "temperature", found: "-1", allowed: "a number from 0.0 to 100.0")),
        DefinitionFault(
            smallest("", "generation:\n  temperature: .nan"), 8,
            .wrongType(key: "temperature", found: "a text", allowed: "a number")),
        DefinitionFault(
            smallest("", "generation: {top_p: 0}"), 7,
            .outOfRange(key: "top_p", found: "0", allowed: "a number above 0, up to 1")),
        DefinitionFault(
            smallest("", "generation: {seed: -1}"), 7,
            .outOfRange(key: "seed", found: "-1", allowed: "a whole number from 0 to 18446744073709551615")),
        DefinitionFault(smallest("", "generation: {stop: [\"\"]}"), 7, .emptyText(key: "stop")),
        DefinitionFault(smallest("", "generation: {samples: 8}"), 7, .samplesOfGreedy(samples: 8)),
        DefinitionFault(
            smallest("scorers", "scorers: [exakt]"), 6,
            .scorer(
                problem: "there is no scorer \"exakt\"; use one of choice, exact, includes, json-schema, likelihood, "
                    + "majority-vote, math, noisy, numeric, python, python-strong, python-style, python-weak, refusal, "
                    + "regex, self-judgement")),
        DefinitionFault(
            smallest("scorers", "scorers:\n  - name: refusal\n    parameters: {list: some}"), 7,
            .scorer(
                problem: "the scorer refusal has list: \"some\"; allowed is one of refusal-direction, xstest, broad")),
        DefinitionFault(smallest("scorers", "scorers: [exact, exact]"), 6, .duplicateScorer(name: "exact")),
        DefinitionFault(
            smallest("scorers", "scorers:\n  - {name: exact, parameters: {ignore: [case]}}"), 7,
            .wrongType(key: "ignore", found: "a list", allowed: "a text, a number or a Boolean")),
        DefinitionFault(smallest("", "system: &a x\nformat: *a"), 8, .alias),
        DefinitionFault("a: &a [x]\nb: [*a, *a]", 2, .alias),
        DefinitionFault("a: &a x\n? *a\n: 1", 2, .alias),
        DefinitionFault("[[[[[[[[[[x]]]]]]]]]]", nil, .nestedTooDeep(limit: 8)),
    ])
    func everyFaultIsNamed(_ test: DefinitionFault) throws {
        let found = try issue(test.yaml)
        #expect(found.line == test.line)
        #expect(found.issue == test.issue)
    }

    @Test func whatIsNoYAMLHasALine() throws {
        for yaml in ["a: [1, 2", "a: b: c", "\ta: 1", "a: \"x", "--- 1\n--- 2"] {
            let found = try issue(yaml)
            guard case .malformedYAML = found.issue else { return #expect(Bool(false), "\(found)") }
            #expect(found.line != nil)
        }
    }

    @Test func deepAndLargeTextsAreRefused() throws {
        for yaml in [
            String(repeating: "[", count: 60_000), String(repeating: "- ", count: 30_000),
            String(repeating: "{a: ", count: 15_000), String(repeating: "? ", count: 30_000),
        ] {
            _ = try issue(yaml)
        }
        let long = try issue(smallest("", "system: \(String(repeating: "x", count: 70_000))"))
        #expect(long.issue == .tooLarge(bytes: 70_088, limit: 65_536))
    }

    @Test func asterisksInsideTextsAreNoAliases() throws {
        let definition = try EvaluationDefinition(yaml: smallest("", "system: 2 * 3 and **bold**, \"*x*\""))
        #expect(definition.system == "2 * 3 and **bold**, \"*x*\"")
    }

    @Test func theFilesNameIsInTheMessage() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("x.yaml").path
            try Data(smallest("version", "version: 0").utf8).write(to: URL(fileURLWithPath: path))
            let found = try #require(throws: EvaluationDefinitionError.self) {
                try EvaluationDefinition(contentsOf: path)
            }
            #expect("\(found)" == "\(path):3: \"version\" is 0; allowed is a whole number from 1 to 1000000")
            let none = try #require(throws: EvaluationDefinitionError.self) {
                try EvaluationDefinition(contentsOf: folder.appendingPathComponent("none.yaml").path)
            }
            #expect(none.issue == .unreadable(reason: "there is no such file"))
        }
    }

    @Test func theDefinitionsOfThisProjectAreSound() throws {
        let folder = Places.root.appendingPathComponent("evals")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(names.count >= 6)
        for name in names {
            let definition = try EvaluationDefinition(contentsOf: folder.appendingPathComponent(name).path)
            #expect("\(definition.name).yaml" == name)
            for source in definition.prompts {
                let set = try PromptSetReader.read(path: folder.appendingPathComponent(source.file).path)
                #expect(!set.prompts.isEmpty)
            }
        }
    }

    @Test func mutatedDefinitionsNeverTrap() {
        var random = SeededGenerator(seed: 6)
        let marks = Array("*&[]{}:-\"'\n\t ?!|>%@`#,é\u{2028}\u{85}0".unicodeScalars)
        let scalars = Array(whole.unicodeScalars)
        for _ in 0..<2000 {
            var mutant = scalars
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<mutant.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutant[place] = marks.randomElement(using: &random) ?? " "
                case 1: mutant.insert(marks.randomElement(using: &random) ?? " ", at: place)
                case 2 where mutant.count > 1: mutant.remove(at: place)
                default: mutant = Array(mutant.prefix(max(1, place)))
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: mutant)
            do {
                _ = try EvaluationDefinition(yaml: String(text))
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
    }
}

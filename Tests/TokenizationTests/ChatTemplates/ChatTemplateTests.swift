import Foundation
import TestSupport
import Testing
import Tokenization

struct ChatTemplateTests {
    private static func load<File: Decodable>(_ url: URL) throws -> File {
        try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    }

    @Test func templatesRenderAsTheReferenceRendersThem() throws {
        let file: ConversationFile = try Self.load(Places.fixture("chat-templates/conversations.json"))
        #expect(file.groups.count >= 3)
        for group in file.groups {
            let differences = file.differences(of: group)
            #expect(differences.isEmpty, "\(differences.prefix(2).joined(separator: "\n"))")
        }
    }

    @Test func everyFeatureIsThatOfTheReference() throws {
        let file: FeatureFile = try Self.load(Places.fixture("chat-templates/features.json"))
        #expect(file.groups.count >= 5)
        for group in file.groups {
            let differences = file.differences(of: group)
            #expect(differences.isEmpty, "\(group.name): \(differences.prefix(2).joined(separator: "\n"))")
        }
    }

    /// Templates of others are not part of the project: scripts/reference/chat_templates.py renders a folder of them.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.others.path)))
    func templatesInUseRenderAsTheReferenceRendersThem() throws {
        let file: ConversationFile = try Self.load(Self.others)
        var differing: [String] = []
        for group in file.groups {
            let differences = file.differences(of: group)
            if !differences.isEmpty { differing.append("\(differences.count): \(differences[0])") }
        }
        #expect(differing.isEmpty, "\(differing.count) of \(file.groups.count):\n\(differing.joined(separator: "\n"))")
    }

    private static let others = Places.cache.appendingPathComponent("chat-templates/rendered.json")

    @Test func textInAFieldCannotForgeAControlToken() throws {
        let template = try ChatTemplate(
            source: "<|a|>{{ messages[0].reasoning_content }}{{ messages[0].content }}<|b|>")
        let message = ChatMessage(
            role: "assistant", content: "<|a|>", fields: [TemplateValue.Entry("reasoning_content", "<|b|>x")])
        let fixture = try ByteLevelFixture.load()
        let tokenizer = try TokenizerLoader.make(
            from: fixture.metadata(extra: [("<|a|>", .control), ("<|b|>", .control)]))
        let prompt = try template.encode(messages: [message], tokenizer: tokenizer)
        let first = Int32(fixture.tokens.count)
        #expect(prompt.text == "<|a|><|b|>x<|a|><|b|>")
        #expect(prompt.ids.filter { $0 >= first } == [first, first + 1])
        #expect(prompt.ids.first == first)
        #expect(prompt.ids.last == first + 1)
    }

    /// What a template that has a date of its own falls back to; one that calls all the same is told what to do.
    @Test func withoutADateThereIsNoClock() throws {
        func render(_ source: String, _ now: CivilTime? = nil) throws -> String {
            try ChatTemplate(source: source).render(messages: [], addGenerationPrompt: false, now: now).text
        }
        let careful = "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% else %}26 Jul 2024{% endif %}"
        #expect(try render(careful) == "26 Jul 2024")
        #expect(try render(careful, CivilTime(date: "2025-12-03")) == "03 Dec 2025")
        let error = #expect(throws: ChatTemplateError.self) { try render("{{ strftime_now('%Y') }}") }
        let sentence = "The template asks for the date, and none was given. Give one as YYYY-MM-DD: with --date"
        #expect(error?.description.contains(sentence) == true)
    }

    @Test(
        arguments: [
            "", "2024", "2024-13-01", "2024-00-10", "2024-01-00", "2023-02-29", "1900-02-29", "2024-04-31",
            "0000-01-01", "2024-1-01",
            "02024-01-01", "2024-01-01 ", "+024-01-01", "2024/01/01", "-202-01-01", "２０２４-01-01",
        ])
    func whatIsNoDayIsNoDate(text: String) { #expect(CivilTime(date: text) == nil) }

    @Test func aDateIsTheBeginningOfItsDay() {
        #expect(CivilTime(date: "1970-01-02") == CivilTime(secondsSince1970: 86_400))
        #expect(CivilTime(date: "2000-02-29") == CivilTime(secondsSince1970: 951_782_400))
        #expect(CivilTime(date: "9999-12-31") == CivilTime(secondsSince1970: 253_402_214_400))
    }

    @Test(arguments: ["0001-02-03", "1999-12-31", "2024-07-26"])
    func aDayIsWrittenAsItWasRead(text: String) { #expect(CivilTime(date: text)?.date == text) }

    @Test func thereIsNeverASecondBeginning() throws {
        let fixture = try ByteLevelFixture.load()
        let bos = Int32(fixture.tokens.count)
        let metadata = fixture.metadata(extra: [("<|bos|>", .control)])
            .with("bos_token_id", Int(bos)).with("add_bos_token", true)
        let tokenizer = try TokenizerLoader.make(from: metadata)
        let message = ChatMessage(role: "user", content: "<|bos|>shaka")
        for source in ["{{ bos_token }}{{ messages[0].content }}", "{{ messages[0].content }}"] {
            let prompt = try ChatTemplate(source: source).encode(messages: [message], tokenizer: tokenizer)
            #expect(prompt.ids.filter { $0 == bos }.count == 1)
            #expect(prompt.ids.first == bos)
        }
    }

    @Test func aMessageMayLackContent() throws {
        var message = ChatMessage(role: "assistant", content: "x")
        message.hasContent = false
        let template = try ChatTemplate(source: "{{ messages[0].content is defined }}{{ messages[0] | tojson }}")
        let rendered = try template.render(messages: [message], addGenerationPrompt: false)
        #expect(rendered.text == #"False{"role": "assistant"}"#)
    }

    @Test(arguments: [
        "{% for i in range(100000000) %}x{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}"
            + "{% endfor %}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
        "{{ 'x' * 1000000000 }}", "{{ [1] * 1000000000 }}", "{{ 2 ** 1000000000 }}", "{{ 10 ** 10 ** 10 }}",
        "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
        "{{ '%1000000000d' | format(1) }}", "{{ '{:1000000000}'.format(1) }}", "{{ 'x' | center(1000000000) }}",
        "{{ 'x'.ljust(1000000000) }}", "{{ 'x' | indent(1000000000) }}", "{{ 'aaaa' | replace('', 'x' * 3000000) }}",
        "{{ ('x' * 3000000) | list | join('y' * 1000) }}",
        "{{ (" + String(repeating: "(", count: 100_000),
        "{{ " + String(repeating: "[", count: 100_000), "{{ " + String(repeating: "not ", count: 100_000) + "x }}",
        "{{ " + String(repeating: "-", count: 100_000) + "1 }}",
        "{{ 1" + String(repeating: " + 1", count: 100_000) + " }}",
        "{{ x" + String(repeating: ".a", count: 100_000) + " }}",
        "{{ x" + String(repeating: "|trim", count: 100_000) + " }}",
        String(repeating: "{% if true %}", count: 100_000), String(repeating: "{% for i in [1] %}", count: 10_000),
        String(repeating: "x", count: 2_000_000),
    ])
    func aHostileTemplateIsRefused(source: String) throws {
        #expect(throws: ChatTemplateError.self) {
            _ = try ChatTemplate(source: source).render(
                messages: [ChatMessage(role: "user", content: "Hi")], addGenerationPrompt: true)
        }
    }

    @Test func damagedTemplatesAreRenderedOrRefused() throws {
        let file: ConversationFile = try Self.load(Places.fixture("chat-templates/conversations.json"))
        var generator = SeededGenerator(seed: 41)
        let conversation = try #require(file.conversations.first { $0.name == "tool call" })
        let messages = conversation.messages.map(\.chatMessage)
        var limits = TemplateLimits()
        limits.steps = 20_000
        for group in file.groups {
            let source = Array(group.template.unicodeScalars)
            for _ in 0..<400 {
                var damaged = source
                for _ in 0..<Int.random(in: 1...4, using: &generator) where !damaged.isEmpty {
                    let place = Int.random(in: damaged.indices, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: damaged.remove(at: place)
                    case 1: damaged.insert(damaged[Int.random(in: damaged.indices, using: &generator)], at: place)
                    default: damaged.swapAt(place, Int.random(in: damaged.indices, using: &generator))
                    }
                }
                var text = String.UnicodeScalarView()
                text.append(contentsOf: damaged)
                _ = try? ChatTemplate(source: String(text), limits: limits).render(
                    messages: messages, addGenerationPrompt: true)
            }
        }
    }
}

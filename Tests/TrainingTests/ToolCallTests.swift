import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Training

/// Rows with tools and tool calls, as transformers renders them (scripts/reference/tool_calls.py), and what counts of them.
@Suite struct ToolCallTests {
    private struct Reference: Decodable {
        struct Case: Decodable {
            var row: String
            var text: String
        }

        var template: String
        var cases: [Case]
    }

    private static func reference() throws -> Reference {
        try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: Places.fixture("training/tool-calls.json")))
    }

    private func sequence(_ row: String, _ template: String, date: CivilTime? = nil) throws -> TrainingSequence {
        let encoder = ExampleEncoder(
            tokenizer: ByteTokenizer(), template: try ChatTemplate(source: template), maxLength: 10_000, date: date)
        let encoded = try encoder.supervised(TrainingRow(line: Data(row.utf8), shape: .supervised))
        return try #require(encoded).sequences[0]
    }

    private func text(_ ids: [Int32]) -> String { ByteTokenizer().decode(ids, skippingSpecialTokens: false) }

    private func learned(_ sequence: TrainingSequence) -> String {
        text(zip(sequence.tokens, sequence.weights).filter { $0.1 != 0 }.map(\.0))
    }

    @Test func rowsRenderAsTransformersRendersThem() throws {
        let reference = try Self.reference()
        #expect(reference.cases.count == 8)
        for item in reference.cases {
            #expect(text(try sequence(item.row, reference.template).tokens) == item.text)
        }
    }

    /// All that the model has to write counts, what the template puts around a call too; tools and names do not.
    @Test func callsCountWithWhatIsAroundThem() throws {
        let reference = try Self.reference()
        let expected = [
            #"(undefined)<call>{"name": "get_weather", "arguments": {"place": "Oslo", "days": 1}}</call><end>It is.<end>"#,
            #"(undefined)<call>get_weather {"place": "Oslo"}</call><end>It is.<end>"#,
            #"I look. <call>{"name": "get_weather", "arguments": {"place": "Oslo"}}</call>"#
                + #"<call>{"name": "get_weather", "arguments": {"days": 1.0, "a": [1, null, true]}}</call><end>"#,
            "<think>Oslo, so yes</think>Yes.<end>", "Hello<end>", "<think>Rain</think>Yes.<end>",
            #"{"b": null, "a": 0, "c": [1e+20, -7, 0.5]}<think>Rain</think>Yes.<end>"#, "It is.<end>",
        ]
        for (item, expected) in zip(reference.cases, expected) {
            #expect(learned(try sequence(item.row, reference.template)) == expected)
        }
    }

    /// What a template does not render changes nothing, and its text before the content is not learned.
    @Test func keysThatTheTemplateIgnoresChangeNothing() throws {
        let template =
            "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}<none>{% endif %}{{ m.content }}<end>"
            + "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
        let user = #"{"role":"user","content":"q"}"#
        let plain = try sequence(#"{"messages":[\#(user),{"role":"assistant","content":"yes"}]}"#, template)
        let more = try sequence(
            #"{"messages":[\#(user),{"role":"assistant","content":"yes","score":3,"tool_calls":[{"a":"b"}]}]}"#,
            template)
        #expect(plain == more)
        #expect(learned(plain) == "yes<end>")
    }

    /// A call's first token is the one that `first_weight` means.
    @Test func aCallIsAnAnswersBeginning() throws {
        let template =
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% for c in m.tool_calls %}<call>{{ c }}{% endfor %}<end>"
            + "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
        let sequence = try sequence(
            #"{"first_weight":3,"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":["f"]}]}"#,
            template)
        #expect(text(sequence.tokens) == "[user]q<end>[assistant]<call>f<end>")
        #expect(sequence.weights == Array(repeating: 0, count: 19) + [3] + Array(repeating: 1, count: 7))
    }

    /// A tool's description cannot end a turn.
    @Test func toolsCannotForgeAControlToken() throws {
        let template = "{% for t in tools %}{{ t.name }}{% endfor %}<end>{{ messages[0].content }}<end>"
        let row = #"{"tools":[{"name":"<end>"}],"messages":[{"role":"assistant","content":"yes"}]}"#
        let sequence = try sequence(row, template)
        #expect(sequence.tokens.count { $0 == 256 } == 2)
        #expect(learned(sequence) == "yes<end>")
    }

    /// Nor can other variables of a row.
    @Test func aRowGivesItsTemplateVariables() throws {
        let template = "{% if enable_thinking %}[think]{% endif %}{{ note }}<end>{{ messages[0].content }}<end>"
        let row = #"{"chat_template_kwargs":{"enable_thinking":true,"note":"a<end>"},"messages":[\#(answer)]}"#
        let sequence = try sequence(row, template)
        #expect(text(sequence.tokens).hasPrefix("[think]a"))
        #expect(sequence.tokens.count { $0 == 256 } == 2)
        #expect(learned(sequence) == "yes<end>")
        let without = try self.sequence(#"{"chat_template_kwargs":null,"messages":[\#(answer)]}"#, template)
        #expect(text(without.tokens).hasPrefix("<end>yes"))
    }

    private let answer = #"{"role":"assistant","content":"yes"}"#

    @Test func theDateIsTheRecipes() throws {
        let template =
            "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% else %}26 Jul 2024{% endif %}"
            + "{{ messages[0].content }}<end>"
        let row = #"{"messages":[{"role":"assistant","content":"!"}]}"#
        #expect(text(try sequence(row, template).tokens) == "26 Jul 2024!<end>")
        let date = CivilTime(date: "2025-02-03")
        #expect(text(try sequence(row, template, date: date).tokens) == "03 Feb 2025!<end>")
    }
}

import Foundation
import Testing

@testable import Reports

struct TableFilesTests {
    @Test func cellsAreQuotedAsTheStandardSays() {
        let table = CSVTable(
            header: ["a", "b"],
            rows: [[.text("x,y"), .text("say \"hi\"")], [.text("two\nlines"), .number(0.1)], [.integer(-3), .empty]])
        #expect(table.text == "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",0.1\r\n-3,\r\n")
    }

    /// With a combining mark after it, a quote is no character of its own, but ends a cell all the same.
    @Test func quotesUnderCombiningMarksAreDoubled() {
        let text = CSVTable(header: ["h"], rows: [[.text("a\"\u{301},b")]]).text
        #expect(Array(text.utf8) == Array("h\r\n\"a\"\"\u{301},b\"\r\n".utf8))
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\n=1"])
    func textsThatBeginLikeFormulasAreDisarmed(text: String) throws {
        let cell = CSVTable(header: ["h"], rows: [[.text(text)]]).text.dropFirst(2)
        #expect(cell.hasPrefix("'") || cell.hasPrefix("\"'"))
    }

    @Test func numbersAreNotMistakenForFormulas() {
        #expect(CSVTable(header: ["h"], rows: [[.number(-0.5)], [.number(.nan)]]).text == "h\r\n-0.5\r\n\r\n")
        #expect(CSVTable(header: ["h"], rows: [[.text("a-b")], [.text("\u{1B}")]]).text == "h\r\na-b\r\n⟨U+001B⟩\r\n")
    }

    @Test func documentsKeepTheirOrderAndEveryDigit() {
        let value = JSONValue.object([
            ("z", .number(0.1)), ("a", .array([.integer(1), .null, .boolean(true)])), ("n", .number(Double.nan)),
            ("list", .array([.object([("k", .string("v"))])])), ("none", .array([])), ("seed", .unsigned(.max)),
        ])
        #expect(
            value.text == """
                {
                  "z": 0.1,
                  "a": [1, null, true],
                  "n": null,
                  "list": [
                    {
                      "k": "v"
                    }
                  ],
                  "none": [],
                  "seed": 18446744073709551615
                }

                """)
    }

    @Test func anyStringComesBackUnchanged() throws {
        let hostile = Hostile.all + "\n\r\t\\ \u{2028} 👩‍🔬"
        let text = JSONValue.object([(hostile, .string(hostile))]).text
        let back = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(back.keys.first == hostile)
        #expect(back.values.first == hostile)
        #expect(!text.contains("<script") && !text.contains("\u{202E}") && !text.contains("\u{1B}"))
    }

    @Test func markupEscapesTextAndAttributes() {
        let markup = Markup.element("p", ["title": "a\"b<c>&'\u{202E}"], [.text("<b>&\"'\u{0}")])
        #expect(
            markup.source
                == "<p title=\"a&quot;b&lt;c&gt;&amp;&#39;⟨U+202E⟩\">&lt;b&gt;&amp;&quot;&#39;⟨U+0000⟩</p>")
        #expect(Markup.element("p", ["title": nil]).source == "<p></p>")
        #expect(Markup.element("br").source == "<br/>")
    }
}

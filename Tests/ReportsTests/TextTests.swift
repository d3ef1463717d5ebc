import Testing
import TextFormats

@testable import Reports

struct TextTests {
    @Test(arguments: [
        ("plain", 5), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｆｕｌｌ", 8), ("한글", 4), ("👍", 2), ("👩‍🔬", 2), ("❤️", 2),
        ("", 0),
        ("…", 1), ("─", 1), ("a\u{200D}b", 2),
    ])
    func widthIsThatOfATerminal(text: String, width: Int) {
        #expect(displayWidth(text) == width)
    }

    @Test func hiddenCharactersAreSpelledOut() {
        #expect(visible("a\u{202E}b") == "a⟨U+202E⟩b")
        #expect(visible("\u{1B}[31m\u{7}") == "⟨U+001B⟩[31m⟨U+0007⟩")
        #expect(visible("x\u{E0041}") == "x⟨U+E0041⟩")
        #expect(visible("\u{FEFF}\u{200B}\u{9B}") == "⟨U+FEFF⟩⟨U+200B⟩⟨U+009B⟩")
        #expect(visible("a\nb") == "a⟨U+000A⟩b")
        #expect(visible("a\nb\tc", keepingLines: true) == "a\nb\tc")
        #expect(visible("a\r\nb", keepingLines: true) == "a⟨U+000D⟩\nb")
        #expect(visible("naïve 漢字 👩‍🔬 ⟨") == "naïve 漢字 👩‍🔬 ⟨")
    }

    @Test(arguments: [
        (0.4123, "0.412"), (0, "0.000"), (1, "1.000"), (0.00031, "0.00031"), (0.0005, "0.00050"), (0.99987, "0.99987"),
        (0.0000271, "2.7e-05"), (1e-12, "1.0e-12"), (0.9999999, ">0.999999"), (0.001, "0.001"), (-1.5, "−1.500"),
        (1234.5, "1234"), (12.345, "12.35"), (Double.nan, "–"), (.infinity, "–"),
    ])
    func rateNeverRoundsToCertainty(value: Double, text: String) {
        #expect(NumberFormat.rate(value) == text)
    }

    @Test func intervalsAndCountsReadWell() {
        #expect(NumberFormat.rate(0.412, lower: 0.371, upper: 0.455) == "0.412 [0.371, 0.455]")
        #expect(NumberFormat.rate(0.412, lower: nil, upper: 0.455) == "0.412")
        #expect(NumberFormat.count(0) == "0")
        #expect(NumberFormat.count(999) == "999")
        #expect(NumberFormat.count(41_984) == "41,984")
        #expect(NumberFormat.count(-1_234_567) == "−1,234,567")
        #expect(NumberFormat.count(.min) == "−9,223,372,036,854,775,808")
        #expect(NumberFormat.count(1, "task") == "1 task")
        #expect(NumberFormat.count(2, "task") == "2 tasks")
    }

    @Test func columnsAlignWhateverTheCharacters() {
        let table = TextTable(
            [.text("name"), .number("n")], rows: [["漢字", "7"], ["ab", "1,000"], ["e\u{301}", "12"]])
        #expect(
            table.lines(width: 80) == [
                "name      n", "────  ─────", "漢字      7", "ab    1,000", "e\u{301}        12",
            ])
    }

    @Test func narrowTablesCutNamesThenTurnOnTheirSide() {
        let row = ["a-rather-long-name-of-a-thing", "0.412 [0.371, 0.455]"]
        let table = TextTable([.text("name"), .number("value")], rows: [row])
        for width in [60, 40, 36] {
            let lines = table.lines(width: width)
            #expect(lines.allSatisfy { displayWidth($0) <= width })
            #expect(lines.last?.hasSuffix("0.412 [0.371, 0.455]") == true)
        }
        #expect(table.lines(width: 36).last == "a-rather-long…  0.412 [0.371, 0.455]")
        #expect(table.lines(width: 28) == ["name   a-rather-long-name-o…", "value  0.412 [0.371, 0.455]"])
    }

    @Test func cutNamesStayApart() {
        let names = ["a-model-of-some-length, T 0.6", "a-model-of-some-length, T 1.0"]
        let table = TextTable([.text("name"), .number("n")], rows: names.map { [$0, "1"] })
        let lines = table.lines(width: 18)
        #expect(lines.allSatisfy { displayWidth($0) <= 18 })
        #expect(lines[2].contains("0.6") && lines[3].contains("1.0"), "\(lines)")
    }

    @Test func linesWrapAtSpacesAndCutLongWords() {
        #expect(wrapped("one two three", to: 8) == ["one two", "three"])
        #expect(wrapped("abcdefghij kl", to: 4) == ["abcd", "efgh", "ij", "kl"])
        #expect(wrapped("漢字漢字", to: 4) == ["漢字", "漢字"])
        #expect(wrapped("", to: 4) == [])
    }

    @Test func namesThatShareABeginningStayApart() {
        let names = ["Qwen2.5-Math-1.5B, checkpoint 200", "Qwen2.5-Math-1.5B, checkpoint 1000"]
        #expect(shortened(names, to: 40) == names)
        #expect(shortened(names, to: 30) == ["…Math-1.5B, checkpoint 200", "…Math-1.5B, checkpoint 1000"])
        let long = shortened([String(repeating: "x", count: 50) + "end"], to: 20)
        #expect(long == ["xxxxxxxxxx…xxxxxxend"])
        #expect(displayWidth(long[0]) == 20)
    }
}

internal import Evaluation
internal import Verification

extension EvaluationReport {
    private static let samplesPerPage = 100

    /// The samples, a hundred at a time.
    var listing: [Markup] {
        guard !rows.isEmpty else { return [] }
        let cut = tally.samples > rows.count ? "The first \(NumberFormat.count(rows.count)) are listed. " : ""
        let texts =
            options.includesTexts
            ? "Completions are shown as the model wrote them; hidden characters are spelled out."
            : "Completions are left out, since they may be harmful or private."
        let pages = stride(from: 0, to: rows.count, by: Self.samplesPerPage).map { start in
            page(start..<min(start + Self.samplesPerPage, rows.count))
        }
        return [.heading("Samples", id: "samples"), .paragraph(cut + texts, style: "quiet")] + pages
    }

    private func page(_ range: Range<Int>) -> Markup {
        let lines = rows[range].flatMap { row -> [[Markup]] in
            let facts: [Markup] = [
                prompt(row), .text([row.label, row.category].compactMap { $0 }.joined(separator: " · ")),
                .text(String(row.sampleIndex)), .text(NumberFormat.count(row.tokens)), ending(row), grades(row),
            ]
            guard let text = row.text else { return [facts] }
            return [facts, [.details("Completion", [.element("pre", ["class": "words"], text: text)])]]
        }
        let columns: [HTMLTable.Column] = [
            .text("prompt"), .text("label"), .number("sample"), .number("tokens"), .text("finish"), .text("grades"),
        ]
        let title = "Samples \(NumberFormat.count(range.lowerBound + 1)) to \(NumberFormat.count(range.upperBound))"
        return .details(title, [HTMLTable(columns, rows: lines).markup])
    }

    private func prompt(_ row: SampleRow) -> Markup {
        .group([
            .element("span", ["class": "digest"], text: row.promptID),
            .element("div", ["class": "quiet small"], text: row.promptSet),
        ])
    }

    private func ending(_ row: SampleRow) -> Markup {
        .text([row.finish, row.error].compactMap { $0 }.joined(separator: ": "))
    }

    private func grades(_ row: SampleRow) -> Markup {
        .group(
            row.scores.map { score in
                var text = "\(score.scorer): \(score.summary)"
                if let answer = score.grade.answer { text += ", answer \(answer)" }
                return .element("div", text: text)
            })
    }
}

internal import Evaluation
internal import Resampling

extension ResamplingReport {
    var styleSection: [Markup] {
        let rows = generators.flatMap { generator in
            generator.styles.map { style -> [Markup] in
                [
                    .text(generator.label), .text(style.style),
                    .text(NumberFormat.rate(style.right)), .text(NumberFormat.count(style.truePositives)),
                    .text(NumberFormat.rate(style.wrong)), .text(NumberFormat.count(style.falsePositives)),
                    .estimate(style.difference),
                ]
            }
        }
        guard !rows.isEmpty else { return [] }
        let columns: [HTMLTable.Column] = [
            .text("generator"), .text("style"), .number("right samples"), .number("of"),
            .number("false positives"), .number("of"), .number("difference"),
        ]
        return [.heading("Style of what passes", id: "style"), HTMLTable(columns, rows: rows).markup]
    }

    var pooling: [Markup] {
        let groups = generators.map { generator -> Markup in
            var facts = generator.model.map { [ReportFact].facts(of: $0) } ?? []
            if generator.model == nil {
                facts.append(ReportFact("model digest", generator.group.modelDigest, isCode: true))
            }
            facts += generator.settings
            facts.append(ReportFact("settings digest", generator.group.settingsDigest, isCode: true))
            facts.append(ReportFact("runs", generator.group.runs.joined(separator: " "), isCode: true))
            return .details(generator.label, [.facts(facts)])
        }
        guard !groups.isEmpty else { return [] }
        return [
            .heading("What was pooled", id: "pooled"),
            .paragraph(
                """
                Runs with the same model digest and the same settings digest are one generator; others are never averaged \
                over. Runs with the same seed hold the same samples, and count once.
                """, style: "quiet"),
        ] + groups
    }

    var method: [Markup] {
        let shuffles = generators.first?.analysis.options.shuffles ?? 0
        let worst = generators.map(\.analysis.shuffleDeviation).max() ?? 0
        return [
            .heading("How it was calculated", id: "method"),
            .paragraph(
                """
                For a task with n samples, B of them accepted and G of these right, at most K tries stop at a right sample \
                with probability (G/B)(1 − C(n−B, K) / C(n, K)): the share of all orders of the samples. The figures are means \
                over tasks.
                """),
            .paragraph(
                """
                Reward(K) = right − c · wrong − the cost of samples drawn + the value of giving no answer; the best K is the \
                smallest one with the largest reward. Without a budget each task's samples are taken as independent draws \
                with the observed shares, and the reward is a sum of geometric series.
                """),
            .paragraph(
                """
                \(NumberFormat.count(shuffles)) shuffles of each task's samples differ from the formula by \
                \(NumberFormat.quantity(worst)) at most. \(intervalNote)
                """),
            .paragraph("Definitions: Stroebl, Kapoor and Narayanan (2024), “Inference Scaling fLaws”."),
        ]
    }

    var repeating: [Markup] {
        guard let command else { return [] }
        return [.heading("Make it again", id: "again"), .command(command)]
    }
}

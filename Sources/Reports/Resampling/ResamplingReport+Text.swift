internal import Resampling
internal import TextFormats

extension ResamplingReport {
    /// The report for a terminal of `width` columns.
    public func text(width: Int = 100) -> String {
        let width = max(width, 20)
        var lines = wrapped(visible(title), to: width) + wrapped(extent, to: width)
        lines += wrapped(visible("weak verifier \(weak), strong verifier \(strong)"), to: width) + [""]
        lines += overview.lines(width: width) + [""] + reach.lines(width: width)
        lines += ["", "Best number of tries (reward) by cost of a false positive:"]
        lines += prices.lines(width: width) + [""]
        for finding in claims.findings {
            lines += wrapped(visible("\(finding.number)  \(finding.verdict.rawValue): \(finding.claim)"), to: width)
            lines += wrapped(visible("\(finding.evidence)"), to: max(width - 4, 16)).map { "    " + $0 }
        }
        lines.append("")
        for note in notes + [intervalNote] { lines += wrapped(visible(note), to: width) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var overview: TextTable {
        TextTable(
            [
                .text("generator"), .number("tasks"), .number("samples"), .number("single sample"),
                .number("conditional"),
            ],
            rows: generators.map { generator in
                let statistics = generator.analysis.statistics
                return [
                    generator.label, NumberFormat.count(statistics.taskCount),
                    NumberFormat.count(statistics.sampleCount), Self.figure(statistics.singleSampleAccuracy),
                    Self.figure(statistics.conditionalAccuracy),
                ]
            })
    }

    /// What sampling until something is accepted reaches.
    private var reach: TextTable {
        TextTable(
            [.text("generator"), .number("ceiling"), .number("budget"), .number("accuracy there")],
            rows: generators.map { generator in
                let analysis = generator.analysis
                return [
                    generator.label, Self.figure(analysis.statistics.ceiling),
                    NumberFormat.count(analysis.curve.budget), Self.figure(analysis.accuracy.last?.estimate),
                ]
            })
    }

    private var prices: TextTable {
        TextTable(
            [.text("generator")] + costs.map { .number("c = \(cost($0))") },
            rows: generators.map { generator in
                [generator.label] + generator.analysis.optima.map(\.shown)
            })
    }
}

extension CostOptimum {
    /// `4 (0.221)`, or `0 (abstain)`.
    var shown: String {
        attempts == 0 ? "0 (abstain)" : "\(NumberFormat.count(attempts)) (\(NumberFormat.fixed(reward, decimals: 3)))"
    }
}

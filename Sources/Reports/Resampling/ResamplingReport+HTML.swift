internal import Evaluation
internal import Resampling

extension ResamplingReport {
    /// A page of its own, in one file, without network or scripts.
    public func html() -> String {
        var body: [Markup] = [
            .header(kind: "resampling with an imperfect verifier", title: title, lead: extent + "."),
            .paragraph("Weak verifier \(weak); strong verifier, taken as the truth, \(strong)."),
        ]
        if generators.isEmpty { body.append(.paragraph("There are no runs in this report.", style: "notice")) }
        body += notes.map { .paragraph($0, style: "notice") }
        if !generators.isEmpty { body += claimSection + overviewSection + accuracySection + stopSection }
        if !generators.isEmpty { body += rewardSection + heatSection + twoTypeSection + correctionSection }
        body += styleSection + pooling + method + repeating + [.footer(generated: generated)]
        return HTMLPage(title: "\(title) · resampling", body: body).source
    }

    private var claimSection: [Markup] {
        let rows = claims.findings.map { finding -> [Markup] in
            [
                .text(finding.number), .element("strong", text: finding.verdict.rawValue),
                .group([
                    .element("div", text: finding.claim),
                    .element("div", ["class": "quiet small"], text: finding.evidence),
                ]),
            ]
        }
        return [
            .heading("What the samples say about the claims", id: "claims"),
            HTMLTable([.text(""), .text("verdict"), .text("claim and figures")], rows: rows).markup,
        ]
    }

    private var overviewSection: [Markup] {
        let rows = generators.map { generator -> [Markup] in
            let statistics = generator.analysis.statistics
            return [
                .text(generator.label), .text(NumberFormat.count(statistics.taskCount)),
                .text(NumberFormat.count(statistics.sampleCount)), .estimate(statistics.singleSampleAccuracy),
                .estimate(statistics.conditionalAccuracy), .estimate(statistics.falsePositiveRate),
                .estimate(statistics.acceptanceGap), .estimate(statistics.ceiling),
            ]
        }
        let columns: [HTMLTable.Column] = [
            .text("generator"), .number("tasks"), .number("samples"), .number("single sample"), .number("conditional"),
            .number("false positives"), .number("overstatement"), .number("ceiling"),
        ]
        return [
            .heading("How often right, and how often right once accepted", id: "overview"),
            HTMLTable(columns, rows: rows).markup,
            .paragraph(
                """
                Single sample: share of right samples. Conditional: share of right ones among those that the weak \
                verifier accepts, over tasks where it accepts any; false positives are the rest, which is the \
                generalization gap of sampling without end. Overstatement: accepted less right samples. Ceiling: accuracy \
                of sampling until something is accepted, tasks that never are counting as wrong.
                """, style: "quiet small"),
            .figure(
                id: "fit", title: "Conditional against single-sample accuracy",
                description: "One point for each generator; the table above holds every value.",
                caption: fitCaption, draw: scatter.drawing),
        ] + impossibilityTable
    }

    private var scatter: ScatterChart {
        ScatterChart(
            values: generators.compactMap { generator in
                let statistics = generator.analysis.statistics
                guard let conditional = statistics.conditionalAccuracy else { return nil }
                return ScatterChart.Value(
                    label: generator.label, x: statistics.singleSampleAccuracy.value, y: conditional.value,
                    lower: conditional.lower, upper: conditional.upper)
            },
            line: claims.fit.map { .init(slope: $0.fit.slope, intercept: $0.fit.intercept) },
            xName: "single-sample accuracy", yName: "conditional accuracy")
    }

    private var fitCaption: String {
        guard let fit = claims.fit else { return "A line needs three generators. \(intervalNote)" }
        let interval = NumberFormat.interval(
            lower: fit.slopeInterval.bounds?.lower, upper: fit.slopeInterval.bounds?.upper)
        let determination = fit.fit.determination.map { NumberFormat.fixed($0, decimals: 3) } ?? "–"
        return """
            conditional = \(NumberFormat.fixed(fit.fit.slope, decimals: 3))\(interval.map { " " + $0 } ?? "") × single + \
            \(NumberFormat.fixed(fit.fit.intercept, decimals: 3)), R² \(determination). A generator whose conditional accuracy \
            lies below another's single-sample accuracy can never match it by sampling. \(intervalNote)
            """
    }

    private var impossibilityTable: [Markup] {
        guard let strongest = generators.first, !claims.impossibility.isEmpty else { return [] }
        let rows = claims.impossibility.map { entry -> [Markup] in
            let outcome =
                switch entry.test.outcome {
                case .impossible: "never"
                case .possible: "with enough samples"
                case .undecided: "undecided"
                }
            return [.text(entry.label), .estimate(entry.test.margin), .text(outcome)]
        }
        let columns: [HTMLTable.Column] = [
            .text("generator"), .number("single sample of \(strongest.label) less conditional"), .text("can match it"),
        ]
        return [HTMLTable(columns, rows: rows).markup]
    }

    private var accuracySection: [Markup] {
        let series = generators.map { generator in
            LineBandChart.Series(label: generator.label, points: generator.analysis.accuracy.map(\.chartValue))
        }
        return [
            .heading("Accuracy when sampling until something is accepted", id: "accuracy"),
            .figure(
                id: "accuracy-k", title: "Accuracy against the most tries K",
                description: "One line for each generator; the CSV file holds every K.",
                caption: """
                    Chance that the first accepted sample of at most K is right; a search that finds none counts as wrong. \
                    Exact over all orders of the samples. \(intervalNote)
                    """, draw: LineBandChart(series: series, xName: "K", yName: "accuracy").drawing),
        ]
    }

    private var stopSection: [Markup] {
        let series = generators.compactMap { generator -> LineBandChart.Series? in
            let points = generator.analysis.stops.compactMap { bucket in
                bucket.falsePositiveShare.map {
                    LineBandChart.Value(
                        x: Double(bucket.positions.lowerBound), y: $0.value, lower: $0.lower, upper: $0.upper)
                }
            }
            return points.isEmpty ? nil : LineBandChart.Series(label: generator.label, points: points)
        }
        guard !series.isEmpty else { return [] }
        return [
            .heading("Late answers are worse ones", id: "stops"),
            .figure(
                id: "stops-k", title: "False positives by the position at which the search stops",
                description: "Positions 1, 2 to 3, 4 to 7 and so on, each at its first one.",
                caption: """
                    Share of wrong samples among those that end a search at positions 1, 2–3, 4–7, 8–15, … Tasks that are \
                    still open after many tries are the hard ones. \(intervalNote)
                    """, draw: LineBandChart(series: series, xName: "first position", yName: "wrong").drawing),
        ]
    }
}

extension AccuracyPoint {
    fileprivate var chartValue: LineBandChart.Value {
        LineBandChart.Value(x: Double(k), y: estimate.value, lower: estimate.lower, upper: estimate.upper)
    }
}

extension Markup {
    static func estimate(_ estimate: Estimate?) -> Markup {
        .rate(estimate?.value, lower: estimate?.lower, upper: estimate?.upper)
    }
}

internal import Evaluation
internal import Resampling

/// What tries are worth: reward curves, the best K, the two-type model.
extension ResamplingReport {
    /// Reward charts are drawn for the strongest generators; the files have all.
    private static let chartedGenerators = 6

    var rewardSection: [Markup] {
        let charts = generators.prefix(Self.chartedGenerators).enumerated().map { index, generator in
            Markup.group([
                .element("h3", text: generator.label),
                .figure(
                    id: "reward-\(index)", title: "Reward against the most tries K, \(generator.label)",
                    description: "One line for each cost of a false positive.",
                    caption:
                        "A right answer earns 1, a wrong one costs c, none earns \(cost(generator.analysis.options.abstention)).",
                    draw: rewardChart(generator).drawing),
            ])
        }
        return [.heading("What tries are worth", id: "reward")] + charts + [
            optimaTable,
            .paragraph(
                """
                Best K within the budget with its reward; in brackets the range over resampled tasks. 0 is not to try. \
                The second figure is the best K if samples went on with the same shares: ∞ where every further try adds.
                """, style: "quiet small"),
        ]
    }

    private func rewardChart(_ generator: Generator) -> LineBandChart {
        let analysis = generator.analysis
        let places = analysis.accuracy.map(\.k)
        let series = analysis.options.costs.map { value in
            let rewards = analysis.curve.rewards(analysis.options.utility(value))
            return LineBandChart.Series(
                label: "c = \(cost(value))", points: places.map { LineBandChart.Value(x: Double($0), y: rewards[$0]) })
        }
        return LineBandChart(series: series, xName: "K", yName: "reward")
    }

    private var optimaTable: Markup {
        let rows = generators.map { generator -> [Markup] in
            [.text(generator.label)]
                + generator.analysis.optima.map { optimum in
                    let range = optimum.range.map { " [\($0.lowerBound), \($0.upperBound)]" } ?? ""
                    return .group([
                        .text(optimum.shown), .element("span", ["class": "range"], text: range),
                        .element("span", ["class": "quiet"], text: " · \(optimum.unlimited)"),
                    ])
                }
        }
        return HTMLTable([.text("generator")] + costs.map { .number("c = \(cost($0))") }, rows: rows).markup
    }

    var heatSection: [Markup] {
        let ratios = generators.first?.analysis.options.heatRatios ?? []
        let charts = [
            ("data", "from the shares of every task", generators.map(\.analysis.heat)),
            ("model", "from the two-type model", generators.map { twoTypeOptima($0, ratios) }),
        ]
        return [.heading("The best number of tries by cost", id: "heat")]
            + charts.map { id, source, optima in
                .figure(
                    id: "heat-\(id)", title: "Best K, \(source)",
                    description: "A row for each generator, a column for each ratio of cost to reward.",
                    caption: """
                        Best K \(source), without a budget: ∞ is unbounded, 0 is not to try. Samples cost \
                        \(cost(generators.first?.analysis.options.sample ?? 0)).
                        """, draw: heatMap(optima, ratios).drawing)
            }
    }

    private func twoTypeOptima(_ generator: Generator, _ ratios: [Double]) -> [OptimalAttempts?] {
        guard case .success(let model) = generator.analysis.twoType else { return ratios.map { _ in nil } }
        return ratios.map { model.reward(generator.analysis.options.utility($0)).optimum.attempts }
    }

    private func heatMap(_ optima: [[OptimalAttempts?]], _ ratios: [Double]) -> HeatMapChart {
        HeatMapChart(
            rows: generators.map(\.label), columns: ratios.map { cost($0) },
            cells: optima.map { row in
                row.map { optimum in
                    HeatMapChart.Cell(text: optimum?.description ?? "–", shade: optimum?.shade ?? 0)
                }
            }, columnName: "cost of a false positive, in right answers")
    }

    var twoTypeSection: [Markup] {
        let columns: [HTMLTable.Column] = [
            .text("generator"), .number("shares"), .number("accuracies"), .number("completeness C"),
            .number("soundness"), .number("unbounded below c ="),
            .text("best K at c = 1: reward corrected / as published"),
        ]
        return [
            .heading("Two types of task", id: "two-type"),
            HTMLTable(columns, rows: generators.map(twoTypeRow)).markup,
            .paragraph(
                """
                Tasks that more than half of the samples solve are easy, the others hard. C is the share of right samples \
                that the weak verifier accepts; the paper drops tasks of which it rejects one, and takes C = 1. The \
                published computation weights the chance of reaching a try with the belief after the rejections; the \
                corrected one with the shares before the first try. Both have the same best K.
                """, style: "quiet small"),
        ]
    }

    private func twoTypeRow(_ generator: Generator) -> [Markup] {
        switch generator.analysis.twoType {
        case .failure(let reason):
            return [.text(generator.label)] + Array(repeating: .text("–"), count: 5) + [.text("\(reason)")]
        case .success(let model):
            let utility = generator.analysis.options.utility(1)
            let published = model.rewards(utility, upTo: 800, reach: .posterior).max() ?? 0
            let optimum = model.reward(utility).optimum
            return [
                .text(generator.label), .text(pair(model.easy.share, model.hard.share)),
                .text(pair(model.easy.accuracy, model.hard.accuracy)), .text(NumberFormat.rate(model.completeness)),
                .text(NumberFormat.rate(model.soundness)),
                .text(model.unboundedRatio.isFinite ? NumberFormat.fixed(model.unboundedRatio, decimals: 3) : "∞"),
                .text(
                    "\(optimum.attempts): \(NumberFormat.fixed(optimum.reward, decimals: 4)) / "
                        + NumberFormat.fixed(published, decimals: 4)),
            ]
        }
    }

    var correctionSection: [Markup] {
        let sections = generators.map { generator -> HTMLTable.Section in
            let heading = [Markup.text("\(generator.label) · \(qualityText(generator))")]
            switch generator.analysis.corrected {
            case .failure(let reason):
                return HTMLTable.Section(heading: heading, rows: [[.text("\(reason)")]])
            case .success(let curve):
                let truth = Dictionary(
                    generator.analysis.truePassAtK.map { ($0.k, $0.estimate) }, uniquingKeysWith: { first, _ in first })
                return HTMLTable.Section(
                    heading: heading, rows: curve.points.map { row($0, truth[$0.k]) })
            }
        }
        return [
            .heading("pass@k corrected for the weak verifier's errors", id: "correction"),
            HTMLTable(
                [.number("k"), .number("weak verdicts"), .number("corrected"), .number("strong verdicts")],
                sections: sections
            ).markup,
            .paragraph(
                """
                The correction (Rogan and Gladen, sample by sample) takes both error rates to be the same for all tasks. Where \
                it misses the strong verdicts at larger k, they are not. Its interval, and those of the two rates, draw whole \
                tasks; verdicts and rates come from the same draw.
                """, style: "quiet small"),
        ]
    }

    private func row(_ point: CorrectedPoint, _ truth: Estimate?) -> [Markup] {
        [
            .text(NumberFormat.count(point.k)), .text(NumberFormat.rate(point.observed)), corrected(point),
            .estimate(truth),
        ]
    }

    private func corrected(_ point: CorrectedPoint) -> Markup {
        if let refusal = point.refusal { return .text("\(refusal)") }
        if point.saysNothing { return .text("says nothing") }
        let bounds = point.interval.bounds
        return .rate(point.corrected, lower: bounds?.lower, upper: bounds?.upper)
    }

    private func qualityText(_ generator: Generator) -> String {
        switch generator.analysis.rates {
        case .failure: "sensitivity and specificity cannot be seen"
        case .success(let rates): "sensitivity \(shown(rates.sensitivity)), specificity \(shown(rates.specificity))"
        }
    }

    private func shown(_ estimate: Estimate) -> String {
        NumberFormat.rate(estimate.value, lower: estimate.lower, upper: estimate.upper)
    }

    private func pair(_ first: Double, _ second: Double) -> String {
        "\(NumberFormat.rate(first)), \(NumberFormat.rate(second))"
    }
}

extension OptimalAttempts {
    /// Few tries light, many dark, on the scale of doublings.
    fileprivate var shade: Double {
        switch self {
        case .abstain: 0
        case .attempts(let count), .beyond(let count):
            min(0.8, 0.2 + 0.1 * Double(count.bitWidth - count.leadingZeroBitCount - 1))
        case .unbounded: 1
        }
    }
}

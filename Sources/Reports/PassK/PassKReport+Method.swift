internal import Evaluation
internal import Resampling

extension PassKReport {
    /// What was added up: the model, the settings and the runs of each group.
    var pooling: [Markup] {
        let groups = groups.map { group -> Markup in
            var facts = group.model.map { [ReportFact].facts(of: $0) } ?? []
            if group.model == nil { facts.append(ReportFact("model digest", group.pooled.modelDigest, isCode: true)) }
            facts += group.settings
            facts.append(ReportFact("settings digest", group.pooled.settingsDigest, isCode: true))
            facts.append(ReportFact("runs", group.pooled.runs.joined(separator: " "), isCode: true))
            if !group.pooled.repeatedRuns.isEmpty {
                facts.append(
                    ReportFact("not counted twice", group.pooled.repeatedRuns.joined(separator: " "), isCode: true))
            }
            facts.append(
                ReportFact(
                    "samples",
                    """
                    \(NumberFormat.count(group.pooled.scored)) scored, \
                    \(NumberFormat.count(group.pooled.correct)) right, \
                    \(NumberFormat.count(group.pooled.unscored)) unscored
                    """))
            return .group([.element("h3", text: group.label), .facts(facts)])
        }
        return [
            .heading("What was pooled", id: "pooled"),
            .paragraph(
                """
                Runs with the same model digest and the same settings digest are one group: their samples are added up \
                task by task. Everything else stays apart. Runs with the same seed hold the same samples, and \
                count once.
                """, style: "quiet"),
        ] + groups
    }

    var method: [Markup] {
        var parts: [Markup] = [.heading("How it was calculated", id: "method")]
        for metric in metrics {
            parts.append(.element("div", ["class": "formula"], [.formula(of: metric)]))
        }
        let sentences = [
            """
            For a task with n scored samples, c of them right, this is the unbiased estimate for a random choice of k \
            samples. The figure is the mean over tasks; a k is shown only where every task has at least k samples.
            """,
            """
            \(intervalNote) Whole tasks are drawn with return, so that the interval says how much the figure would \
            vary with another choice of tasks of the same kind.
            """,
            """
            The standard error is that of a mean over tasks. Its sampling part is what more samples of the same tasks \
            would take away; it needs 2k samples of every task.
            """,
            unscoredNote ?? "Every sample was scored.",
        ]
        return parts + sentences.map { .paragraph($0) }
    }

    var repeating: [Markup] {
        guard let command else { return [] }
        return [.heading("Make it again", id: "again"), .command(command)]
    }
}

extension Markup {
    /// The estimator of one task in MathML, with the formula in plain characters for readers without it.
    fileprivate static func formula(of metric: PassMetric) -> Markup {
        switch metric {
        case .passAtK:
            math(
                "pass@k of a task = 1 − C(n−c, k) / C(n, k)",
                [
                    mi("pass@k"), mo("="), mn("1"), mo("−"),
                    fraction(choose(row([mi("n"), mo("−"), mi("c")])), choose(mi("n"))),
                ])
        case .passHatK:
            math(
                "pass^k of a task = C(c, k) / C(n, k)",
                [.element("msup", [:], [mi("pass"), mi("k")]), mo("="), fraction(choose(mi("c")), choose(mi("n")))])
        }
    }

    private static func math(_ plain: String, _ parts: [Markup]) -> Markup {
        .element(
            "math", ["xmlns": "http://www.w3.org/1998/Math/MathML", "display": "block", "aria-label": plain],
            [row(parts)])
    }

    private static func mi(_ name: String) -> Markup { .element("mi", text: name) }
    private static func mo(_ sign: String) -> Markup { .element("mo", text: sign) }
    private static func mn(_ number: String) -> Markup { .element("mn", text: number) }
    private static func row(_ parts: [Markup]) -> Markup { .element("mrow", [:], parts) }
    private static func fraction(_ top: Markup, _ bottom: Markup) -> Markup {
        .element("mfrac", [:], [top, bottom])
    }

    /// The binomial coefficient of `top` over k.
    private static func choose(_ top: Markup) -> Markup {
        row([
            mo("("), .element("mfrac", ["linethickness": "0"], [top, mi("k")]), mo(")"),
        ])
    }
}

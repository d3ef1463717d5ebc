/// Curves of one run of training, as a page of its own.
///
/// Equal values give equal bytes: nothing is read from a clock or from the machine.
public struct TrainingPage: Sendable {
    /// What one update of the weights was like.
    public struct Step: Hashable, Sendable {
        /// From 1.
        public var step: Int
        /// Mean over targets, or over pairs.
        public var loss: Double
        public var gradientNorm: Double
        public var learningRate: Double
        public var tokens: Int
        public var seconds: Double
        /// Share of pairs whose chosen side has gained more; nil without pairs.
        public var accuracy: Double?
        /// Mean margin of pairs.
        public var margin: Double?

        public init(
            step: Int, loss: Double, gradientNorm: Double, learningRate: Double, tokens: Int, seconds: Double,
            accuracy: Double? = nil, margin: Double? = nil
        ) {
            self.step = step
            self.loss = loss
            self.gradientNorm = gradientNorm
            self.learningRate = learningRate
            self.tokens = tokens
            self.seconds = seconds
            self.accuracy = accuracy
            self.margin = margin
        }
    }

    /// What the held-out examples said after a step.
    public struct Evaluation: Hashable, Sendable {
        public var step: Int
        /// The loss of the training, on them.
        public var loss: Double
        public var accuracy: Double?
        public var margin: Double?

        public init(step: Int, loss: Double, accuracy: Double? = nil, margin: Double? = nil) {
            self.step = step
            self.loss = loss
            self.accuracy = accuracy
            self.margin = margin
        }
    }

    public var title: String
    /// Run, status, digests, backend.
    public var facts: [ReportFact]
    /// The recipe as JSON.
    public var recipe: String
    public var steps: [Step]
    public var evaluations: [Evaluation]
    /// The command that makes this page again.
    public var command: String?

    public init(
        title: String, facts: [ReportFact], recipe: String, steps: [Step], evaluations: [Evaluation] = [],
        command: String? = nil
    ) {
        self.title = title
        self.facts = facts
        self.recipe = recipe
        self.steps = steps
        self.evaluations = evaluations
        self.command = command
    }

    /// A page in one file, without network or scripts.
    public func html() -> String {
        var body: [Markup] = [.header(kind: "training", title: title, lead: extent + ".")]
        if steps.isEmpty {
            body.append(.paragraph("No step was recorded.", style: "notice"))
        } else {
            if let unfinite { body.append(.paragraph(unfinite, style: "notice")) }
            body += curves.map(figure)
            body.append(.heading("First and last steps", id: "steps"))
            body.append(table)
        }
        if !evaluations.isEmpty { body += [.heading("Held-out examples", id: "held-out"), evaluationTable] }
        body += [.heading("The run", id: "run"), .facts(facts), .details("Recipe", [.element("pre", text: recipe)])]
        if let command { body += [.heading("Make it again", id: "again"), .command(command)] }
        body.append(.footer(generated: nil))
        return HTMLPage(title: "\(title) · training", body: body).source
    }

    var extent: String {
        // In double: what a database from elsewhere says may be too large to be added or counted.
        let tokens = steps.reduce(0) { $0 + Double($1.tokens) }
        let seconds = steps.reduce(0) { $0 + $1.seconds }
        let total = Int(exactly: tokens).map { NumberFormat.count($0, "token") } ?? "\(tokens) tokens"
        let rate = Int(exactly: (tokens / seconds).rounded(.down)).map { ", \(NumberFormat.count($0)) tokens/s" } ?? ""
        return "\(NumberFormat.count(steps.count, "step")), \(total)\(rate)"
    }

    private var unfinite: String? {
        let steps = steps.filter { !$0.loss.isFinite || !$0.gradientNorm.isFinite }
        guard let first = steps.first else { return nil }
        return "\(NumberFormat.count(steps.count, "step")) had a loss or gradient that is no number, the first at step "
            + "\(first.step); the curves leave such steps out."
    }

    private struct Curve {
        var id: String
        var name: String
        var caption: String
        var values: [CurveChart.Value]
        /// Of the held-out examples.
        var heldOut: [CurveChart.Value] = []
    }

    private var curves: [Curve] {
        func heldOut(_ quantity: (Evaluation) -> Double?) -> [CurveChart.Value] {
            evaluations.compactMap { one in quantity(one).map { CurveChart.Value(step: one.step, y: $0) } }
        }
        func values(_ quantity: (Step) -> Double?) -> [CurveChart.Value] {
            steps.compactMap { step in quantity(step).map { CurveChart.Value(step: step.step, y: $0) } }
        }
        return [
            Curve(
                id: "loss", name: "loss", caption: "Mean over targets, in nats; over pairs in preference training.",
                values: values(\.loss), heldOut: heldOut(\.loss)),
            Curve(
                id: "gradient", name: "gradient norm", caption: "Before it is clipped, over all trained weights.",
                values: values(\.gradientNorm)),
            Curve(
                id: "rate", name: "learning rate", caption: "With warm-up and schedule.",
                values: values(\.learningRate)),
            Curve(
                id: "accuracy", name: "accuracy", caption: "Share of pairs whose chosen side has gained more.",
                values: values(\.accuracy), heldOut: heldOut(\.accuracy)),
            Curve(
                id: "margin", name: "margin", caption: "Mean over pairs of the chosen side's gain less the other's.",
                values: values(\.margin), heldOut: heldOut(\.margin)),
            Curve(
                id: "speed", name: "tokens per second", caption: "Of each step, reading of data included.",
                values: values { $0.seconds > 0 ? Double($0.tokens) / $0.seconds : nil }),
        ].filter { !$0.values.isEmpty }
    }

    private func figure(_ curve: Curve) -> Markup {
        let points = curve.heldOut.isEmpty ? "" : " Squares: the held-out examples."
        return .figure(
            id: curve.id, title: curve.name, description: "A line over steps, with the band of what it averages.",
            caption: "\(curve.caption) The line is the mean of neighbouring steps, the band their least and largest."
                + points,
            draw: CurveChart(values: curve.values, yName: curve.name, heldOut: curve.heldOut).drawing)
    }

    private var evaluationTable: Markup {
        let shown = evaluations.count <= 10 ? evaluations : Array(evaluations.prefix(5) + evaluations.suffix(5))
        let hasPairs = evaluations.contains { $0.accuracy != nil }
        let rows = shown.map { one -> [Markup] in
            let pairs = hasPairs ? [one.accuracy, one.margin] : []
            return [.text(NumberFormat.count(one.step)), .text(NumberFormat.quantity(one.loss))]
                + pairs.map { .text($0.map(NumberFormat.quantity) ?? "–") }
        }
        let columns = ["after step", "loss"] + (hasPairs ? ["accuracy", "margin"] : [])
        return HTMLTable(columns.map { .number($0) }, rows: rows).markup
    }

    private var table: Markup {
        let shown = steps.count <= 10 ? steps : Array(steps.prefix(5) + steps.suffix(5))
        let rows = shown.map { step -> [Markup] in
            [
                .text(NumberFormat.count(step.step)), .text(NumberFormat.quantity(step.loss)),
                .text(NumberFormat.quantity(step.gradientNorm)), .text(NumberFormat.quantity(step.learningRate)),
                .text(NumberFormat.count(step.tokens)), .text(NumberFormat.quantity(step.seconds)),
            ]
        }
        let columns: [HTMLTable.Column] = [
            .number("step"), .number("loss"), .number("gradient norm"), .number("learning rate"), .number("tokens"),
            .number("seconds"),
        ]
        return HTMLTable(columns, rows: rows).markup
    }
}

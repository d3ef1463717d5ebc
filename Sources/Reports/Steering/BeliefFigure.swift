/// Prompts of several groups by harmfulness and refusal, with the groups' means, SVG.
public struct BeliefFigure: Sendable {
    public struct Group: Sendable {
        public var label: String
        /// Groups of one number share colour and shape; styles repeat after 36.
        public var style: Int
        public var isHollow: Bool
        public var points: [(harmfulness: Double, refusal: Double)]
        public var mean: Mean?

        public init(
            label: String, style: Int, isHollow: Bool = false, points: [(harmfulness: Double, refusal: Double)],
            mean: Mean? = nil
        ) {
            self.label = label
            self.style = style
            self.isHollow = isHollow
            self.points = points
            self.mean = mean
        }
    }

    /// Both means with the ends of their intervals, which may be missing.
    public struct Mean: Sendable {
        public var harmfulness: (value: Double, lower: Double?, upper: Double?)
        public var refusal: (value: Double, lower: Double?, upper: Double?)

        public init(
            harmfulness: (value: Double, lower: Double?, upper: Double?),
            refusal: (value: Double, lower: Double?, upper: Double?)
        ) {
            self.harmfulness = harmfulness
            self.refusal = refusal
        }
    }

    public var groups: [Group]
    public var title: String
    public var description: String

    public init(groups: [Group], title: String, description: String) {
        self.groups = groups
        self.title = title
        self.description = description
    }

    public var svg: String {
        let chart = PointChart(
            groups: groups.map { group in
                PointChart.Group(
                    label: group.label, style: SeriesStyle(group.style), isHollow: group.isHollow,
                    points: group.points.map { Point(x: $0.harmfulness, y: $0.refusal) },
                    mean: group.mean.map { PointChart.Mean(x: interval($0.harmfulness), y: interval($0.refusal)) })
            },
            xName: "harmfulness at t_inst", yName: "refusal at t_post_inst")
        return chart.drawing(.wide).file(title: title, description: description)
    }

    private func interval(_ figure: (value: Double, lower: Double?, upper: Double?)) -> PointChart.Interval {
        PointChart.Interval(value: figure.value, lower: figure.lower, upper: figure.upper)
    }
}

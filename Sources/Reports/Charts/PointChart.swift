/// Points of several groups on two axes that cross at 0, with each group's mean and its intervals.
struct PointChart {
    struct Group {
        var label: String
        var style: SeriesStyle
        /// Told from another group of the same colour and shape.
        var isHollow = false
        var points: [Point]
        var mean: Mean?
    }

    struct Mean {
        var x: Interval
        var y: Interval
    }

    struct Interval {
        var value: Double
        var lower: Double?
        var upper: Double?

        var ends: [Double] { [value, lower, upper].compactMap { $0 } }
    }

    var groups: [Group]
    var xName: String
    var yName: String

    func drawing(_ size: Drawing.Size) -> Drawing {
        let height = size.isCompact ? 340.0 : 430
        let legend = Double(groups.count) * 20
        var drawing = Drawing(width: size.width, height: size.isCompact ? height + legend : max(height, legend + 60))
        let right = size.isCompact ? 388.0 : drawing.width - 300
        let (across, up) = (ticks(\.x) { $0.x }, ticks(\.y) { $0.y })
        let plot = Plot(
            x: Scale(kind: .linear, domain: across.range, start: 64, end: right),
            y: Scale(kind: .linear, domain: up.range, start: height - 60, end: 40))
        plot.drawVerticalAxis(up, name: yName, in: &drawing)
        plot.drawHorizontalAxis(
            across.values.map { ($0, NumberFormat.tick($0, step: across.step)) }, name: xName, in: &drawing)
        drawing.line(from: Point(x: plot.x(0), y: plot.y.start), to: Point(x: plot.x(0), y: plot.y.end), "axis")
        for group in groups {
            for point in group.points {
                drawing.circle(
                    Point(x: plot.x(point.x), y: plot.y(point.y)), radius: 2.5, "point \(group.style.colorClass)")
            }
        }
        for group in groups { drawMean(group, plot, in: &drawing) }
        drawNames(
            at: size.isCompact ? Point(x: 8, y: height) : Point(x: right + 34, y: 48), room: size.isCompact ? 44 : 34,
            in: &drawing)
        return drawing
    }

    /// Round numbers that cover 0, all points and all intervals.
    private func ticks(_ part: KeyPath<Mean, Interval>, _ coordinate: (Point) -> Double) -> Ticks {
        let values = groups.flatMap { group in
            group.points.map(coordinate) + (group.mean?[keyPath: part].ends ?? [])
        }.filter(\.isFinite)
        let range = min(values.min() ?? 0, 0)...max(values.max() ?? 0, 0)
        return Ticks.covering(range.lowerBound < range.upperBound ? range : 0...1, count: 5)
    }

    private func drawMean(_ group: Group, _ plot: Plot, in drawing: inout Drawing) {
        guard let mean = group.mean else { return }
        let (x, y) = (plot.x(mean.x.value), plot.y(mean.y.value))
        if let lower = mean.x.lower, let upper = mean.x.upper {
            drawing.line(
                from: Point(x: plot.x(lower), y: y), to: Point(x: plot.x(upper), y: y), "cap \(group.style.colorClass)")
        }
        if let lower = mean.y.lower, let upper = mean.y.upper {
            drawing.line(
                from: Point(x: x, y: plot.y(lower)), to: Point(x: x, y: plot.y(upper)), "cap \(group.style.colorClass)")
        }
        group.style.drawMark(
            at: Point(x: x, y: y), radius: 6, isHollow: group.isHollow, in: &drawing,
            hint: "\(group.label): \(NumberFormat.quantity(mean.x.value)), \(NumberFormat.quantity(mean.y.value))")
    }

    private func drawNames(at start: Point, room: Int, in drawing: inout Drawing) {
        for (index, name) in shortened(groups.map(\.label), to: room).enumerated() {
            let y = start.y + Double(index) * 20
            groups[index].style.drawMark(
                at: Point(x: start.x, y: y), isHollow: groups[index].isHollow, in: &drawing)
            drawing.text(name, at: Point(x: start.x + 14, y: y), "label")
        }
    }
}

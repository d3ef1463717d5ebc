/// One quantity over many steps: the mean of equal stretches, within the band of their smallest and largest.
struct CurveChart {
    struct Value {
        var step: Int
        var y: Double
    }

    /// In order of steps.
    var values: [Value]
    var yName: String
    var xName = "step"
    /// The same quantity at some of the steps, of examples that are not learned from.
    var heldOut: [Value] = []

    /// Stretches that a drawing is cut into at most.
    static let mostStretches = 200

    /// Some neighbouring steps.
    struct Stretch: Equatable {
        var step: Double
        var mean: Double
        var least: Double
        var largest: Double
    }

    /// Values that are not finite are left out.
    var stretches: [Stretch] { Self.stretches(values) }

    private static func stretches(_ values: [Value]) -> [Stretch] {
        let finite = values.filter(\.y.isFinite)
        let count = min(mostStretches, finite.count)
        return (0..<count).map { index in
            let part = finite[(index * finite.count / count)..<((index + 1) * finite.count / count)]
            let ys = part.map(\.y)
            return Stretch(
                step: part.reduce(0) { $0 + Double($1.step) } / Double(part.count),
                mean: ys.reduce(0, +) / Double(ys.count), least: ys.min() ?? 0, largest: ys.max() ?? 0)
        }
    }

    func drawing(_ size: Drawing.Size) -> Drawing {
        var drawing = Drawing(width: size.width, height: size.isCompact ? 300 : 260)
        let stretches = stretches
        guard let first = stretches.first, let last = stretches.last else { return drawing }
        let points = Self.stretches(heldOut)
        let low = (stretches.map(\.least) + points.map(\.mean)).min() ?? 0
        let high = (stretches.map(\.largest) + points.map(\.mean)).max() ?? 1
        // A constant lies in the middle of an axis of its own size.
        let room = low < high ? 0 : max(abs(low), 1e-9) / 2
        let ticks = Ticks.covering((low - room)...(high + room), count: 5)
        let places = ([first, last] + points).map(\.step)
        let (begin, end) = (places.min() ?? first.step, places.max() ?? last.step)
        let steps = begin < end ? begin...end : (begin - 1)...(begin + 1)
        let plot = Plot(
            x: Scale(kind: .linear, domain: steps, start: 72, end: drawing.width - 16),
            y: Scale(kind: .linear, domain: ticks.range, start: drawing.height - 60, end: 36))
        plot.drawVerticalAxis(ticks, name: yName, in: &drawing)
        let marks = Ticks.covering(steps, count: size.isCompact ? 4 : 8).values.filter(steps.contains)
        let labels = marks.compactMap { place in
            Int(exactly: place).map { (value: place, text: NumberFormat.count($0)) }
        }
        plot.drawHorizontalAxis(labels, name: xName, in: &drawing)
        let style = SeriesStyle(0)
        func line(_ height: (Stretch) -> Double) -> [Point] {
            stretches.map { Point(x: plot.x($0.step), y: plot.y(height($0))) }
        }
        if stretches.count > 1 {
            drawing.polygon(line(\.largest) + line(\.least).reversed(), "band \(style.colorClass)")
            drawing.polyline(line(\.mean), "line \(style.colorClass)")
        } else {
            style.drawMark(at: Point(x: plot.x(first.step), y: plot.y(first.mean)), in: &drawing)
        }
        draw(points, plot, in: &drawing)
        return drawing
    }

    /// Marks joined by a line.
    private func draw(_ points: [Stretch], _ plot: Plot, in drawing: inout Drawing) {
        let style = SeriesStyle(1)
        let places = points.map { Point(x: plot.x($0.step), y: plot.y($0.mean)) }
        if places.count > 1 { drawing.polyline(places, "line \(style.colorClass)") }
        for (place, point) in zip(places, points) {
            style.drawMark(at: place, in: &drawing, hint: "held out: \(NumberFormat.quantity(point.mean))")
        }
    }
}

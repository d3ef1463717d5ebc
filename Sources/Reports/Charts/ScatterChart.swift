/// Points with a whisker each way, and a straight line through them: two rates against each other.
struct ScatterChart {
    struct Value {
        var label: String
        var x: Double
        var y: Double
        var lower: Double?
        var upper: Double?
    }

    struct Line {
        var slope: Double
        var intercept: Double
    }

    var values: [Value]
    var line: Line?
    var xName: String
    var yName: String

    func drawing(_ size: Drawing.Size) -> Drawing {
        let height = size.isCompact ? 340.0 : 430
        let legend = Double(values.count) * 20
        var drawing = Drawing(width: size.width, height: size.isCompact ? height + legend : max(height, legend + 60))
        let right = size.isCompact ? 388.0 : drawing.width - 300
        let plot = Plot(
            x: Scale(kind: .linear, domain: 0...1, start: 44, end: right),
            y: Scale(kind: .linear, domain: 0...1, start: height - 60, end: 40))
        plot.drawVerticalAxis(Ticks.covering(0...1, count: 5), name: yName, in: &drawing)
        plot.drawHorizontalAxis(
            Ticks.covering(0...1, count: 5).values.map { ($0, NumberFormat.tick($0, step: 0.2)) }, name: xName,
            in: &drawing)
        drawLines(plot, in: &drawing)
        for (index, value) in values.enumerated() { draw(value, SeriesStyle(index), plot, in: &drawing) }
        drawNames(
            at: size.isCompact ? Point(x: 8, y: height) : Point(x: right + 34, y: 48), room: size.isCompact ? 44 : 30,
            in: &drawing)
        return drawing
    }

    /// The diagonal, where nothing is gained by waiting for the verifier, and the fitted line.
    private func drawLines(_ plot: Plot, in drawing: inout Drawing) {
        drawing.polyline([Point(x: plot.x(0), y: plot.y(0)), Point(x: plot.x(1), y: plot.y(1))], "context")
        guard let line else { return }
        let places = stride(from: 0, through: 1, by: 0.02).filter { (0...1).contains(line.intercept + line.slope * $0) }
        drawing.polyline(
            places.map { Point(x: plot.x($0), y: plot.y(line.intercept + line.slope * $0)) }, "axis")
    }

    private func draw(_ value: Value, _ style: SeriesStyle, _ plot: Plot, in drawing: inout Drawing) {
        let point = Point(x: plot.x(value.x), y: plot.y(value.y))
        if let lower = value.lower, let upper = value.upper {
            drawing.line(
                from: Point(x: point.x, y: plot.y(lower)), to: Point(x: point.x, y: plot.y(upper)),
                "cap \(style.colorClass)")
        }
        style.drawMark(
            at: point, radius: 5, in: &drawing,
            hint: "\(value.label): \(NumberFormat.rate(value.x)), \(NumberFormat.rate(value.y))")
    }

    private func drawNames(at start: Point, room: Int, in drawing: inout Drawing) {
        for (index, name) in shortened(values.map(\.label), to: room).enumerated() {
            let y = start.y + Double(index) * 20
            SeriesStyle(index).drawMark(at: Point(x: start.x, y: y), in: &drawing)
            drawing.text(name, at: Point(x: start.x + 14, y: y), "label")
        }
    }
}

internal import Foundation

/// Lines with a band of uncertainty around each, over a logarithmic axis, named beside their ends.
struct LineBandChart {
    struct Series {
        var label: String
        var points: [Value]
    }

    struct Value {
        var x: Double
        var y: Double
        var lower: Double?
        var upper: Double?
    }

    var series: [Series]
    var xName: String
    var yName: String

    /// More lines than this share no panel: each gets its own, with the others in grey behind it.
    static let linesPerPanel = SeriesStyle.count

    func drawing(_ size: Drawing.Size) -> Drawing {
        if series.count > Self.linesPerPanel { return panels(size) }
        return size.isCompact ? singleCompact() : singleWide()
    }

    // The names stand at the right of the lines' ends.
    private func singleWide() -> Drawing {
        var drawing = Drawing(width: Drawing.Size.wide.width, height: 430)
        let names = shortened(series.map(\.label), to: 30)
        let margin = (names.map { estimatedWidth($0, fontSize: 13) }.max() ?? 0) + 44
        let plot = plot(left: 46, right: drawing.width - margin, top: 40, bottom: 370)
        drawAxes(plot, in: &drawing)
        drawLines(plot, in: &drawing)
        let ends = series.map { plot.y($0.points.last?.y ?? 0) }
        let places = separated(ends, height: 19, within: 34...374)
        for (index, name) in names.enumerated() {
            let end = Point(x: plot.x(series[index].points.last?.x ?? 1), y: ends[index])
            drawName(name, SeriesStyle(index), from: end, at: Point(x: plot.x.end + 24, y: places[index]), in: &drawing)
        }
        return drawing
    }

    private func drawName(
        _ name: String,
        _ style: SeriesStyle,
        from end: Point,
        at place: Point,
        in drawing: inout Drawing
    ) {
        if place.x - end.x > 30 || abs(place.y - end.y) > 4 {
            let path = [Point(x: end.x + 7, y: end.y), Point(x: place.x - 5, y: place.y)]
            drawing.polyline(path, "leader \(style.colorClass)")
        }
        guard series.count > 1 else { return drawing.text(name, at: Point(x: place.x - 6, y: place.y), "label") }
        style.drawMark(at: place, in: &drawing)
        drawing.text(name, at: Point(x: place.x + 11, y: place.y), "label")
    }

    // The names stand above the panel, one a line.
    private func singleCompact() -> Drawing {
        let legend = series.count > 1 ? Double(series.count) * 20 + 6 : 0
        var drawing = Drawing(width: Drawing.Size.compact.width, height: 330 + legend)
        if series.count > 1 {
            for (index, name) in shortened(series.map(\.label), to: 44).enumerated() {
                let y = 10 + Double(index) * 20
                SeriesStyle(index).drawMark(at: Point(x: 8, y: y), in: &drawing)
                drawing.text(name, at: Point(x: 22, y: y), "label")
            }
        }
        let plot = plot(left: 40, right: 388, top: 36 + legend, bottom: 276 + legend)
        drawAxes(plot, in: &drawing)
        drawLines(plot, in: &drawing)
        return drawing
    }

    private func plot(left: Double, right: Double, top: Double, bottom: Double) -> Plot {
        Plot(
            x: Scale(kind: .log2, domain: xDomain, start: left, end: right),
            y: Scale(kind: .linear, domain: ticks.range, start: bottom, end: top))
    }

    private var values: [Value] { series.flatMap(\.points) }
    private var ticks: Ticks {
        let top = values.reduce(0) { max($0, $1.y, $1.upper ?? 0) }
        let low = values.reduce(0) { min($0, $1.y, $1.lower ?? 0) }
        // Rates start at 0; rewards may be losses.
        return low < 0 ? Ticks.covering(low...max(top, 0), count: 6) : rateTicks(upTo: top)
    }
    private var xDomain: ClosedRange<Double> {
        let places = values.map(\.x)
        let low = places.min() ?? 1
        let high = places.max() ?? 1
        // A single k stands in the middle of its octaves.
        return low < high ? low...high : (low / 2)...(low * 2)
    }

    private func drawAxes(_ plot: Plot, named: Bool = true, in drawing: inout Drawing) {
        plot.drawVerticalAxis(ticks, name: named ? yName : nil, in: &drawing)
        let places = Set(values.map(\.x)).sorted()
        let powers = places.filter { log2($0) == log2($0).rounded() }
        let labels = (places.count > 12 && powers.count > 2 ? powers : places).map {
            (value: $0, text: NumberFormat.count(Int($0)))
        }
        plot.drawHorizontalAxis(labels, name: named ? xName : nil, in: &drawing)
    }

    private func drawLines(_ plot: Plot, in drawing: inout Drawing) {
        for (index, item) in series.enumerated() {
            drawBand(item, plot, SeriesStyle(index), in: &drawing)
        }
        for (index, item) in series.enumerated() {
            drawLine(item, plot, SeriesStyle(index), in: &drawing)
        }
    }

    private func drawBand(_ item: Series, _ plot: Plot, _ style: SeriesStyle, in drawing: inout Drawing) {
        // Where a point has no interval the band closes on the line.
        let upper = item.points.map { Point(x: plot.x($0.x), y: plot.y($0.upper ?? $0.y)) }
        let lower = item.points.map { Point(x: plot.x($0.x), y: plot.y($0.lower ?? $0.y)) }
        if item.points.count > 1 {
            let isCrowded = (4...Self.linesPerPanel).contains(series.count)
            drawing.polygon(upper + lower.reversed(), "\(isCrowded ? "band faint" : "band") \(style.colorClass)")
        } else if let top = upper.first, let bottom = lower.first {
            drawing.line(from: top, to: bottom, "whisker \(style.colorClass)")
        }
    }

    private func drawLine(_ item: Series, _ plot: Plot, _ style: SeriesStyle, in drawing: inout Drawing) {
        let points = item.points.map { Point(x: plot.x($0.x), y: plot.y($0.y)) }
        if points.count > 1 { drawing.polyline(points, "line \(style.colorClass)") }
        let radius = points.count > 24 ? 2.0 : 4.0
        for (value, point) in zip(item.points, points) {
            let figure = NumberFormat.rate(value.y, lower: value.lower, upper: value.upper)
            style.drawMark(
                at: point, radius: radius, in: &drawing, hint: "\(item.label), k = \(Int(value.x)): \(figure)")
        }
    }

    private func panels(_ size: Drawing.Size) -> Drawing {
        let grid = PanelGrid(count: series.count, columns: size.isCompact ? 1 : 3, panelHeight: 200, size: size)
        var drawing = Drawing(width: size.width, height: grid.height)
        let names = shortened(series.map(\.label), to: size.isCompact ? 44 : 32)
        for (index, item) in series.enumerated() {
            let frame = grid.frame(index)
            drawing.text(names[index], at: Point(x: frame.x, y: frame.y + 12), "label")
            let plot = plot(
                left: frame.x + 34, right: frame.x + frame.width - 8, top: frame.y + 36, bottom: frame.y + 156)
            drawAxes(plot, named: false, in: &drawing)
            if series.count <= 24 {
                for other in series.indices where other != index {
                    let points = series[other].points.map { Point(x: plot.x($0.x), y: plot.y($0.y)) }
                    drawing.polyline(points, "context")
                }
            }
            drawBand(item, plot, SeriesStyle(0), in: &drawing)
            drawLine(item, plot, SeriesStyle(0), in: &drawing)
        }
        return drawing
    }
}

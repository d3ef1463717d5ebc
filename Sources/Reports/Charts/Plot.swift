/// The frame of a chart with two axes: where its panel lies, and its ticks.
struct Plot {
    var x: Scale
    var y: Scale

    /// Horizontal rules with their values at the left, and the axis' name above them.
    func drawVerticalAxis(_ ticks: Ticks, name: String?, in drawing: inout Drawing) {
        for value in ticks.values {
            let height = y(value)
            drawing.line(
                from: Point(x: x.start, y: height), to: Point(x: x.end, y: height),
                value == (ticks.values.contains(0) ? 0 : ticks.values.first) ? "axis" : "grid")
            drawing.text(
                NumberFormat.tick(value, step: ticks.step), at: Point(x: x.start - 10, y: height), "tick", anchor: .end)
        }
        if let name {
            drawing.text(name, at: Point(x: 0, y: y.end - 22), "axis-name")
        }
    }

    /// Values under the panel, where they have room, and the axis' name under them.
    func drawHorizontalAxis(_ labels: [(value: Double, text: String)], name: String?, in drawing: inout Drawing) {
        var free = -Double.infinity
        for label in labels {
            let place = x(label.value)
            drawing.line(from: Point(x: place, y: y.start), to: Point(x: place, y: y.start + 5), "axis")
            let half = estimatedWidth(label.text, fontSize: 13) / 2
            guard place - half > free else { continue }
            drawing.text(label.text, at: Point(x: place, y: y.start + 18), "tick", anchor: .middle)
            free = place + half + 4
        }
        if let name {
            drawing.text(name, at: Point(x: (x.start + x.end) / 2, y: y.start + 42), "axis-name", anchor: .middle)
        }
    }
}

internal import TextFormats

/// One line for each figure: its name, a dot with the interval as a whisker, and the numbers.
struct DotWhiskerChart {
    struct Row {
        var label: String
        var value: Double?
        var lower: Double?
        var upper: Double?
        /// What stands where there is no value, and beside the numbers: `n = 200`.
        var note: String
        /// The same for narrow screens: `n = 198 of 200`.
        var shortNote: String
        var style = Style.plain

        /// Names the rows that follow it.
        static func heading(_ label: String) -> Row { Row(label: label, note: "", shortNote: "", style: .heading) }
    }

    enum Style {
        case plain
        /// Stands out from the rows below it: the total of a group.
        case headline
        case heading
    }

    var rows: [Row]
    var style = SeriesStyle(0)

    func drawing(_ size: Drawing.Size) -> Drawing {
        size.isCompact ? compact() : wide()
    }

    private func wide() -> Drawing {
        let step = 30.0
        let bottom = 12 + step * Double(rows.count)
        var drawing = Drawing(width: Drawing.Size.wide.width, height: bottom + 34)
        let names = rows.map { truncated(visible($0.label), to: 34) }
        let left = min(290, max(80, widest(names) + 24))
        let numbersEnd = drawing.width - max(164, widest(rows.map(\.note))) - 18
        let right = numbersEnd - widest(rows.map(numbers)) - 26
        let scale = scale(from: left, to: max(right, left + 80))
        drawAxis(scale, top: 4, bottom: bottom, in: &drawing)
        for (index, row) in rows.enumerated() {
            let y = 12 + step * (Double(index) + 0.5)
            drawing.text(names[index], at: Point(x: 0, y: y), row.labelClass)
            drawFigure(row, scale: scale, y: y, in: &drawing)
            drawing.text(numbers(row), at: Point(x: numbersEnd, y: y), "number", anchor: .end)
            drawing.text(row.note, at: Point(x: drawing.width, y: y), "note", anchor: .end)
        }
        return drawing
    }

    // The name, n and the numbers share a line, the dot has the next one.
    private func compact() -> Drawing {
        let heights = rows.map { $0.style == .heading ? 30.0 : 46.0 }
        let bottom = 6 + heights.reduce(0, +)
        var drawing = Drawing(width: Drawing.Size.compact.width, height: bottom + 34)
        let scale = scale(from: 12, to: drawing.width - 12)
        drawAxis(scale, top: 0, bottom: bottom, in: &drawing)
        var y = 6.0
        for (row, height) in zip(rows, heights) {
            drawing.rectangle(x: 0, y: y, width: drawing.width, height: 22, "backing")
            let words = Point(x: 0, y: y + (row.style == .heading ? 14 : 11))
            drawWords(row, at: words, in: &drawing)
            drawFigure(row, scale: scale, y: y + 31, in: &drawing)
            y += height
        }
        return drawing
    }

    private func drawWords(_ row: Row, at point: Point, in drawing: inout Drawing) {
        let figures = numbers(row)
        let taken = estimatedWidth(figures, fontSize: 12.5) + estimatedWidth(row.shortNote, fontSize: 12.5) + 24
        let name = truncated(visible(row.label), to: Int((drawing.width - taken) / 8.1))
        drawing.text(name, at: point, row.labelClass)
        let end = estimatedWidth(name, fontSize: 13)
        drawing.text(row.shortNote, at: Point(x: end + 10, y: point.y), "note")
        drawing.text(figures, at: Point(x: drawing.width, y: point.y), "number", anchor: .end)
    }

    private func widest(_ texts: [String]) -> Double {
        texts.reduce(0) { max($0, estimatedWidth($1, fontSize: 13.5)) }
    }

    private var ticks: Ticks {
        let values = rows.flatMap { [$0.value, $0.lower, $0.upper] }.compactMap { $0 }.filter(\.isFinite)
        let low = values.min() ?? 0
        let high = values.max() ?? 1
        if low >= 0, high <= 1 { return Ticks.covering(0...1, count: 5) }
        return Ticks.covering(min(low, 0)...max(high, 0), count: 5)
    }

    private func scale(from start: Double, to end: Double) -> Scale {
        Scale(kind: .linear, domain: ticks.range, start: start, end: end)
    }

    private func drawAxis(_ scale: Scale, top: Double, bottom: Double, in drawing: inout Drawing) {
        for value in ticks.values {
            let x = scale(value)
            drawing.line(from: Point(x: x, y: top), to: Point(x: x, y: bottom), "grid")
            let text = NumberFormat.tick(value, step: ticks.step)
            drawing.text(text, at: Point(x: x, y: bottom + 14), "tick", anchor: .middle)
        }
    }

    private func drawFigure(_ row: Row, scale: Scale, y: Double, in drawing: inout Drawing) {
        guard let value = row.value, value.isFinite else { return }
        if let lower = row.lower, let upper = row.upper, lower.isFinite, upper.isFinite {
            drawing.line(
                from: Point(x: scale(lower), y: y), to: Point(x: scale(upper), y: y), "whisker \(style.colorClass)")
            for end in [lower, upper] {
                drawing.line(
                    from: Point(x: scale(end), y: y - 4), to: Point(x: scale(end), y: y + 4),
                    "cap \(style.colorClass)")
            }
        }
        style.drawMark(
            at: Point(x: scale(value), y: y), radius: row.style == .headline ? 6 : 5, in: &drawing,
            hint: "\(row.label): \(numbers(row)), \(row.note)")
    }

    private func numbers(_ row: Row) -> String {
        guard row.style != .heading else { return "" }
        guard let value = row.value else { return "–" }
        return NumberFormat.rate(value, lower: row.lower, upper: row.upper)
    }
}

extension DotWhiskerChart.Row {
    fileprivate var labelClass: String {
        switch style {
        case .plain: "label"
        case .headline: "label strong"
        case .heading: "note"
        }
    }
}

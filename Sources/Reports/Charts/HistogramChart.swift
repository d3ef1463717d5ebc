/// How many tasks have which share of right samples, one small panel for each group.
///
/// Tasks that are never or always solved have bars of their own at the two ends, since no number of further samples
/// tells them from tasks that nearly are.
struct HistogramChart {
    struct Panel {
        var label: String
        /// Shares in 0...1, one for each task.
        var shares: [Double]
    }

    var panels: [Panel]

    /// Never, ten ranges (0, 0.1], (0.1, 0.2], … (0.9, 1), always.
    static let barCount = 12

    static func bars(_ shares: [Double]) -> [Int] {
        var bars = Array(repeating: 0, count: barCount)
        for share in shares where share.isFinite {
            if share <= 0 {
                bars[0] += 1
            } else if share >= 1 {
                bars[barCount - 1] += 1
            } else {
                bars[max(1, min(10, Int((share * 10 - 1e-9).rounded(.up))))] += 1
            }
        }
        return bars
    }

    func drawing(_ size: Drawing.Size) -> Drawing {
        let columns = size.isCompact ? 1 : min(panels.count, 3)
        let grid = PanelGrid(count: panels.count, columns: columns, panelHeight: 214, size: size)
        var drawing = Drawing(width: size.width, height: grid.height)
        let bars = panels.map { Self.bars($0.shares) }
        let highest = bars.joined().max() ?? 0
        let names = shortened(panels.map(\.label), to: size.isCompact ? 44 : columns == 3 ? 32 : 48)
        for index in panels.indices {
            var frame = grid.frame(index)
            // One group needs no more room than two would take.
            frame.width = min(frame.width, 480)
            draw(names[index], bars[index], highest: highest, style: style(index), in: frame, &drawing)
        }
        return drawing
    }

    private func style(_ index: Int) -> SeriesStyle {
        SeriesStyle(panels.count > SeriesStyle.count ? 0 : index)
    }

    private func draw(
        _ name: String,
        _ bars: [Int],
        highest: Int,
        style: SeriesStyle,
        in frame: PanelGrid.Frame,
        _ drawing: inout Drawing
    ) {
        let (top, bottom) = (frame.y + 46, frame.y + 160)
        let slot = frame.width / Double(Self.barCount + 2)
        let height = Scale(kind: .linear, domain: 0...Double(max(highest, 1)), start: 0, end: bottom - top)
        drawing.text(name, at: Point(x: frame.x, y: frame.y + 10), "label")
        drawing.line(from: Point(x: frame.x, y: bottom), to: Point(x: frame.x + frame.width, y: bottom), "axis")
        for (index, count) in bars.enumerated() {
            let x = left(of: index, slot: slot, frame: frame)
            let isEnd = index == 0 || index == Self.barCount - 1
            drawing.rectangle(
                x: x + 1, y: bottom - height(Double(count)), width: slot - 2, height: height(Double(count)),
                "\(isEnd ? "bar" : "bar inner") \(style.colorClass)",
                hint: "\(Self.name(of: index)): \(NumberFormat.count(count, "task"))")
            guard count > 0 else { continue }
            drawing.text(
                NumberFormat.count(count), at: Point(x: x + slot / 2, y: bottom - height(Double(count)) - 9), "count",
                anchor: .middle)
        }
        drawLabels(slot: slot, bottom: bottom, frame: frame, &drawing)
    }

    private func drawLabels(slot: Double, bottom: Double, frame: PanelGrid.Frame, _ drawing: inout Drawing) {
        for (index, text) in [(0, "never"), (Self.barCount - 1, "always")] {
            let x = left(of: index, slot: slot, frame: frame) + slot / 2
            let anchor: Drawing.Anchor = index == 0 ? .start : .end
            let edge = index == 0 ? x - slot / 2 : x + slot / 2
            drawing.text(text, at: Point(x: edge, y: bottom + 15), "tick", anchor: anchor)
        }
        for tenth in [2, 5, 8] {
            let x = left(of: 1, slot: slot, frame: frame) + slot * Double(tenth)
            drawing.line(from: Point(x: x, y: bottom), to: Point(x: x, y: bottom + 4), "axis")
            drawing.text("0.\(tenth)", at: Point(x: x, y: bottom + 15), "tick", anchor: .middle)
        }
    }

    // Half a slot of air on either side, and between the two end bars and the ten between them.
    private func left(of index: Int, slot: Double, frame: PanelGrid.Frame) -> Double {
        let air = index == 0 ? 0.0 : index == Self.barCount - 1 ? 2.0 : 1.0
        return frame.x + slot * (Double(index) + air)
    }

    private static func name(of index: Int) -> String {
        switch index {
        case 0: "never solved"
        case barCount - 1: "always solved"
        case 10: "above 0.9, below 1"
        default: "above 0.\(index - 1), up to \(NumberFormat.fixed(Double(index) / 10, decimals: 1))"
        }
    }
}

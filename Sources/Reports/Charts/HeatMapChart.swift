/// A table of cells, each with a figure and a shade between 0 (none) and 1 (full).
struct HeatMapChart {
    struct Cell {
        var text: String
        var shade: Double
    }

    var rows: [String]
    var columns: [String]
    /// By row, then column.
    var cells: [[Cell]]
    var columnName: String

    func drawing(_ size: Drawing.Size) -> Drawing {
        let names = shortened(rows, to: size.isCompact ? 14 : 30)
        let left = size.isCompact ? 104.0 : 250
        let step = size.isCompact ? 24.0 : 30
        let width = (size.width - left) / Double(max(columns.count, 1))
        var drawing = Drawing(width: size.width, height: 50 + step * Double(rows.count))
        drawing.text(columnName, at: Point(x: left, y: 10), "axis-name")
        for (column, title) in columns.enumerated() {
            let place = Point(x: left + (Double(column) + 0.5) * width, y: 34)
            drawing.text(title, at: place, "tick", anchor: .middle)
        }
        for (row, name) in names.enumerated() {
            let y = 48 + step * Double(row)
            drawing.text(name, at: Point(x: 0, y: y + step / 2), "label")
            for (column, cell) in cells[row].enumerated() {
                draw(cell, x: left + Double(column) * width, y: y, width: width, height: step, in: &drawing)
            }
        }
        return drawing
    }

    private func draw(
        _ cell: Cell, x: Double, y: Double, width: Double, height: Double, in drawing: inout Drawing
    ) {
        // Five shades tell more than a gradient does, and need no colours of their own.
        let level = Int((min(max(cell.shade, 0), 1) * 4).rounded())
        drawing.rectangle(x: x + 1, y: y + 1, width: width - 2, height: height - 2, "heat h\(level) s0")
        drawing.text(cell.text, at: Point(x: x + width / 2, y: y + height / 2), "number", anchor: .middle)
    }
}

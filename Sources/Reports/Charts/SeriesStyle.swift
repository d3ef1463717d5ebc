/// How one series of many is told from the others: a colour of the page's palette and a shape of its own.
struct SeriesStyle: Hashable {
    /// Colours that stay apart for people who see few of them (Okabe and Ito, 2008).
    static let count = 6

    private var color: Int
    private var shape: Int

    /// Beyond six series each colour comes again with another shape: 36 styles are unlike each other.
    init(_ index: Int) {
        color = index % Self.count
        shape = (index + index / Self.count) % Self.count
    }

    var colorClass: String { "s\(color)" }

    /// Draws the series' mark around `center`.
    func drawMark(
        at center: Point, radius: Double = 4, isHollow: Bool = false, in drawing: inout Drawing, hint: String? = nil
    ) {
        let style = (isHollow ? "hollow " : "mark ") + colorClass
        if shape == 0 {
            drawing.circle(center, radius: radius, style, hint: hint)
        } else {
            let corners = corners.map { Point(x: center.x + radius * $0.x, y: center.y + radius * $0.y) }
            drawing.polygon(corners, style, hint: hint)
        }
    }

    private var corners: [Point] {
        switch shape {
        case 1:
            [Point(x: -0.95, y: -0.95), Point(x: 0.95, y: -0.95), Point(x: 0.95, y: 0.95), Point(x: -0.95, y: 0.95)]
        case 2: [Point(x: 0, y: -1.3), Point(x: 1.2, y: 0.85), Point(x: -1.2, y: 0.85)]
        case 3: [Point(x: 0, y: -1.35), Point(x: 1.35, y: 0), Point(x: 0, y: 1.35), Point(x: -1.35, y: 0)]
        case 4: [Point(x: 0, y: 1.3), Point(x: 1.2, y: -0.85), Point(x: -1.2, y: -0.85)]
        default: [Point(x: -0.7, y: -1.3), Point(x: 0.7, y: -1.3), Point(x: 0.7, y: 1.3), Point(x: -0.7, y: 1.3)]
        }
    }
}

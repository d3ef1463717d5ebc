internal import Foundation

/// An SVG picture under construction. Colours, fonts and strokes are classes of the page's style sheet.
struct Drawing {
    /// For whom a chart is drawn: its type stays readable because a narrow screen has a chart of its own.
    enum Size: String, CaseIterable {
        case wide
        case compact

        var width: Double { self == .wide ? 880 : 400 }
        var isCompact: Bool { self == .compact }
    }

    enum Anchor: String {
        case start, middle, end
    }

    let width: Double
    var height: Double
    private var parts: [Markup] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    mutating func line(from: Point, to: Point, _ style: String) {
        parts.append(
            .element(
                "line",
                [
                    "x1": from.x.coordinate, "y1": from.y.coordinate, "x2": to.x.coordinate, "y2": to.y.coordinate,
                    "class": style,
                ]))
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ style: String, hint: String? = nil) {
        parts.append(
            .element(
                "rect",
                [
                    "x": x.coordinate, "y": y.coordinate, "width": max(width, 0).coordinate,
                    "height": max(height, 0).coordinate, "class": style,
                ],
                tooltip(hint)))
    }

    mutating func polyline(_ points: [Point], _ style: String) {
        parts.append(.element("polyline", ["points": points.path, "class": style]))
    }

    mutating func polygon(_ points: [Point], _ style: String, hint: String? = nil) {
        parts.append(.element("polygon", ["points": points.path, "class": style], tooltip(hint)))
    }

    mutating func circle(_ center: Point, radius: Double, _ style: String, hint: String? = nil) {
        parts.append(
            .element(
                "circle",
                ["cx": center.x.coordinate, "cy": center.y.coordinate, "r": radius.coordinate, "class": style],
                tooltip(hint)))
    }

    /// - Parameter y: of the middle of the letters, not of the base line.
    mutating func text(_ text: String, at point: Point, _ style: String, anchor: Anchor = .start) {
        parts.append(
            .element(
                "text",
                [
                    "x": point.x.coordinate, "y": point.y.coordinate, "dy": "0.35em", "class": style,
                    "text-anchor": anchor == .start ? nil : anchor.rawValue,
                ], text: text))
    }

    /// The picture, named and described for those who do not see it.
    func picture(id: String, title: String, description: String, size: Size) -> Markup {
        .element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "chart \(size.rawValue)", "role": "img",
                "viewBox": "0 0 \(width.coordinate) \(height.coordinate)",
                "aria-labelledby": "\(id)-title \(id)-text",
            ],
            [
                .element("title", ["id": "\(id)-title"], text: title),
                .element("desc", ["id": "\(id)-text"], text: description),
            ] + parts)
    }

    /// The picture as a file of its own, which carries the style sheet of the pages.
    func file(title: String, description: String) -> String {
        Markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img",
                "viewBox": "0 0 \(width.coordinate) \(height.coordinate)", "aria-labelledby": "title text",
            ],
            [
                .element("title", ["id": "title"], text: title), .element("desc", ["id": "text"], text: description),
                .element("style", [:], [.trusted(PageStyle.sheet)]),
                .element(
                    "rect", ["width": width.coordinate, "height": height.coordinate, "class": "backing"]),
            ] + parts
        ).source + "\n"
    }

    private func tooltip(_ hint: String?) -> [Markup] {
        hint.map { [.element("title", text: $0)] } ?? []
    }
}

struct Point: Hashable {
    var x: Double
    var y: Double
}

extension [Point] {
    fileprivate var path: String {
        map { "\($0.x.coordinate),\($0.y.coordinate)" }.joined(separator: " ")
    }
}

extension Double {
    /// Two decimals at most; 0 where the value is not finite.
    fileprivate var coordinate: String {
        guard isFinite else { return "0" }
        let rounded = (self * 100).rounded() / 100
        return rounded == rounded.rounded() && Swift.abs(rounded) < 1e9 ? String(Int(rounded)) : String(rounded)
    }
}

/// An upper estimate of a text's width, since a page may be shown in any font.
func estimatedWidth(_ text: String, fontSize: Double) -> Double {
    Double(displayWidth(text)) * fontSize * 0.6
}

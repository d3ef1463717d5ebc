internal import Foundation

/// Rates by layer and strength as squares of rising darkness, SVG.
struct HeatMap {
    private let cells: [(layer: Int, strength: Double, rate: Double)]

    init(_ cells: [(layer: Int, strength: Double, rate: Double)]) { self.cells = cells }

    var svg: String {
        let layers = Set(cells.map(\.layer)).sorted()
        let strengths = Set(cells.map(\.strength)).sorted()
        let size = 28
        let squares = cells.map { cell in
            let x = 90 + size * (layers.firstIndex(of: cell.layer) ?? 0)
            let y = 20 + size * (strengths.firstIndex(of: cell.strength) ?? 0)
            let shade = String(format: "%.2f", cell.rate)
            return """
                <rect x="\(x)" y="\(y)" width="\(size)" height="\(size)" fill="#0b5fa5" fill-opacity="\(shade)" stroke="#ccc">\
                <title>layer \(cell.layer), strength \(cell.strength): \(shade)</title></rect>
                """
        }
        let bottom = 20 + size * strengths.count
        let columns = layers.enumerated().map { index, layer in
            "<text x=\"\(90 + size * index + size / 2)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(layer)</text>"
        }
        let rows = strengths.enumerated().map { index, strength in
            "<text x=\"82\" y=\"\(20 + size * index + size / 2 + 4)\" text-anchor=\"end\">\(strength)</text>"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(110 + size * layers.count) \(bottom + 40)" \
            font-family="sans-serif" font-size="11">
            <title>Rate by layer (across) and strength (down)</title>
            \((squares + columns + rows).joined(separator: "\n"))
            </svg>

            """
    }
}

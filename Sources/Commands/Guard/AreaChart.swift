internal import Foundation
internal import LatentGuard

/// Areas under the ROC curve with their intervals, a line for each slice and judge, as SVG.
struct AreaChart {
    private let figures: [(label: String, ranking: RankMetrics, isGuard: Bool)]

    private static let left = 320.0
    private static let right = 900.0
    private static let step = 20.0

    init(_ comparison: GuardComparison) {
        figures = comparison.figures.compactMap { figure in
            figure.ranking.map { ("\(figure.slice) · \(figure.judge)", $0, figure.judge == "guard") }
        }
    }

    var svg: String {
        let height = 60 + Double(figures.count) * Self.step
        let ticks = stride(from: 0.0, through: 1.0, by: 0.25).map { tick in
            """
            <line x1="\(x(tick))" x2="\(x(tick))" y1="30" y2="\(height - 20)" stroke="#ddd"/>
            <text x="\(x(tick))" y="22" text-anchor="middle">\(tick)</text>
            """
        }
        let rows = figures.enumerated().map { index, figure in row(figure, y: 45 + Double(index) * Self.step) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 \(height)" font-family="sans-serif" font-size="12">
            <title>Area under the ROC curve, 95% intervals</title>
            \((ticks + rows).joined(separator: "\n"))
            </svg>

            """
    }

    private func x(_ value: Double) -> Double { Self.left + value * (Self.right - Self.left) }

    private func row(_ figure: (label: String, ranking: RankMetrics, isGuard: Bool), y: Double) -> String {
        let colour = figure.isGuard ? "#0b5fa5" : "#777"
        let ranking = figure.ranking
        return """
            <text x="\(Self.left - 10)" y="\(y + 4)" text-anchor="end">\(escaped(figure.label))</text>
            <line x1="\(x(ranking.aurocLower))" x2="\(x(ranking.aurocUpper))" y1="\(y)" y2="\(y)" stroke="\(colour)"/>
            <circle cx="\(x(ranking.auroc))" cy="\(y)" r="4" fill="\(colour)"/>
            <text x="\(Self.right + 10)" y="\(y + 4)">\(String(format: "%.3f", ranking.auroc))</text>
            """
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    }
}

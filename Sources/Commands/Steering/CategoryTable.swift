internal import Foundation
internal import Reports
internal import Steering

/// The figures of `steer categories` for people: layers, the matrix of one layer, and its heat map.
struct CategoryTable {
    private let report: SteerCategoriesCommand.Report

    init(_ report: SteerCategoriesCommand.Report) { self.report = report }

    func text(width: Int) -> String {
        var lines = ["cosines of different categories; same and different: between two halves of the prompts", ""]
        lines += layers.lines(width: width)
        lines += ["", "layer \(report.matrixLayer), \(report.position), from the same harmless prompts:", ""]
        lines += categories.lines(width: width) + [""] + matrix.lines(width: width)
        if !report.leftOut.isEmpty {
            let names = report.leftOut.map { "\($0.category) (\($0.harmful))" }.joined(separator: ", ")
            lines += ["", "left out, with fewer than \(report.minimum) harmful prompts: \(names)"]
        }
        if !report.layers.contains(where: { $0.comparison == .matched }) {
            lines += [
                "",
                "no matched and topic directions: a category has fewer than \(report.minimum) harmless prompts of its own",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Cosines between two halves, those of a category with itself on the diagonal.
    var figure: SimilarityFigure {
        let halves = shown.map(\.halves) ?? []
        return SimilarityFigure(
            names: report.categories.map(\.category), cosines: halves,
            title: "Cosine between directions of two halves, layer \(report.matrixLayer), \(report.position)",
            description: "Harmfulness directions by risk category; the diagonal is a category with its other half.")
    }

    private var shown: CategorySimilarity? {
        report.layers.first { $0.layer == report.matrixLayer && $0.comparison == .shared }?.similarity
    }

    private var layers: TextTable {
        TextTable(
            [
                .number("layer"), .text("against"), .number("mean cosine"), .number("same"), .number("different"),
                .number("same - different"), .number("random"),
            ],
            rows: report.layers.map { layer in
                let found = layer.similarity
                return [
                    "\(layer.layer)", layer.comparison.rawValue, found.mean.text(decimals: 2), number(found.sameHalves),
                    number(found.differentHalves), found.excess.text(decimals: 2), found.random.text(decimals: 2),
                ]
            })
    }

    private var categories: TextTable {
        TextTable(
            [
                .number(""), .text("category"), .number("harmful"), .number("harmless"), .number("length"),
                .number("other half"),
            ],
            rows: report.categories.enumerated().map { index, category in
                [
                    "\(index + 1)", category.category, "\(category.harmful)", "\(category.harmless)",
                    shown.map { String(format: "%.3g", $0.norms[index]) } ?? "",
                    shown?.splitHalf[index].text(decimals: 2) ?? "",
                ]
            })
    }

    private var matrix: TextTable {
        let numbers = report.categories.indices.map { "\($0 + 1)" }
        return TextTable(
            [.number("")] + numbers.map { .number($0) },
            rows: numbers.enumerated().map { index, name in
                [name] + (shown?.cosines[index].map { number($0.value) } ?? [])
            })
    }

    private func number(_ value: Double) -> String { String(format: "%+.2f", value) }
}

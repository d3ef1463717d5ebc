internal import Foundation
internal import LatentGuard
internal import TextFormats

/// The figures of a comparison, as a table for people and as CSV.
struct GuardTable {
    private let comparison: GuardComparison

    init(_ comparison: GuardComparison) { self.comparison = comparison }

    private static let header = [
        "slice", "judge", "harmful", "harmless", "AUROC", "lower", "upper", "AUPRC", "accuracy at 0", "FPR",
        "FPR lower",
        "FPR upper", "TPR", "unscored",
    ]

    private var rows: [[String]] {
        comparison.figures.map { figures in
            let ranking = figures.ranking
            return [
                figures.slice, figures.judge, "\(figures.harmful)", "\(figures.harmless)", number(ranking?.auroc),
                number(ranking?.aurocLower), number(ranking?.aurocUpper), number(ranking?.auprc),
                number(figures.accuracy?.rate), number(figures.falsePositives?.rate),
                number(figures.falsePositives?.lower), number(figures.falsePositives?.upper),
                number(figures.truePositives?.rate), "\(figures.unscored)",
            ]
        }
    }

    /// RFC 4180: lines end in CR LF, and a name that holds a comma, a quote or the end of a line is quoted.
    var csv: String {
        ([Self.header] + rows).map { $0.map(CSVField.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    var text: String {
        let all = [Self.header] + rows
        let widths = Self.header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 2 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
        let unsure = comparison.unsure
        return lines.joined(separator: "\n") + "\nunsure: \(unsure.count) of \(unsure.total)\n"
    }

    private func number(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "-"
    }
}

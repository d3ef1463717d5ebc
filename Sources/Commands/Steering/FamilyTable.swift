internal import LatentGuard
internal import Reports
internal import Steering

/// The figures of `steer families` for people.
struct FamilyTable {
    private let report: SteerFamiliesCommand.Report

    init(_ report: SteerFamiliesCommand.Report) { self.report = report }

    func text(width: Int) -> String {
        var lines = ["harmfulness at t_inst", ""] + harmfulness.lines(width: width)
        lines += ["", "refusal at t_post_inst", ""] + refusal.lines(width: width)
        if !report.contrasts.isEmpty {
            lines += ["", "harmful less harmless of the same family", ""] + contrasts.lines(width: width)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var harmfulness: TextTable {
        TextTable(
            [.text("family"), .text("label"), .number("n"), .number("clusters"), .number("mean"), .number("random")],
            rows: report.rows.map(\.belief).map {
                [
                    $0.family, label($0), "\($0.count)", "\($0.clusters)", $0.harmfulness.text(decimals: 4),
                    $0.randomHarmfulness.text(decimals: 4),
                ]
            })
    }

    private var refusal: TextTable {
        TextTable(
            [.text("family"), .text("label"), .number("mean"), .number("random"), .number("refused")],
            rows: report.rows.map {
                [
                    $0.belief.family, label($0.belief), $0.belief.refusal.text(), $0.belief.randomRefusal.text(),
                    $0.refused.sentence,
                ]
            })
    }

    private func label(_ row: FamilyBeliefs.Row) -> String { row.isHarmful ? "harmful" : "harmless" }

    private var contrasts: TextTable {
        TextTable(
            [.text("family"), .number("clusters"), .number("harmfulness"), .number("refusal")],
            rows: report.contrasts.map {
                [$0.family, "\($0.clusters)", $0.harmfulness.text(decimals: 4), $0.refusal.text(decimals: 4)]
            })
    }
}

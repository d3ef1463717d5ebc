/// What is stored of the targets of one pass. A few rows at a time are read: with the whole vocabulary named, those of a
/// pass are larger than all else that the pass needs.
struct StoredTargets: Sendable {
    let teacher: StoredTeacher
    /// Row of the file for each target.
    let rows: [Int]

    /// What is stored of some targets, in order.
    ///
    /// - Throws: ``TrainingError/topTokens(target:fault:)`` where there are fewer
    func topTokens(_ targets: Range<Int>) throws -> [TeacherDistribution.TopTokens] {
        guard targets.upperBound <= rows.count else {
            throw TrainingError.topTokens(target: rows.count, fault: "there are only \(rows.count) rows of them")
        }
        return try teacher.topTokens(ofRows: rows[targets])
    }
}

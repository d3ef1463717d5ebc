/// Which of several copies of the same samples counts. Runs of one seed hold the same samples, but one may be longer, and
/// one may lack grades that another has.
///
/// The largest rank counts: the most graded samples, then the most samples, then the first id. Nothing depends on the
/// order in which the runs come.
struct CopyRank: Comparable {
    var graded: Int
    var total: Int
    var run: String

    static func < (first: Self, second: Self) -> Bool {
        (first.graded, first.total, second.run) < (second.graded, second.total, first.run)
    }
}

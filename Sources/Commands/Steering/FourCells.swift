/// Prompts by what they are and by what the model does with them; indices into all prompts, harmful ones first.
struct FourCells {
    struct Cells {
        var harmfulAnchors: [Int]
        var harmlessAnchors: [Int]
        /// Name and members of every cell that is scored.
        var tested: [(String, [Int])]
    }

    let cells: Cells

    /// - Throws: ``CommandFailure`` where an anchor set would be empty.
    init(refused: [Bool], harmfulCount: Int) throws {
        func members(_ isHarmful: Bool, _ isRefused: Bool) -> [Int] {
            refused.indices.filter { ($0 < harmfulCount) == isHarmful && refused[$0] == isRefused }
        }
        let (refusedHarmful, acceptedHarmless) = (members(true, true), members(false, false))
        guard refusedHarmful.count >= 2, acceptedHarmless.count >= 2 else {
            throw CommandFailure.badData(
                "the model refuses \(refusedHarmful.count) harmful prompts and accepts \(acceptedHarmless.count) harmless "
                    + "ones; two of each are needed: use a model that refuses, or more prompts")
        }
        func half(_ all: [Int], _ rest: Int) -> [Int] {
            all.enumerated().filter { $0.offset % 2 == rest }.map(\.element)
        }
        cells = Cells(
            harmfulAnchors: half(refusedHarmful, 0), harmlessAnchors: half(acceptedHarmless, 0),
            tested: [
                ("refused harmful", half(refusedHarmful, 1)), ("accepted harmful", members(true, false)),
                ("refused harmless", members(false, true)), ("accepted harmless", half(acceptedHarmless, 1)),
            ])
    }
}

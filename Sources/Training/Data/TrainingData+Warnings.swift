extension TrainingData {
    /// What is odd about the examples, one sentence each.
    var warnings: [String] {
        [leftOut, withoutEnd, nothingHeldOut].compactMap(\.self)
    }

    private var leftOut: String? {
        guard empty > 0 else { return nil }
        return "\(empty) examples are left out: no token of theirs counts, or all were cut off"
    }

    /// Where most examples lose their end, a model learns to go on beyond it.
    private var withoutEnd: String? {
        let count = examples.count + heldOut.count
        guard cut > count / 2 else { return nil }
        let which = cut == count ? "all" : "\(cut) of"
        return "\(which) \(count) examples are longer than max_length or the model's context and lose their end: "
            + "where an answer ends is not learned from them; raise max_length"
    }

    private var nothingHeldOut: String? {
        guard heldOutShare > 0, heldOut.isEmpty else { return nil }
        return "held_out is \(heldOutShare), and keeps none of \(examples.count) examples: nothing will be evaluated; "
            + "raise it, or leave it out"
    }
}

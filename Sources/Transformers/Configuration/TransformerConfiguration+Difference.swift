extension TransformerConfiguration {
    /// What this model has that one of another configuration has not, in words; nil where both compute the same.
    ///
    /// Frequencies of the rotation are compared as they are computed, within the rounding of float32: a file may say
    /// them in another way.
    package func difference(from other: TransformerConfiguration) -> String? {
        let parts = [
            (hasOtherRotation(than: other), "a scaling of its rotation"),
            (slidingWindow != other.slidingWindow, "a sliding window of its own"),
            (activation != other.activation, "the activation \(activation.rawValue)"),
            (attentionScale != other.attentionScale, "the attention scale \(attentionScale)"),
            (
                attentionSoftCap != other.attentionSoftCap || logitSoftCap != other.logitSoftCap,
                "caps of scores or logits of its own"
            ),
        ]
        if let part = parts.first(where: \.0) { return part.1 }
        var comparable = other
        comparable.rotaryScaling = rotaryScaling
        // What it would be for longer texts is not what it computes.
        comparable.longContext = longContext
        return self == comparable ? nil : "sizes or norms of its own"
    }

    private func hasOtherRotation(than other: TransformerConfiguration) -> Bool {
        guard positionEncoding == .rotary, other.positionEncoding == .rotary else { return false }
        let (mine, others) = (frequencies, other.frequencies)
        return !Self.isClose([mine.magnitude], [others.magnitude])
            || !Self.isClose(mine.frequencies, others.frequencies)
    }

    private var frequencies: RotaryFrequencies {
        RotaryFrequencies(base: rotaryBase, dimension: rotaryDimension, scaling: rotaryScaling)
    }

    private static func isClose(_ values: [Float], _ others: [Float]) -> Bool {
        values.count == others.count && zip(values, others).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) }
    }
}

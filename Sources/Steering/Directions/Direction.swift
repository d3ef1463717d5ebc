/// A direction in activation space: which way activations move from one kind of prompt to another.
///
/// The vector is as the method gives it, not of unit length: a difference of means keeps its size, and a strength of 1
/// then moves one mean onto the other.
public struct Direction: Codable, Hashable, Sendable {
    /// Where it was measured.
    public var reading: Reading
    /// [width of the site].
    public var vector: [Float]
    public var provenance: Provenance

    /// What a direction was made from.
    public struct Provenance: Codable, Hashable, Sendable {
        public var options: DirectionOptions
        /// SHA-256 of the model's file.
        public var model: String
        /// SHA-256 of the chat template; nil for a model without one.
        public var template: String?
        /// What a chat template that asks for the date was told, as `YYYY-MM-DD`.
        public var date: String?
        /// The two sides.
        public var positive: Side
        public var negative: Side
        /// Length of the vector.
        public var norm: Double
        /// Risk category, where the direction is of one.
        public var category: String?

        public init(
            options: DirectionOptions, model: String, template: String?, positive: Side, negative: Side, norm: Double,
            category: String? = nil, date: String? = nil
        ) {
            self.options = options
            self.model = model
            self.template = template
            self.date = date
            self.positive = positive
            self.negative = negative
            self.norm = norm
            self.category = category
        }
    }

    /// Prompts of one side: a name, how many, and the SHA-256 of their rendered ids in order.
    public struct Side: Codable, Hashable, Sendable {
        public var name: String
        public var count: Int
        public var digest: String

        public init(name: String, count: Int, digest: String) {
            self.name = name
            self.count = count
            self.digest = digest
        }
    }

    public init(reading: Reading, vector: [Float], provenance: Provenance) {
        self.reading = reading
        self.vector = vector
        self.provenance = provenance
    }

    public var norm: Double { VectorArithmetic.norm(vector) }

    /// The vector with length 1.
    ///
    /// - Throws: ``SteeringError/noDifference(reading:)``.
    public func unit() throws(SteeringError) -> [Float] {
        let size = norm
        guard size > 0, size.isFinite else { throw .noDifference(reading: reading.description) }
        return vector.map { Float(Double($0) / size) }
    }

    /// A random direction of the same length at the same place: the control of every experiment with this one.
    public func randomControl(seed: UInt64) -> Direction {
        var control = self
        control.vector = RandomVector.normal(count: vector.count, seed: seed, length: norm)
        return control
    }
}

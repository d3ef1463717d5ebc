internal import Crypto
public import LanguageModels
public import Tokenization

/// Finds directions between two sets of prompts at many places of a model.
public struct DirectionEstimator {
    /// One side: its name and its prompts, rendered.
    public struct Side {
        public var name: String
        public var prompts: [RenderedPrompt]

        public init(name: String, prompts: [RenderedPrompt]) {
            self.name = name
            self.prompts = prompts
        }

        /// SHA-256 of the ids of all prompts in order.
        var record: Direction.Side {
            var hash = SHA256()
            for prompt in prompts {
                for id in prompt.ids + [-1] {
                    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * Int32($0))) }
                    hash.update(data: bytes)
                }
            }
            let digits = Array("0123456789abcdef")
            let text = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            return Direction.Side(name: name, count: prompts.count, digest: String(text))
        }
    }

    private let model: LanguageModel
    private let options: DirectionOptions

    public init(_ model: LanguageModel, options: DirectionOptions) {
        self.model = model
        self.options = options
    }

    /// The direction from the negative to the positive side at every reading.
    ///
    /// A difference of means is gathered in a stream; other methods hold the activations of all prompts.
    ///
    /// - Parameter progress: called with the number of prompts read
    /// - Throws: ``SteeringError``, `TransformerError`.
    public func directions(
        positive: Side, negative: Side, readings: [Reading], category: String? = nil, progress: (Int) -> Void = { _ in }
    ) throws -> [Direction] {
        let vectors =
            options.method == .meanDifference
            ? try streamed(positive, negative, readings, progress)
            : try gathered(positive, negative, readings, progress)
        let (digest, first, second) = (try model.digest(), positive.record, negative.record)
        return zip(readings, vectors).map { reading, vector in
            Direction(
                reading: reading, vector: vector.map { Float($0) },
                provenance: .init(
                    options: options, model: digest, template: model.templateDigest, positive: first, negative: second,
                    norm: VectorArithmetic.norm(vector), category: category,
                    date: model.date?.date))
        }
    }

    private func streamed(
        _ positive: Side, _ negative: Side, _ readings: [Reading], _ progress: (Int) -> Void
    ) throws -> [[Double]] {
        var stream: MeanDifferenceStream?
        let reader = try PromptReader(model, readings: readings)
        try reader.read(positive.prompts + negative.prompts) { index, values in
            if stream == nil { stream = MeanDifferenceStream(readings: readings, width: values[0].count) }
            stream?.add(values, isPositive: index < positive.prompts.count)
            progress(index + 1)
        }
        guard let stream else { throw SteeringError.tooFewPrompts(side: "positive", count: 0, needed: 1) }
        return try stream.differences()
    }

    private func gathered(
        _ positive: Side, _ negative: Side, _ readings: [Reading], _ progress: (Int) -> Void
    ) throws -> [[Double]] {
        var all: [[[Double]]] = []
        try PromptReader(model, readings: readings).read(positive.prompts + negative.prompts) { index, values in
            all.append(values.map { $0.map(Double.init) })
            progress(index + 1)
        }
        let fit = DirectionFit(options)
        return try readings.indices.map { reading in
            let rows = all.map { $0[reading] }
            return try fit.vector(
                positives: Array(rows.prefix(positive.prompts.count)),
                negatives: Array(rows.dropFirst(positive.prompts.count)), reading: readings[reading].description)
        }
    }
}

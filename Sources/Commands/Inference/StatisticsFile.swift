internal import Checkpoints
internal import Foundation
internal import Hooks
internal import Tensors
internal import Transformers

/// Means and covariances of activations, accumulated without keeping any.
struct StatisticsFile {
    let points: [HookPoint]
    /// Names of positions; `all` alone counts every position of a prompt as one more vector.
    let positions: [String]
    let hasCovariance: Bool
    /// What the chat template was told.
    private let date: String?
    /// For each point, for each position.
    private var statistics: [[ActivationStatistics]]

    /// - Throws: ``CommandFailure`` where the sums would not fit in memory.
    init(
        points: [HookPoint], positions: [String], covariance: Bool, configuration: TransformerConfiguration,
        date: String? = nil, memory: Int? = AvailableMemory.bytes
    ) throws {
        let widths = points.map { $0.site.shape(in: configuration).reduce(1, *) }
        // Sums are held twice while they are brought up to date.
        let elements = widths.reduce(0) { $0 + $1 * (covariance ? $1 : 1) } * positions.count
        if let memory, elements * 16 > memory {
            let widest = points[widths.indices.max { widths[$0] < widths[$1] } ?? 0]
            let (needed, free) = (elements * 16, memory)
            throw CommandFailure.badData(
                "the sums take \(AvailableMemory.text(ofBytes: needed)) and \(AvailableMemory.text(ofBytes: free)) "
                    + "are free; \(widest) is the widest, with \(widths.max() ?? 0) elements at a position")
        }
        self.points = points
        self.positions = positions
        self.date = date
        hasCovariance = covariance
        statistics = points.map { point in
            let width = point.site.shape(in: configuration).reduce(1, *)
            return positions.map { _ in ActivationStatistics(width: width, covariance: covariance) }
        }
    }

    mutating func add(_ captured: [[HookPoint: CaptureHook.Captured]], threads: Int) {
        let (points, before, count) = (points, statistics, positions.count)
        statistics = parallelMap(points.count, threads: threads) { index in
            var result = before[index]
            for prompt in captured {
                guard let found = prompt[points[index]] else { continue }
                let width = result[0].width
                for row in 0..<(found.values.count / width) {
                    result[row % count].add(found.values[(row * width)..<((row + 1) * width)])
                }
            }
            return result
        }
    }

    /// Name and shape of every tensor, doubles all.
    func shapes(_ configuration: TransformerConfiguration) -> [(name: String, shape: [Int])] {
        points.flatMap { point in
            let shape = point.site.shape(in: configuration)
            let width = shape.reduce(1, *)
            let mean = ("mean.\(point)", [positions.count] + shape)
            return hasCovariance ? [mean, ("covariance.\(point)", [positions.count, width, width])] : [mean]
        }
    }

    /// - Throws: `CheckpointError`.
    func write(to path: String, _ configuration: TransformerConfiguration) throws {
        let counts = TensorDeclaration(name: "counts", shape: [positions.count], elementType: .i64)
        let tensors = shapes(configuration).map {
            TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f64)
        }
        let writer = try SafetensorsWriter(
            path: path, metadata: ActivationFile.metadata(positions: positions, date: date),
            tensors: [counts] + tensors)
        try writer.append(integers: (statistics.first ?? []).map(\.count), to: "counts")
        for (point, all) in zip(points, statistics) {
            for one in all {
                let mean = one.mean ?? [Double](repeating: .nan, count: one.width)
                try writer.append(bytes: Self.bytes(mean), to: "mean.\(point)")
            }
            guard hasCovariance else { continue }
            for one in all {
                // Row by row: the whole of it may be as large as the sums.
                for line in 0..<one.width {
                    let row = one.covariances(of: line) ?? [Double](repeating: .nan, count: one.width)
                    try writer.append(bytes: Self.bytes(row), to: "covariance.\(point)")
                }
            }
        }
        try writer.finish()
    }

    private static func bytes(_ values: [Double]) -> [UInt8] {
        values.flatMap { value in
            let bits = value.bitPattern
            return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        }
    }
}

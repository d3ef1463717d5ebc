internal import Checkpoints
internal import Steering

extension GuardProfile {
    private static let headerKey = "latentguard"

    /// Reads a guard's file.
    ///
    /// - Throws: ``GuardError`` for a file that is no guard, was changed, or holds numbers that are not finite;
    ///   `CheckpointError` for one that is no safetensors file.
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        guard let json = file.metadata[Self.headerKey] else {
            throw GuardError.unreadable(path: path, reason: "it has no guard's header; make one with assay guard fit")
        }
        let header = try ProfileHeader(json: json, path: path)
        try header.check()
        self = try TensorsOfProfile(file: file, header: header).profile()
    }

    /// Writes the guard, to be moved into place whole.
    ///
    /// - Throws: `CheckpointError`.
    public func write(to path: String) throws {
        let tensors = namedTensors
        let declared = tensors.map {
            TensorDeclaration(name: $0.name, shape: [$0.rows.count, width], elementType: .f32)
        }
        let writer = try SafetensorsWriter(
            path: path, metadata: [Self.headerKey: try ProfileHeader(self).json()], tensors: declared)
        for tensor in tensors {
            for row in tensor.rows { try writer.append(row, to: tensor.name) }
        }
        try writer.finish()
    }

    private var namedTensors: [(name: String, rows: [[Float]])] {
        var heads = [("harmful", harmful)]
        if let refusal { heads.append(("refusal", refusal)) }
        heads += categories.map { ("category." + $0.name, $0.head) }
        let weights = heads.map { (name: $0.0 + ".weights", rows: $0.1.weights) }
        let centres = heads.filter { $0.1.normalization == .unit }.map { (name: $0.0 + ".centres", rows: $0.1.centres) }
        return weights + centres + [("novelty.mean", [novelty.mean])]
            + (novelty.components.isEmpty ? [] : [("novelty.components", novelty.components)])
    }
}

/// Tensors of a file, checked against its header.
private struct TensorsOfProfile {
    let file: SafetensorsFile
    let header: ProfileHeader

    func profile() throws -> GuardProfile {
        let components =
            header.novelty.variances.isEmpty
            ? [] : try rows("novelty.components", count: header.novelty.variances.count)
        return GuardProfile(
            model: header.model, template: header.template, readings: header.readings, width: header.width,
            harmful: try head(header.harmful), threshold: header.threshold, calibration: header.calibration,
            refusal: try header.refusal.map(head),
            categories: try header.categories.map { part in
                GuardProfile.Category(
                    name: String(part.name.dropFirst("category.".count)), head: try head(part),
                    calibration: part.calibration ?? .platt(slope: 1, intercept: 0))
            },
            novelty: Novelty(
                reading: header.novelty.reading, mean: try rows("novelty.mean", count: 1)[0], components: components,
                variances: header.novelty.variances, residualVariance: header.novelty.residualVariance,
                limit: header.novelty.limit),
            record: header.record)
    }

    private func head(_ part: ProfileHeader.Head) throws -> GuardHead {
        GuardHead(
            normalization: part.normalization, readings: part.readings,
            weights: try rows(part.name + ".weights", count: part.readings.count),
            centres: part.normalization == .unit ? try rows(part.name + ".centres", count: part.readings.count) : [],
            bias: part.bias)
    }

    private func rows(_ name: String, count: Int) throws -> [[Float]] {
        guard let tensor = file.tensor(named: name) else { throw GuardError.missingTensor(name) }
        let expected = [count, header.width]
        guard tensor.shape == expected else {
            throw GuardError.shape(tensor: name, found: tensor.shape, expected: expected)
        }
        let elements = try file.floats(of: name)
        guard elements.allSatisfy(\.isFinite) else { throw GuardError.notFinite(tensor: name) }
        return (0..<count).map { Array(elements[($0 * header.width)..<(($0 + 1) * header.width)]) }
    }
}

internal import Checkpoints
internal import Foundation
public import Transformers

/// Directions with their provenance in one safetensors file.
public struct DirectionFile: Hashable, Sendable {
    public var directions: [Direction]

    public init(_ directions: [Direction]) { self.directions = directions }

    private static let headerKey = "directions"

    /// The part of a direction that is text.
    private struct Entry: Codable {
        var name: String
        var reading: Reading
        var provenance: Direction.Provenance
    }

    /// - Throws: ``SteeringError/unreadableFile(path:reason:)``, ``SteeringError/notFinite(what:)``, `CheckpointError`.
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        guard let json = file.metadata[Self.headerKey],
            let entries = try? JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        else {
            throw SteeringError.unreadableFile(path: path, reason: "it has no header of directions")
        }
        directions = try entries.map { entry in
            let values = try file.floats(of: entry.name)
            guard values.allSatisfy(\.isFinite) else { throw SteeringError.notFinite(what: entry.name) }
            return Direction(reading: entry.reading, vector: values, provenance: entry.provenance)
        }
    }

    /// - Throws: `CheckpointError`.
    public func write(to path: String) throws {
        let entries = directions.enumerated().map { index, direction in
            Entry(name: "\(index).\(direction.reading)", reading: direction.reading, provenance: direction.provenance)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = String(decoding: try encoder.encode(entries), as: UTF8.self)
        let writer = try SafetensorsWriter(
            path: path, metadata: [Self.headerKey: header],
            tensors: zip(entries, directions).map { entry, direction in
                TensorDeclaration(name: entry.name, shape: [direction.vector.count], elementType: .f32)
            })
        for (entry, direction) in zip(entries, directions) { try writer.append(direction.vector, to: entry.name) }
        try writer.finish()
    }

    /// The file itself, once its directions are known to be of points that the model has, and as wide as its activations.
    ///
    /// - Throws: ``SteeringError/noSuchPoint(_:layerCount:)``, ``SteeringError/noVector(reading:)``,
    ///   ``SteeringError/wrongWidth(what:found:expected:)``.
    public func fitting(_ configuration: TransformerConfiguration) throws(SteeringError) -> DirectionFile {
        for direction in directions {
            try direction.reading.check(in: configuration)
            let width = direction.reading.site.shape(in: configuration).reduce(1, *)
            guard direction.vector.count == width else {
                throw .wrongWidth(what: "\(direction.reading)", found: direction.vector.count, expected: width)
            }
        }
        return self
    }

    /// The direction of a layer.
    ///
    /// - Throws: ``SteeringError/noLayer(_:available:)``.
    public func direction(layer: Int) throws(SteeringError) -> Direction {
        guard let found = directions.first(where: { $0.reading.layer == layer }) else {
            throw .noLayer(layer, available: directions.compactMap(\.reading.layer).sorted())
        }
        return found
    }
}

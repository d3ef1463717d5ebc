import Steering
import TestSupport

@testable import LatentGuard

/// Readings of made-up prompts: a common part, a harmful direction, noise. Twins share their noise.
struct SyntheticExamples {
    static let readings =
        (0..<3).map { Reading(layer: $0, position: .instruction) }
        + (0..<3).map { Reading(layer: $0, position: .postInstruction) }
    static let width = 12

    var examples: [GuardExample] = []

    /// - Parameter strength: of the direction, against noise of size 1
    init(pairs: Int, strength: Float, seed: UInt64, sets: [String] = ["a", "b"]) {
        var random = SeededGenerator(seed: seed)
        let common = random.floats(Self.width).map { $0 * 20 }
        let direction = random.floats(Self.width)
        for pair in 0..<pairs {
            let noise = Self.readings.map { _ in random.floats(Self.width) }
            for isHarmful in [true, false] {
                let sign: Float = isHarmful ? strength : -strength
                let values = noise.map { row in
                    row.indices.map { common[$0] + sign * direction[$0] + row[$0] + 0.1 * random.floats(1)[0] }
                }
                examples.append(
                    GuardExample(
                        values: values, isHarmful: isHarmful, group: "pair \(pair)", set: sets[pair % sets.count],
                        category: isHarmful ? (pair % 4 < 2 ? "fire" : "water") : nil, refusal: isHarmful ? 1 : -1))
            }
        }
    }

    static func options(_ methods: [GuardMethod]) -> FitOptions {
        var options = FitOptions(layers: [0, 1, 2])
        options.methods = methods
        options.positions = [.instruction, .postInstruction]
        options.penalties = [0.01]
        options.noveltyComponents = 4
        options.noveltyShare = 1
        return options
    }

    /// Readings in the order in which a fit makes them: layer by layer.
    static let fitReadings: [Reading] = (0..<3).flatMap { (layer: Int) -> [Reading] in
        [Reading(layer: layer, position: .instruction), Reading(layer: layer, position: .postInstruction)]
    }

    func profile(_ methods: [GuardMethod]) throws -> GuardProfile {
        try FitCore(options: Self.options(methods), readings: Self.fitReadings, layerCount: 3).profile(
            examples, model: "model", template: "template",
            dataSets: [], progress: { _ in })
    }
}

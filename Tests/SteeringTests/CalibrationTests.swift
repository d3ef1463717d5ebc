import LanguageModels
import Testing
import Transformers

@testable import Steering

/// Strengths that are found for a budget.
struct CalibrationTests {
    private let model: LanguageModel
    private let calibration: StrengthCalibration

    init() throws {
        model = try TinyLanguageModel.load()
        calibration = try StrengthCalibration(
            model, prompts: TinyLanguageModel.prompts(model, ["How are you?", "Name a river."]))
    }

    private func intervention(
        _ operation: Intervention.Operation = .add, strength: Intervention.Strength
    ) -> Intervention {
        let direction = TinyLanguageModel.direction(Reading(.residPre, layer: 3, position: .instruction), count: 128)
        return Intervention(
            operation, direction: direction.vector, layers: [3], positions: .instruction, strength: strength)
    }

    @Test func signAndKindOfAStrengthStay() throws {
        let pulled = try calibration.calibrate(intervention(strength: .coefficient(-0.5)), nats: 0.05)
        guard case .calibrated(let coefficient, 0.05) = pulled.strength else {
            Issue.record("\(pulled.strength)")
            return
        }
        #expect(coefficient < 0)
        #expect(try calibration.divergence([pulled]) <= 0.05)

        let relative = try calibration.calibrate(intervention(strength: .relativeToActivation(0.25)), nats: 0.05)
        guard case .calibratedRelative(let share, 0.05) = relative.strength else {
            Issue.record("\(relative.strength)")
            return
        }
        #expect(share > 0)
        let found = try calibration.divergence([relative])
        #expect(found <= 0.05)
        let same = try calibration.divergence([intervention(strength: .relativeToActivation(share))])
        #expect(found == same)
    }

    @Test(arguments: [Intervention.Operation.replace, .project, .clamp(value: 1), .affine(scale: 1, shift: 1)])
    func operationsWithoutAStrengthHaveNone(_ operation: Intervention.Operation) throws {
        #expect(throws: SteeringError.self) {
            try calibration.calibrate(intervention(operation, strength: .coefficient(1)), nats: 0.1)
        }
    }

    @Test func aStrengthOfZeroCannotBeScaled() {
        #expect(throws: SteeringError.self) {
            try calibration.calibrate(intervention(strength: .coefficient(0)), nats: 0.1)
        }
    }
}

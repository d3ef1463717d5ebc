public import Transformers

/// A change of activations while a model runs, as a value that is recorded with the run.
///
/// x is one position's activation, u the direction at length 1 and v the direction as it is.
public struct Intervention: Codable, Hashable, Sendable {
    public enum Operation: Codable, Hashable, Sendable {
        /// `x + k v` (Turner et al. 2023).
        case add
        /// `x - k (x·u) u`: at 1 the direction is gone (Arditi et al. 2024, equation 4).
        case ablate
        /// The component along u becomes `value`.
        case clamp(value: Double)
        /// The component p along u becomes `scale p + shift`.
        case affine(scale: Double, shift: Double)
        /// Only the component along u stays.
        case project
        /// x becomes v, whatever it was: patching.
        case replace

        /// Its own numbers, by name.
        var numbers: [(name: String, value: Double)] {
            switch self {
            case .add, .ablate, .project, .replace: []
            case .clamp(let value): [("clamp's value", value)]
            case .affine(let scale, let shift): [("affine's scale", scale), ("affine's shift", shift)]
            }
        }

        /// Whether ``Intervention/strength`` changes what it does.
        public var usesStrength: Bool {
            switch self {
            case .add, .ablate: true
            case .clamp, .affine, .project, .replace: false
            }
        }
    }

    /// How much.
    public enum Strength: Codable, Hashable, Sendable {
        /// k itself.
        case coefficient(Double)
        /// The length of what is added, in lengths of the activation that it is added to.
        case relativeToActivation(Double)
        /// k as found for a budget of nats on harmless prompts; see ``StrengthCalibration``.
        case calibrated(coefficient: Double, nats: Double)
        /// The length of what is added, in lengths of the activation, as found for a budget.
        case calibratedRelative(share: Double, nats: Double)

        /// A strength of the same kind, so many times as large, as found for a budget.
        func scaled(by factor: Double, nats: Double) -> Strength {
            switch self {
            case .coefficient(let k), .calibrated(let k, _): .calibrated(coefficient: factor * k, nats: nats)
            case .relativeToActivation(let k), .calibratedRelative(let k, _):
                .calibratedRelative(share: factor * k, nats: nats)
            }
        }
    }

    public var operation: Operation
    public var direction: [Float]
    public var site: HookPoint.Site
    /// Blocks; nil for all.
    public var layers: [Int]?
    public var positions: PositionSet
    public var strength: Strength
    /// Brings every changed activation back to its former length.
    public var preservesNorm: Bool
    public var condition: SteeringCondition?
    /// Prompts of a batch that are acted on; nil for all.
    public var prompts: Set<Int>?

    public init(
        _ operation: Operation, direction: [Float], site: HookPoint.Site = .residPre, layers: [Int]? = nil,
        positions: PositionSet = .everywhere, strength: Strength = .coefficient(1), preservesNorm: Bool = false,
        condition: SteeringCondition? = nil, prompts: Set<Int>? = nil
    ) {
        self.operation = operation
        self.direction = direction
        self.site = site
        self.layers = layers
        self.positions = positions
        self.strength = strength
        self.preservesNorm = preservesNorm
        self.condition = condition
        self.prompts = prompts
    }

    /// Takes the direction out of everything that a block writes, and out of what the first one reads: what
    /// ``Orthogonalization`` does to weights, and also behind norms that it cannot see past.
    public static func ablatingEverywhere(_ direction: [Float]) -> [Intervention] {
        [HookPoint.Site.embed, .positionEmbed, .attentionOut, .mlpOut].map {
            Intervention(.ablate, direction: direction, site: $0)
        }
    }

    var coefficient: Double {
        switch strength {
        case .coefficient(let k), .calibrated(let k, _), .relativeToActivation(let k), .calibratedRelative(let k, _): k
        }
    }

    /// - Throws: ``SteeringError/notFinite(what:)``, ``SteeringError/setting(name:value:allowed:)``,
    ///   ``SteeringError/noDifference(reading:)``.
    func check() throws(SteeringError) {
        guard direction.allSatisfy(\.isFinite) else { throw .notFinite(what: "the direction") }
        for (name, value) in [("strength", coefficient)] + operation.numbers where !Float(value).isFinite {
            throw .setting(name: name, value: "\(value)", allowed: "finite float32 numbers")
        }
        guard operation == .replace || VectorArithmetic.norm(direction) > 0 else {
            throw .noDifference(reading: site.rawValue)
        }
    }
}

/// Steers only where a prompt looks a certain way (Lee et al. 2024, conditional activation steering).
///
/// The point must be met before the layers that are acted on; in a pass that reads the prompt in pieces, positions read
/// before the condition is known are not acted on.
public struct SteeringCondition: Codable, Hashable, Sendable {
    public var reading: Reading
    public var direction: [Float]
    /// Cosine between activation and direction from which the intervention acts.
    public var threshold: Double

    public init(reading: Reading, direction: [Float], threshold: Double) {
        self.reading = reading
        self.direction = direction
        self.threshold = threshold
    }
}

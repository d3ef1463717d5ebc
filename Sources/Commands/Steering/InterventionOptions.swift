internal import ArgumentParser
internal import Steering
internal import Transformers

/// Which direction, where, and how strongly.
struct InterventionOptions: ParsableArguments {
    @Option(help: "A file of directions, as steer direction writes it.", completion: .tensors)
    var directions: String
    @Option(help: "The direction's layer.")
    var layer: Int
    @Option(
        help: "add, ablate, clamp, affine, project or replace.",
        completion: .list(["add", "ablate", "clamp", "affine", "project", "replace"]))
    var operation = "add"
    @Option(help: "Multiple of the direction; negative pushes the other way.")
    var strength = 1.0
    @Option(help: "Length of what is added, in lengths of the activation; instead of --strength.")
    var relative: Double?
    @Option(help: "For clamp the component, for affine what is added to it.")
    var value = 0.0
    @Option(help: "For affine: the factor of the component.")
    var scale = 1.0
    @Option(
        help: "Where it acts in the prompt: instruction, all or none.",
        completion: .list(["instruction", "all", "none"]))
    var positions = "instruction"
    @Option(help: "Tokens of the reply that it acts on.")
    var decoded = 0
    @Flag(help: "Act at every layer and not only at the direction's own.")
    var everyLayer = false
    @Flag(help: "Keep the length of every changed activation.")
    var keepsNorm = false
    @Option(help: "Use a random direction of the same length instead, from this seed: the control.")
    var randomControl: UInt64?

    /// - Throws: `SteeringError` for a direction made for another model.
    func intervention(in configuration: TransformerConfiguration) throws -> Intervention {
        var direction = try DirectionFile(path: directions).fitting(configuration).direction(layer: layer)
        if let seed = randomControl { direction = direction.randomControl(seed: seed) }
        guard let prompt = PositionSet.Prompt(rawValue: positions), prompt != .span else {
            throw ValidationError("--positions is \"\(positions)\"; allowed: instruction, all, none")
        }
        return Intervention(
            try kind(), direction: direction.vector, site: direction.reading.site, layers: everyLayer ? nil : [layer],
            positions: PositionSet(prompt: prompt, decoded: decoded),
            strength: relative.map { .relativeToActivation($0) } ?? .coefficient(strength), preservesNorm: keepsNorm)
    }

    /// - Throws: `ValidationError` for an operation that there is not.
    func kind() throws -> Intervention.Operation {
        switch operation {
        case "add": .add
        case "ablate": .ablate
        case "clamp": .clamp(value: value)
        case "affine": .affine(scale: scale, shift: value)
        case "project": .project
        case "replace": .replace
        default: throw ValidationError("--operation is \"\(operation)\"; see --help")
        }
    }
}

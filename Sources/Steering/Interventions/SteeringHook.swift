internal import Tensors
public import Transformers

/// Carries out interventions in a forward pass. Interventions on one point act in their order.
public struct SteeringHook: ActivationHook {
    private var steps: [HookPoint.Site: [Step]] = [:]
    private let conditions: [HookPoint: [Int]]
    private let interventions: [Intervention]
    /// By ``SequenceTag/prompt``.
    private let places: [Int: PromptPlaces]
    /// Conditions that held, by prompt.
    private var holding: [Int: Set<Int>] = [:]

    /// An intervention made ready: u and v as rows.
    private struct Step {
        var index: Int
        var layers: Set<Int>?
        var unit: Matrix
        var vector: Matrix
    }

    /// - Parameter places: where the prompts' parts lie, for positions and conditions that need it.
    /// - Throws: ``SteeringError`` for a direction that cannot be used.
    public init(_ interventions: [Intervention], places: [Int: PromptPlaces] = [:]) throws(SteeringError) {
        self.interventions = interventions
        self.places = places
        var conditions: [HookPoint: [Int]] = [:]
        for (index, intervention) in interventions.enumerated() {
            try intervention.check()
            let size = max(VectorArithmetic.norm(intervention.direction), .leastNormalMagnitude)
            let step = Step(
                index: index, layers: intervention.layers.map { Set($0) },
                unit: Matrix([intervention.direction.map { Float(Double($0) / size) }]),
                vector: Matrix([intervention.direction]))
            steps[intervention.site, default: []].append(step)
            if let condition = intervention.condition { conditions[condition.reading.point, default: []].append(index) }
        }
        self.conditions = conditions
    }

    public func wants(_ point: HookPoint) -> Bool {
        conditions[point] != nil || steps[point.site]?.contains { acts($0, point) } ?? false
    }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        for index in conditions[point] ?? [] { decide(index, activation) }
        for step in steps[point.site] ?? [] where acts(step, point) {
            let intervention = interventions[step.index]
            let prompt = activation.tag.prompt
            guard intervention.prompts?.contains(prompt) ?? true else { continue }
            guard intervention.condition == nil || holding[prompt]?.contains(step.index) ?? false else { continue }
            let ranges = intervention.positions.chosen(
                in: activation.positions, places: places[prompt], promptLength: activation.tag.promptLength)
            for range in ranges {
                let first = activation.positions.lowerBound
                apply(intervention, step, activation.rows.rows((range.lowerBound - first)..<(range.upperBound - first)))
            }
        }
    }

    private func acts(_ step: Step, _ point: HookPoint) -> Bool {
        guard let layers = step.layers, let layer = point.layer else { return true }
        return layers.contains(layer)
    }

    private mutating func decide(_ index: Int, _ activation: Activation) {
        guard let condition = interventions[index].condition,
            let tokens = places[activation.tag.prompt]?.tokens(condition.reading.position),
            let last = tokens.last, activation.positions.contains(last)
        else { return }
        let row = last - activation.positions.lowerBound
        let values = activation.rows.rows(row..<(row + 1)).copy()
        guard VectorArithmetic.cosine(values, condition.direction) >= condition.threshold else { return }
        holding[activation.tag.prompt, default: []].insert(index)
    }

    private func apply(_ intervention: Intervention, _ step: Step, _ rows: MatrixSlice) {
        for index in 0..<rows.rowCount {
            let x = rows.rows(index..<(index + 1))
            let needsSize = intervention.preservesNorm || intervention.isRelative
            let size = needsSize ? Self.norm(x) : 0
            change(x, intervention, step, size: size)
            if intervention.preservesNorm { Self.rescale(x, to: size) }
        }
    }

    private func change(_ x: MatrixSlice, _ intervention: Intervention, _ step: Step, size: Double) {
        let k = intervention.coefficient
        let unit = step.unit.slice
        let component = { Double(RowOperations.dot(x, row: 0, unit, row: 0)) }
        switch intervention.operation {
        case .add:
            if intervention.isRelative {
                RowOperations.addScaled(x, Float(k * size), unit, threads: 1)
            } else {
                RowOperations.addScaled(x, Float(k), step.vector.slice, threads: 1)
            }
        case .ablate: RowOperations.addScaled(x, Float(-k * component()), unit, threads: 1)
        case .clamp(let value): RowOperations.addScaled(x, Float(value - component()), unit, threads: 1)
        case .affine(let scale, let shift):
            let p = component()
            RowOperations.addScaled(x, Float(scale * p + shift - p), unit, threads: 1)
        case .project:
            let p = component()
            x.withMutableRow(0) { row in for column in row.indices { row[column] = 0 } }
            RowOperations.addScaled(x, Float(p), unit, threads: 1)
        case .replace: x.assign(step.vector.slice)
        }
    }

    private static func norm(_ x: MatrixSlice) -> Double {
        Double(RowOperations.dot(x, row: 0, x, row: 0)).squareRoot()
    }

    private static func rescale(_ x: MatrixSlice, to size: Double) {
        let now = norm(x)
        guard now > 0 else { return }
        let factor = Float(size / now)
        x.withMutableRow(0) { row in for column in row.indices { row[column] *= factor } }
    }
}

extension Intervention {
    fileprivate var isRelative: Bool {
        switch strength {
        case .relativeToActivation, .calibratedRelative: true
        case .coefficient, .calibrated: false
        }
    }
}

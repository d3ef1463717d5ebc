internal import Tensors

/// How weights follow their gradients.
public enum OptimizerKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Loshchilov and Hutter 2019.
    case adamw
    /// `w -= rate * (g + decay * w)`, with momentum where it is not 0.
    case sgd
}

/// The constants of an optimiser.
public struct OptimizerSettings: Codable, Hashable, Sendable {
    public var kind = OptimizerKind.adamw
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    /// Of matrices; vectors (norms, biases) are not decayed.
    public var weightDecay = 0.0
    public var momentum = 0.0
    /// Gradients longer than this, all parameters together, are shortened to it; nil for no limit.
    public var maxGradientNorm: Double?

    public init() {}
}

/// What an optimiser remembers of each parameter, and its step.
public final class Optimizer {
    public let settings: OptimizerSettings
    /// Steps taken.
    public internal(set) var time = 0
    let parameters: [Parameter]
    /// First and second moments of each parameter, or its momentum alone.
    let moments: [[Matrix]]
    private let threads: Int

    public init(_ settings: OptimizerSettings, for parameters: [Parameter], threads: Int) {
        self.settings = settings
        self.parameters = parameters
        self.threads = threads
        let count = settings.kind == .adamw ? 2 : settings.momentum == 0 ? 0 : 1
        moments = parameters.map { parameter in
            (0..<count).map { _ in Matrix(rows: parameter.rowCount, columns: parameter.columnCount) }
        }
    }

    /// The length of all gradients together.
    public func gradientNorm() -> Double {
        parameters.reduce(0) { total, parameter in
            total + (parameter.gradient.map { RowOperations.sumOfSquares($0.slice, threads: threads) } ?? 0)
        }.squareRoot()
    }

    /// Changes every parameter once.
    ///
    /// - Parameter norm: what ``gradientNorm()`` says
    public func step(rate: Double, norm: Double) throws {
        let scale = settings.maxGradientNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        time += 1
        for (parameter, moments) in zip(parameters, moments) {
            try update(parameter, moments, rate: rate, scale: scale)
        }
    }

    private func update(_ parameter: Parameter, _ moments: [Matrix], rate: Double, scale: Double) throws {
        guard let gradient = parameter.gradient else { return }
        let decay = parameter.isVector ? 0 : settings.weightDecay
        let adamw = AdamWStep(
            rate: rate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon, weightDecay: decay,
            time: time, gradientScale: scale)
        let settings = settings
        let shared = Unshared(parameter)
        let block = parameter.rowBlock
        let rowCount = parameter.rowCount
        let errors = FirstError()
        parallelFor(tasks: (rowCount + block - 1) / block, threads: threads) { task, _ in
            let rows = (task * block)..<min(rowCount, (task + 1) * block)
            errors.catching {
                try shared.value.updateRows(rows) { weights in
                    switch settings.kind {
                    case .adamw:
                        adamw.apply(
                            to: weights, gradient: gradient.rows(rows), first: moments[0].rows(rows),
                            second: moments[1].rows(rows))
                    case .sgd:
                        Self.descend(
                            weights, gradient.rows(rows), moments.first?.rows(rows), rate: rate, scale: scale,
                            decay: decay, momentum: settings.momentum)
                    }
                }
            }
        }
        try errors.throwFirst()
    }

    private static func descend(
        _ weights: MatrixSlice, _ gradient: MatrixSlice, _ velocity: MatrixSlice?, rate: Double, scale: Double,
        decay: Double, momentum: Double
    ) {
        guard let velocity else {
            RowOperations.scale(weights, by: Float(1 - rate * decay), threads: 1)
            return RowOperations.addScaled(weights, Float(-rate * scale), rows: gradient, threads: 1)
        }
        RowOperations.scale(velocity, by: Float(momentum), threads: 1)
        RowOperations.addScaled(velocity, Float(scale), rows: gradient, threads: 1)
        RowOperations.addScaled(velocity, Float(decay), rows: weights, threads: 1)
        RowOperations.addScaled(weights, Float(-rate), rows: velocity, threads: 1)
    }
}

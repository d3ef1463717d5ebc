/// Minimises a smooth function by limited-memory BFGS with backtracking (Nocedal and Wright, algorithm 7.5).
struct LimitedMemoryBFGS {
    var tolerance: Double
    var maxIterations: Int
    private let memory = 10

    init(tolerance: Double, maxIterations: Int) {
        self.tolerance = tolerance
        self.maxIterations = maxIterations
    }

    typealias Evaluation = (value: Double, gradient: [Double])

    /// A past step and the change of the gradient along it.
    private struct Step {
        var s: [Double]
        var y: [Double]
        var rho: Double
    }

    func minimise(
        from start: [Double], _ evaluate: ([Double]) -> Evaluation
    ) -> (point: [Double], iterations: Int, gradient: Double) {
        var point = start
        var current = evaluate(point)
        var steps: [Step] = []
        var iteration = 0
        while iteration < maxIterations, largest(current.gradient) > tolerance {
            iteration += 1
            let direction = descent(current.gradient, steps)
            let first = steps.isEmpty ? min(1, 1 / max(VectorArithmetic.norm(current.gradient), 1e-300)) : 1
            guard let (next, value) = search(point, current, direction, first, evaluate) else {
                if steps.isEmpty { break }
                steps = []
                continue
            }
            let s = zip(next, point).map { $0 - $1 }
            let y = zip(value.gradient, current.gradient).map { $0 - $1 }
            let curvature = VectorArithmetic.dot(s, y)
            if curvature > 0 { steps = Array((steps + [Step(s: s, y: y, rho: 1 / curvature)]).suffix(memory)) }
            point = next
            current = value
        }
        return (point, iteration, largest(current.gradient))
    }

    private func largest(_ gradient: [Double]) -> Double { gradient.reduce(0) { max($0, abs($1)) } }

    private func descent(_ gradient: [Double], _ steps: [Step]) -> [Double] {
        var q = gradient
        var alphas: [Double] = []
        for step in steps.reversed() {
            let alpha = step.rho * VectorArithmetic.dot(step.s, q)
            alphas.append(alpha)
            VectorArithmetic.addScaled(&q, -alpha, step.y)
        }
        if let last = steps.last {
            let scale = 1 / (last.rho * VectorArithmetic.dot(last.y, last.y))
            q = q.map { $0 * scale }
        }
        for (step, alpha) in zip(steps, alphas.reversed()) {
            let beta = step.rho * VectorArithmetic.dot(step.y, q)
            VectorArithmetic.addScaled(&q, alpha - beta, step.s)
        }
        return q.map { -$0 }
    }

    /// Halves the step until the function falls enough (Armijo); nil where it never does.
    private func search(
        _ point: [Double], _ current: Evaluation, _ direction: [Double], _ first: Double,
        _ evaluate: ([Double]) -> Evaluation
    ) -> ([Double], Evaluation)? {
        let slope = VectorArithmetic.dot(current.gradient, direction)
        guard slope < 0 else { return nil }
        var length = first
        for _ in 0..<40 {
            let next = zip(point, direction).map { $0 + length * $1 }
            let value = evaluate(next)
            if value.value <= current.value + 1e-4 * length * slope { return (next, value) }
            length /= 2
        }
        return nil
    }
}

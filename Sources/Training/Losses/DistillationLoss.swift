internal import Foundation
public import Tensors

/// The divergence of the model's distribution from a teacher's, at each target.
public struct DistillationLoss: TokenLoss {
    public let targets: [TrainingBatch.Target]
    private(set) var teacher: TeacherDistribution
    private let divergence: Divergence
    private let temperature: Double
    private let scale: Double
    /// Computes the teacher's logits of the targets at hand; nil where `teacher` speaks of the whole batch.
    private var source: Unshared<Teacher>?
    /// Reads what a file says of the targets at hand; nil where `teacher` speaks of the whole batch.
    private var stored: StoredTargets?
    /// The target that the first row of `teacher` is of.
    private var first = 0

    /// - Parameters:
    ///   - temperature: logits of both are divided by it and the loss is multiplied with its square, so that gradients
    ///     keep their size (Hinton et al. 2015, section 2); top tokens are taken to have been measured at it
    ///   - scale: what the batch's weights are multiplied with
    public init(
        _ targets: [TrainingBatch.Target], teacher: TeacherDistribution, divergence: Divergence, temperature: Double,
        scale: Double
    ) {
        self.targets = targets
        self.teacher = teacher
        self.divergence = divergence
        self.temperature = temperature
        self.scale = scale
    }

    /// The divergence from a teacher that has read the batch, its logits being computed beside the model's.
    init(
        _ targets: [TrainingBatch.Target], teacher: Teacher, divergence: Divergence, temperature: Double, scale: Double
    ) {
        self.init(
            targets, teacher: .whole(teacher.logits), divergence: divergence, temperature: temperature, scale: scale)
        source = Unshared(teacher)
    }

    /// The divergence from a teacher that has been stored, of which a few targets are read at a time.
    init(
        _ targets: [TrainingBatch.Target], stored: StoredTargets, divergence: Divergence, temperature: Double,
        scale: Double
    ) {
        self.init(targets, teacher: .top([]), divergence: divergence, temperature: temperature, scale: scale)
        self.stored = stored
    }

    public var needsLogProbabilities: Bool { false }

    public mutating func prepare(_ logProbabilities: [Float]) {}

    /// - Throws: ``TrainingError/topTokens(target:fault:)``
    public mutating func begin(_ targets: Range<Int>, vocabularySize: Int) throws {
        if let source {
            try source.value.computeLogits(targets)
            first = targets.lowerBound
        }
        if let stored {
            // The last ones go before the next ones come.
            teacher = .top([])
            teacher = .top(try stored.topTokens(targets))
            first = targets.lowerBound
        }
        guard case .top(let rows) = teacher else { return }
        for target in targets {
            guard target - first < rows.count else {
                throw TrainingError.topTokens(target: target, fault: "there are only \(rows.count) rows of them")
            }
            if let fault = rows[target - first].fault(vocabularySize: vocabularySize) {
                throw TrainingError.topTokens(target: target, fault: fault)
            }
        }
    }

    public func differentiate(_ logits: MatrixSlice, token: Int) -> TokenOutcome {
        let id = Int(targets[token].id)
        let logProbability = Float(logits.withRow(0) { Double($0[id]) } - RowOperations.logSumExp(logits, row: 0))
        let weight = Double(targets[token].weight) * scale
        let loss: Double
        switch teacher {
        case .whole(let rows): loss = whole(logits, rows.row(token - first), weight)
        case .top(let rows): loss = top(logits, rows[token - first], weight)
        }
        return TokenOutcome(loss: loss, logProbability: logProbability)
    }

    /// `dL/dz_v = p_v g_v - p_v (sum of p g)`, where g is the derivative with respect to p.
    private func whole(_ logits: MatrixSlice, _ teacher: MatrixSlice, _ weight: Double) -> Double {
        let scaled = Matrix(rows: 1, columns: teacher.columnCount)
        scaled.slice.assign(teacher)
        RowOperations.scale(scaled.slice, by: Float(1 / temperature), threads: 1)
        RowOperations.scale(logits, by: Float(1 / temperature), threads: 1)
        let teacherTotal = RowOperations.logSumExp(scaled.slice, row: 0)
        let total = RowOperations.logSumExp(logits, row: 0)
        let size = weight * temperature * temperature
        return logits.withMutableRow(0) { row in
            scaled.slice.withRow(0) { other in
                var loss = 0.0
                var mean = 0.0
                for index in 0..<row.count {
                    let logP = Double(row[index]) - total
                    let term = divergence.term(logP: logP, logQ: Double(other[index]) - teacherTotal)
                    loss += term.value
                    mean += term.slope
                }
                for index in 0..<row.count {
                    let logP = Double(row[index]) - total
                    let term = divergence.term(logP: logP, logQ: Double(other[index]) - teacherTotal)
                    row[index] = Float(size / temperature * (term.slope - exp(logP) * mean))
                }
                return size * loss
            }
        }
    }

    /// What no id names is one outcome, whose slope its tokens share in proportion to their probabilities.
    private func top(_ logits: MatrixSlice, _ teacher: TeacherDistribution.TopTokens, _ weight: Double) -> Double {
        RowOperations.scale(logits, by: Float(1 / temperature), threads: 1)
        let total = RowOperations.logSumExp(logits, row: 0)
        let named = logits.withRow(0) { row in teacher.ids.map { Double(row[Int($0)]) - total } }
        let terms = zip(named, teacher.logProbabilities).map { divergence.term(logP: $0, logQ: Double($1)) }
        let rest = TeacherDistribution.TopTokens.logSumExp(logits, without: teacher.ids)
        let tail: (value: Double, slope: Double) =
            rest.map { divergence.term(logP: $0 - total, logQ: log(teacher.tailProbability)) } ?? (0, 0)
        let mean = terms.reduce(tail.slope) { $0 + $1.slope }
        let size = weight * temperature * temperature
        logits.withMutableRow(0) { row in
            if let rest {
                let share = size / temperature * (tail.slope - exp(rest - total) * mean)
                for index in 0..<row.count { row[index] = Float(share * exp(Double(row[index]) - rest)) }
            }
            for (index, id) in teacher.ids.enumerated() {
                row[Int(id)] = Float(size / temperature * (terms[index].slope - exp(named[index]) * mean))
            }
        }
        return size * terms.reduce(tail.value) { $0 + $1.value }
    }
}

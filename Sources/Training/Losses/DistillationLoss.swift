internal import Foundation
public import Tensors

/// What a teacher says of the next token.
public enum TeacherDistribution: Sendable {
    /// Logits of the whole vocabulary, one row for each target of the batch.
    case whole(Matrix)
    /// The most probable tokens of each target; what is left is one outcome.
    case top([TopTokens])

    /// The most probable tokens and their log-probabilities.
    public struct TopTokens: Codable, Hashable, Sendable {
        public var ids: [Int32]
        public var logProbabilities: [Float]

        public init(ids: [Int32], logProbabilities: [Float]) {
            precondition(ids.count == logProbabilities.count, "\(ids.count) ids, \(logProbabilities.count) values")
            self.ids = ids
            self.logProbabilities = logProbabilities
        }
    }
}

/// The divergence of the model's distribution from a teacher's, at each target.
public struct DistillationLoss: TokenLoss {
    public let targets: [TrainingBatch.Target]
    private let teacher: TeacherDistribution
    private let divergence: Divergence
    private let temperature: Double
    private let scale: Double

    /// - Parameters:
    ///   - temperature: logits of both are divided by it and the loss is multiplied with its square, so that gradients
    ///     keep their size (Hinton et al. 2015, section 2); 1 with stored top tokens, whose tail has no logits
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

    public var needsLogProbabilities: Bool { false }

    public mutating func prepare(_ logProbabilities: [Float]) {}

    public func differentiate(_ logits: MatrixSlice, token: Int) -> TokenOutcome {
        let id = Int(targets[token].id)
        let logProbability = Float(logits.withRow(0) { Double($0[id]) } - RowOperations.logSumExp(logits, row: 0))
        let weight = Double(targets[token].weight) * scale
        let loss: Double
        switch teacher {
        case .whole(let rows): loss = whole(logits, rows.row(token), weight)
        case .top(let rows): loss = top(logits, rows[token], weight)
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

    /// The tail is one outcome, whose probability is what the named tokens leave.
    private func top(_ logits: MatrixSlice, _ teacher: TeacherDistribution.TopTokens, _ weight: Double) -> Double {
        let total = RowOperations.logSumExp(logits, row: 0)
        let named = logits.withRow(0) { row in teacher.ids.map { Double(row[Int($0)]) - total } }
        let terms = zip(named, teacher.logProbabilities).map { divergence.term(logP: $0, logQ: Double($1)) }
        let tail = Self.tail(named)
        let teacherTail = Self.tail(teacher.logProbabilities.map { Double($0) })
        let tailTerm = divergence.term(logP: log(tail), logQ: log(teacherTail))
        let mean = terms.reduce(tailTerm.slope) { $0 + $1.slope }
        RowOperations.exponential(logits, row: 0, shift: Float(total), factor: 1, into: logits)
        RowOperations.scale(logits, by: Float(weight * (tailTerm.slope / tail - mean)), threads: 1)
        logits.withMutableRow(0) { row in
            for (index, id) in teacher.ids.enumerated() {
                row[Int(id)] = Float(weight * (terms[index].slope - exp(named[index]) * mean))
            }
        }
        return weight * terms.reduce(tailTerm.value) { $0 + $1.value }
    }

    /// What log-probabilities leave of 1, never quite nothing: rounding may bring their sum above 1.
    private static func tail(_ logProbabilities: [Double]) -> Double {
        max(1 - logProbabilities.reduce(0) { $0 + exp($1) }, 1e-12)
    }
}

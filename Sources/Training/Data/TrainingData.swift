internal import Foundation
internal import Tensors

/// Examples of a file, with those held out for evaluation.
public struct TrainingData: Sendable {
    public var examples: [TrainingExample]
    public var heldOut: [TrainingExample]
    /// Rows whose label says that they are not to be learned from.
    public var skipped: Int
    /// Examples left out because nothing of them counts: all masked, or all that counts was cut off.
    public var empty: Int
    /// Examples, held-out ones among them, that were longer than allowed and lost their end; not those left out.
    public var cut = 0
    /// Share of the examples that was to be held out.
    var heldOutShare = 0.0

    /// What a line must hold.
    public enum Shape: Sendable {
        case supervised
        case preference
    }

    /// Reads JSON lines.
    ///
    /// - Parameters:
    ///   - heldOutShare: of the examples, chosen by `seed`
    /// - Throws: ``TrainingError/noFile(_:)``; ``TrainingError/data(file:line:fault:)`` for the first line that cannot be
    ///   used
    public init(
        path: String, shape: Shape, encoder: ExampleEncoder, heldOutShare: Double, seed: UInt64
    ) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw TrainingError.noFile(path) }
        let name = URL(fileURLWithPath: path).lastPathComponent
        var all: [TrainingExample] = []
        var skipped = 0
        var empty = 0
        var cut = 0
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do {
                let row = try Self.row(Data(line), shape)
                guard let encoded = try Self.encode(row, shape, encoder) else {
                    skipped += 1
                    continue
                }
                guard encoded.sequences.allSatisfy({ $0.targetCount > 0 }) else {
                    empty += 1
                    continue
                }
                if encoded.isCut { cut += 1 }
                all.append(TrainingExample(id: row.id ?? "\(name):\(index + 1)", sequences: encoded.sequences))
            } catch {
                throw TrainingError.data(file: path, line: index + 1, fault: Self.sentence(error))
            }
        }
        guard !all.isEmpty else { throw TrainingError.nothingToLearn(file: path, empty: empty, skipped: skipped) }
        self.skipped = skipped
        self.empty = empty
        self.cut = cut
        self.heldOutShare = heldOutShare
        let order = Self.order(all.count, seed: seed, name: "held-out")
        let held = Set(order.prefix(min(all.count - 1, Int((Double(all.count) * heldOutShare).rounded()))))
        examples = all.indices.filter { !held.contains($0) }.map { all[$0] }
        heldOut = all.indices.filter { held.contains($0) }.map { all[$0] }
    }

    /// The order of the examples in one pass through them: a function of the seed and the pass alone.
    public func order(epoch: Int, seed: UInt64) -> [Int] {
        Self.order(examples.count, seed: seed, name: "epoch \(epoch)")
    }

    /// Fisher and Yates's shuffle with numbers by counter.
    private static func order(_ count: Int, seed: UInt64, name: String) -> [Int] {
        let random = CounterRandom(seed: seed, promptID: name)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(random.uniform(sample: 0, position: last) * Double(last + 1)))
        }
        return order
    }

    private static func encode(
        _ row: TrainingRow, _ shape: Shape, _ encoder: ExampleEncoder
    ) throws -> ExampleEncoder.Sequences? {
        switch shape {
        case .supervised:
            for weight in row.namedWeights where !(weight.isFinite && weight >= 0) { throw RowFault.weight(weight) }
            guard var encoded = try encoder.supervised(row) else { return nil }
            encoded.sequences = encoded.sequences.map { $0.weighted(by: row.weight ?? 1) }
            for sequence in encoded.sequences where !sequence.largestWeight.isFinite {
                throw RowFault.weight(sequence.largestWeight)
            }
            return encoded
        case .preference:
            guard row.namedWeights.isEmpty, row.unlikely == nil else { throw RowFault.weightOfPair }
            return try encoder.preference(row)
        }
    }

    private static func row(_ line: Data, _ shape: Shape) throws -> TrainingRow {
        do {
            return try TrainingRow(line: line, shape: shape)
        } catch DecodingError.dataCorrupted {
            throw RowFault.json("a weight of it is beyond the numbers that can be held")
        } catch DecodingError.typeMismatch(_, let context) {
            throw RowFault.json("\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has another type")
        } catch DecodingError.valueNotFound(_, let context) {
            throw RowFault.json("\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is null")
        }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case RowFault.json(let what): what
        case RowFault.shape(let found, let needed):
            "it has \(found.isEmpty ? "no key of an example" : found.joined(separator: ", ")); needed is \(needed)"
        case RowFault.noTemplate: "it is a conversation, and the model has no chat template"
        case RowFault.noAssistant: "no message to learn from is the assistant's"
        case RowFault.weight(let found):
            "a weight of it, or a product of two, is \(found); allowed are finite numbers from 0 on"
        case RowFault.weightOfPair: "it has a weight or an unlikely beginning, and preferences count alike"
        case RowFault.noBeginning:
            "it has first_weight or unlikely, and no answer with a token of its own behind a prompt"
        case RowFault.unlikelyText:
            "its unlikely text is empty, or does not begin behind the prompt at the token at which the answer does"
        case RowFault.empty: "it has fewer than two tokens"
        default: "\(error)"
        }
    }
}

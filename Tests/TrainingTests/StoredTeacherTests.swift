import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// What a teacher says, stored and learned from without it.
@Suite struct StoredTeacherTests {
    private static let path = "teacher.safetensors"

    /// Examples with a beginning in common; one of two sequences, and one that is there twice.
    private static func examples() -> [TrainingExample] {
        var random = SeededGenerator(seed: 4)
        func sequence(_ length: Int) -> TrainingSequence {
            let tokens = [1, 2, 3] + (0..<length).map { _ in Int32.random(in: 0..<23, using: &random) }
            return TrainingSequence(tokens: tokens, weights: tokens.indices.map { $0 < 4 ? 0 : 0.5 + Float($0 % 2) })
        }
        let all = (0..<6).map { TrainingExample(id: "e\($0)", sequences: [sequence(3 + $0)]) }
        let pair = TrainingExample(id: "pair", sequences: [sequence(4), sequence(6)])
        return all + [pair, TrainingExample(id: "again", sequences: all[2].sequences)]
    }

    private static func facts(top: Int, temperature: Double = 1) -> StoredTeacher.Facts {
        StoredTeacher.Facts(
            vocabularySize: 23, vocabulary: "v", top: top, temperature: temperature, teacher: "t")
    }

    /// - Parameter tokensPerPass: so few that there are several passes
    @discardableResult private static func store(
        _ folder: URL, top: Int, temperature: Double = 1, tokensPerPass: Int = 16,
        onProgress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> TeacherWriter.Summary {
        try TeacherWriter(
            examples(), facts: facts(top: top, temperature: temperature),
            path: folder.appendingPathComponent(path).path, backend: .oneDNN, threads: 2
        ).write(TinyModel(seed: 2).makeModel(), tokensPerPass: tokensPerPass, onProgress: onProgress)
    }

    private static func stored(_ folder: URL) throws -> StoredTeacher {
        try StoredTeacher(path: folder.appendingPathComponent(path).path)
    }

    /// Against softmax by its words, in float64.
    @Test(arguments: [(1, 1.0), (4, 1.0), (4, 2.0), (23, 0.5)])
    func whatIsStoredIsWhatTheTeacherSays(top: Int, temperature: Double) throws {
        try Places.withTemporaryFolder { folder in
            let summary = try Self.store(folder, top: top, temperature: temperature)
            let stored = try Self.stored(folder)
            #expect(stored.facts == Self.facts(top: top, temperature: temperature))
            #expect(summary.examples == 7)
            #expect(summary.targets == Self.examples().dropLast().reduce(0) { $0 + $1.targetCount })
            var tails: [Float] = []
            for example in Self.examples() {
                var batch = TrainingBatch()
                for sequence in example.sequences { batch.append(sequence) }
                let logits = try TeacherTests.wholeLogits(TinyModel(seed: 2).makeModel(), batch)
                let found = try stored.topTokens(of: example)
                #expect(found.count == batch.targets.count)
                for (index, row) in found.enumerated() {
                    let values = logits.row(index).copy().map { Double($0) / temperature }
                    let total = log(values.reduce(0) { $0 + exp($1) })
                    let ids = values.indices.sorted { values[$0] > values[$1] }
                    #expect(row.ids == ids.prefix(top).map { Int32($0) })
                    expectClose(
                        row.logProbabilities, ids.prefix(top).map { Float(values[$0] - total) }, absolute: 1e-5,
                        relative: 0)
                    let tail = Float(ids.dropFirst(top).reduce(0) { $0 + exp(values[$1] - total) })
                    expectClose([row.tail ?? -1], [tail], absolute: 1e-7, relative: 1e-5)
                }
                if example.id != "again" { tails += found.compactMap(\.tail) }
            }
            #expect(abs(summary.tail - tails.reduce(0) { $0 + Double($1) } / Double(tails.count)) < 1e-6)
            #expect((summary.tail == 0) == (top == 23))
        }
    }

    private static func settings(_ divergence: Divergence, _ temperature: Double, shares: Bool) -> TrainingSettings {
        var optimizer = OptimizerSettings()
        optimizer.kind = .sgd
        return TrainingSettings(
            method: .distillation(divergence, temperature: temperature),
            schedule: LearningRateSchedule(peak: 0.05, shape: .constant, warmup: 0, steps: 4), optimizer: optimizer,
            batch: 5, tokensPerPass: 24, sharesBeginnings: shares, seed: 7)
    }

    private static func model() throws -> TrainableModel {
        let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
        model.train { _ in true }
        return model
    }

    private static func train(
        _ settings: TrainingSettings, stored: StoredTeacher? = nil
    ) throws -> (weights: [[Float]], losses: [Float]) {
        let model = try model()
        let trainer = try Trainer(
            model, data: TrainingData(examples: examples(), heldOut: []), settings: settings,
            teacher: stored == nil ? TinyModel(seed: 2).makeModel() : nil, storedTeacher: stored, backend: .oneDNN,
            threads: 2)
        var losses: [Float] = []
        try trainer.run { if case .step(let metrics) = $0 { losses.append(Float(metrics.loss)) } }
        return (try model.parameters.map { try $0.values() }, losses)
    }

    /// With all of the vocabulary named, a run without the teacher is the run with it.
    @Test(arguments: [Divergence.forward, .reverse, .jensenShannon(share: 0.3)], [(1.0, false), (2, true)])
    func allTokensAreTheTeacher(divergence: Divergence, how: (temperature: Double, shares: Bool)) throws {
        try Places.withTemporaryFolder { folder in
            try Self.store(folder, top: 23, temperature: how.temperature)
            let settings = Self.settings(divergence, how.temperature, shares: how.shares)
            let expected = try Self.train(settings)
            let found = try Self.train(settings, stored: Self.stored(folder))
            #expect(expected.losses.allSatisfy { $0 > 0.01 })
            expectClose(found.losses, expected.losses, absolute: 1e-5, relative: 1e-5)
            for (a, b) in zip(found.weights, expected.weights) { expectClose(a, b, ofLargest: 1e-5) }
        }
    }

    /// What is stored of a pass is in memory a few targets at a time, and gives what all of it would.
    @Test func onlyTheTargetsAtHandAreRead() throws {
        try Places.withTemporaryFolder { folder in
            try Self.store(folder, top: 5)
            let (stored, examples) = (try Self.stored(folder), Array(Self.examples()[1...6]))
            var batch = TrainingBatch()
            for sequence in examples.flatMap(\.sequences) { batch.append(sequence) }
            let rows = try examples.flatMap { try stored.topTokens(of: $0) }
            #expect(rows.count == batch.targets.count && rows.count > 10)
            let whole = DistillationLoss(
                batch.targets, teacher: .top(rows), divergence: .forward, temperature: 1, scale: 1)
            var parts = DistillationLoss(
                batch.targets, stored: try stored.targets(of: examples), divergence: .forward, temperature: 1, scale: 1)
            var random = SeededGenerator(seed: 6)
            for first in stride(from: 0, to: rows.count, by: 3) {
                let targets = first..<min(first + 3, rows.count)
                try parts.begin(targets, vocabularySize: 23)
                guard case .top(let held) = parts.teacher else { throw Stop() }
                #expect(held == Array(rows[targets]))
                for target in targets {
                    let logits = random.floats(23)
                    let (one, other) = (Matrix([logits]), Matrix([logits]))
                    let expected = whole.differentiate(other.slice, token: target)
                    #expect(parts.differentiate(one.slice, token: target) == expected)
                    expectIdentical(one.slice.copy(), other.slice.copy(), "target \(target)")
                }
            }
            let error = try #require(throws: TrainingError.self) {
                try parts.begin(0..<(rows.count + 1), vocabularySize: 23)
            }
            #expect("\(error)".contains("there are only \(rows.count) rows"), "\(error)")
        }
    }

    private struct Stop: Error {}

    @Test func storingGoesOnWhereItWasStopped() throws {
        try Places.withTemporaryFolder { folder in
            try Self.store(folder, top: 3)
            let file = folder.appendingPathComponent(Self.path)
            let whole = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            #expect(throws: Stop.self) {
                try Self.store(folder, top: 3) { done, _ in if done >= 3 { throw Stop() } }
            }
            #expect(!FileManager.default.fileExists(atPath: file.path))
            var progress: [Int] = []
            try Self.store(folder, top: 3) { done, all in
                #expect(all == 8)
                progress.append(done)
            }
            #expect(progress.first.map { $0 > 3 } == true)
            #expect(progress.last == 8)
            #expect(try Data(contentsOf: file) == whole)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [Self.path])
        }
    }

    /// What is stored depends on no row that is read with another.
    @Test func passesChangeNothing() throws {
        try Places.withTemporaryFolder { folder in
            try Self.store(folder, top: 3, tokensPerPass: 4)
            let narrow = try Data(contentsOf: folder.appendingPathComponent(Self.path))
            try Self.store(folder, top: 3, tokensPerPass: 1_048_576)
            #expect(try Data(contentsOf: folder.appendingPathComponent(Self.path)) == narrow)
        }
    }

    private func makeTrainer(_ examples: [TrainingExample], temperature: Double = 1, _ folder: URL) throws {
        _ = try Trainer(
            Self.model(), data: TrainingData(examples: examples, heldOut: []),
            settings: Self.settings(.forward, temperature, shares: false), storedTeacher: Self.stored(folder),
            backend: .oneDNN, threads: 1)
    }

    @Test func whatWasNotStoredIsRefusedByName() throws {
        try Places.withTemporaryFolder { folder in
            try Self.store(folder, top: 3)
            // Order and weights are the student's own.
            var reversed = Array(Self.examples().reversed())
            reversed[1].sequences[0] = reversed[1].sequences[0].weighted(by: 2)
            try makeTrainer(reversed, folder)
            var changes = [Self.examples(), Self.examples(), Self.examples()]
            changes[0][4].sequences[0].tokens[5] = (changes[0][4].sequences[0].tokens[5] + 1) % 23
            changes[1][4].sequences[0].weights[5] = 0
            changes[2][4].sequences.append(changes[2][3].sequences[0])
            for examples in changes {
                let error = try #require(throws: TrainingError.self) { try makeTrainer(examples, folder) }
                #expect("\(error)".contains("nothing is stored of example e4"), "\(error)")
            }
            let error = try #require(throws: TrainingError.self) {
                try makeTrainer(Self.examples(), temperature: 2, folder)
            }
            #expect("\(error)".hasPrefix("temperature is 2.0; allowed: 1.0, at which "), "\(error)")
            #expect(throws: TrainingError.vocabularySizes(student: 24, teacher: 23)) {
                try Self.stored(folder).check(vocabularySize: 24, temperature: 1)
            }
        }
    }

    @Test func aTeacherThatCannotReadAnExampleStoresNothing() throws {
        try Places.withTemporaryFolder { folder in
            let writer = TeacherWriter(
                Self.examples(), facts: Self.facts(top: 3), path: folder.appendingPathComponent(Self.path).path,
                backend: .oneDNN, threads: 1)
            #expect(throws: TrainingError.teacherContext(id: "e5", tokens: 10, limit: 9)) {
                _ = try writer.write(TinyModel(context: 9).makeModel(), tokensPerPass: 16) { _, _ in }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }

    /// A file of one example with two targets.
    private func write(
        _ folder: URL, ids: [Int] = [3, 4, 5, 6], values: [Float] = [-1, -2, -1, -2], tail: [Float] = [0.3, 0.3],
        targets: Int = 2, metadata: [String: String] = [:]
    ) throws -> TrainingExample {
        let example = TrainingExample(
            id: "e", sequences: [TrainingSequence(tokens: [1, 2, 3], weights: [1, 1, 1])])
        let facts = Self.facts(top: 2)
        let layout = TeacherLayout(examples: 1, targets: tail.count, facts)
        let writer = try SafetensorsWriter(
            path: folder.appendingPathComponent(Self.path).path, metadata: facts.metadata.merging(metadata) { $1 },
            tensors: layout.tensors)
        try writer.append(integers: [targets], to: "targets")
        try writer.append(integers: ids, to: "ids")
        try writer.append(values, to: "log_probabilities")
        try writer.append(tail, to: "tail")
        try writer.append(bytes: Array(StoredTeacher.digest(of: example).utf8), to: "examples")
        try writer.finish()
        return example
    }

    @Test func aWholeFileIsTaken() throws {
        try Places.withTemporaryFolder { folder in
            let example = try write(folder)
            let stored = try Self.stored(folder)
            try stored.check([example])
            #expect(
                try stored.topTokens(of: example) == [
                    .init(ids: [3, 4], logProbabilities: [-1, -2], tail: 0.3),
                    .init(ids: [5, 6], logProbabilities: [-1, -2], tail: 0.3),
                ])
        }
    }

    @Test(
        arguments: [
            ([3, 4, 23, 6], [-1, -2, -1, -2], [0.3, 0.3], "target 2: the id 23 is not in the vocabulary of 23 ids"),
            ([3, 4, -1, 6], [-1, -2, -1, -2], [0.3, 0.3], "target 2: the id -1 is not in the vocabulary of 23 ids"),
            ([4, 4, 5, 6], [-1, -2, -1, -2], [0.3, 0.3], "target 1: the id 4 is there twice"),
            ([3, 4, 5, 6], [-1, -2, -1, -.infinity], [0.3, 0.3], "target 2: a log-probability is -inf"),
            ([3, 4, 5, 6], [-1, .nan, -1, -2], [0.3, 0.3], "target 1: a log-probability is nan"),
            ([3, 4, 5, 6], [-1, -2, -0.5, -0.9], [0.3, 0], "target 2: the probabilities add up to 1.01"),
            ([3, 4, 5, 6], [-1, -2, -1, -2], [0.6, 0.3], "target 1: the probabilities add up to 1.10"),
            ([3, 4, 5, 6], [-1, -2, -1, -2], [0.3, -0.1], "target 2: the tail is -0.1"),
        ] as [([Int], [Float], [Float], String)])
    func numbersThatAreNoneAreRefused(ids: [Int], values: [Float], tail: [Float], fault: String) throws {
        try Places.withTemporaryFolder { folder in
            let example = try write(folder, ids: ids, values: values, tail: tail)
            let stored = try Self.stored(folder)
            let error = try #require(throws: TrainingError.self) { try stored.check([example]) }
            #expect("\(error)".contains("teacher.safetensors: of example e, \(fault)"), "\(error)")
        }
    }

    @Test(
        arguments: [
            (1, [:], "its examples have 1 targets, and 2 are stored"),
            (3, [:], "its examples have other numbers of targets than 2 in all"),
            (-1, [:], "its examples have other numbers of targets than 2 in all"),
            (2, ["top": "3"], "its ids have the shape [2, 2]; allowed: [2, 3]"),
            (2, ["top": "24"], "its top is 24; allowed: 1 to the vocabulary's 23"),
            (2, ["temperature": "0"], "its temperature is 0; allowed: a number above 0"),
            (2, ["format": "other"], "its format is other; allowed: assay-teacher-1"),
            (2, ["vocabulary_size": "99999999999"], "its vocabulary_size is 99999999999; allowed: 1 to 2147483647"),
        ] as [(Int, [String: String], String)])
    func filesOfAnotherFormAreRefused(targets: Int, metadata: [String: String], fault: String) throws {
        try Places.withTemporaryFolder { folder in
            _ = try write(folder, targets: targets, metadata: metadata)
            let error = try #require(throws: TrainingError.self) { _ = try Self.stored(folder) }
            #expect("\(error)".hasSuffix("teacher.safetensors: \(fault)"), "\(error)")
        }
    }

    /// A file may say another number than the example has.
    @Test func targetsAreCounted() throws {
        try Places.withTemporaryFolder { folder in
            let example = try write(folder, ids: [3, 4], values: [-1, -2], tail: [0.3], targets: 1)
            let error = try #require(throws: TrainingError.self) { try Self.stored(folder).check([example]) }
            #expect("\(error)".hasSuffix("1 targets are stored of example e, which has 2"), "\(error)")
        }
    }

    @Test func anotherFileIsNoTeacher() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent(Self.path).path
            try SafetensorsWriter(path: path, tensors: []).finish()
            let error = try #require(throws: TrainingError.self) { _ = try Self.stored(folder) }
            #expect(
                "\(error)".hasSuffix("its metadata lack \"format\"; it is not from assay train teacher"), "\(error)")
            try SafetensorsWriter(path: path, metadata: Self.facts(top: 2).metadata, tensors: []).finish()
            let lack = try #require(throws: TrainingError.self) { _ = try Self.stored(folder) }
            #expect("\(lack)".hasSuffix("it has no tensor \"targets\""), "\(lack)")
        }
    }

    /// Nothing of a teacher's that a caller gives is trusted either.
    @Test(arguments: [
        ([0, 23], 2, "the id 23 is not in"), ([3, 3], 2, "the id 3 is there twice"), ([0, 1], 1, "only 1"),
    ])
    func topTokensAreLookedAtBeforeTheyAreUsed(ids: [Int32], rows: Int, fault: String) throws {
        let model = try Self.model()
        var batch = TrainingBatch()
        batch.append([1, 2, 3], weights: [0, 1, 1])
        let row = TeacherDistribution.TopTokens(ids: ids, logProbabilities: [-1, -2])
        let loss = DistillationLoss(
            batch.targets, teacher: .top(Array(repeating: row, count: rows)), divergence: .forward, temperature: 1,
            scale: 1)
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 4, recomputes: false, threads: 1)
        let error = try #require(throws: TrainingError.self) { try model.evaluate(loss, on: batch, space: space) }
        #expect("\(error)".contains(fault), "\(error)")
    }

    /// More tokens than are kept at once, and equal ones.
    @Test(arguments: [1, 7, 100, 499, 500]) func theMostProbableTokensAreChosen(count: Int) {
        var random = SeededGenerator(seed: 8)
        // The sum makes 0 of -0, which would be another bit pattern.
        let values = random.floats(500).map { ($0 * 20).rounded() / 4 + 0 }
        let expected = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }.prefix(count)
        let found = TeacherDistribution.TopTokens(Matrix([values]).slice, count: count, temperature: 1)
        #expect(found.ids == expected.map { Int32($0) })
    }
}

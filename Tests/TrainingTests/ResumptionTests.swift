import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training

/// What a run goes on from, and what it must agree in.
@Suite struct ResumptionTests {
    private static func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private static func identity(
        _ digest: String = "a", facts: [String: String] = [:], backend: String? = nil
    ) -> TrainingIdentity {
        TrainingIdentity(digest: digest, facts: facts, backend: backend)
    }

    private struct Stop: Error {}

    /// Trains, saving after each step, up to `stop`.
    @discardableResult private static func run(
        _ folder: URL, _ identity: TrainingIdentity = identity(), stop: Int? = nil, kept: Int = 9
    ) throws -> (weights: [[Float]], first: Int, warnings: [String]) {
        let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
        model.train { _ in true }
        let example = TrainingExample(
            id: "a", sequences: [TrainingSequence(tokens: [3, 4, 5, 6], weights: [0, 1, 1, 1])])
        let settings = TrainingSettings(
            method: .supervised,
            schedule: LearningRateSchedule(peak: 0.02, shape: .cosine, warmup: 1, steps: 4), batch: 1,
            tokensPerPass: 64, checkpointEvery: 1)
        let checkpoints = try CheckpointFolder(path: folder.path, identity: identity, kept: kept)
        var (first, warnings): (Int, [String]) = (-1, [])
        do {
            try Trainer(
                model, data: TrainingData(examples: [example], heldOut: []), settings: settings,
                checkpoints: checkpoints, backend: .oneDNN, threads: 1
            ).run { event in
                switch event {
                case .began(let start): first = start.done
                case .warning(let sentence): warnings.append(sentence)
                case .checkpoint(let step, _): if step == stop { throw Stop() }
                default: break
                }
            }
        } catch is Stop {}
        return (try model.parameters.map { try $0.values() }, first, warnings)
    }

    private static func cut(_ name: String, in folder: URL) throws {
        let file = folder.appendingPathComponent(name)
        try Data(contentsOf: file).dropLast(10).write(to: file)
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        try Places.withTemporaryFolder { folder in
            let whole = try Self.run(folder.appendingPathComponent("whole")).weights
            let out = folder.appendingPathComponent("out")
            try Self.run(out, stop: 3)
            try Self.cut("step-00000003.safetensors", in: out)
            let again = try Self.run(out)
            #expect(again.first == 2)
            #expect(again.weights == whole)
            let path = "\(out.path)/step-0000000"
            #expect(again.warnings.count == 1)
            #expect(again.warnings[0].hasPrefix("the checkpoint \(path)3.safetensors ("), "\(again.warnings)")
            #expect(again.warnings[0].hasSuffix(") cannot be read; the training goes on from \(path)2.safetensors"))
        }
    }

    /// What is saved behind a damaged one of a later step stays.
    @Test func aDamagedCheckpointPushesNoWholeOneOut() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, stop: 1)
            try Data("x".utf8).write(to: folder.appendingPathComponent("step-00000003.safetensors"))
            try Self.run(folder, stop: 2, kept: 1)
            #expect(try Self.names(folder) == ["step-00000002.safetensors", "step-00000003.safetensors"])
            #expect(try Self.run(folder, kept: 1).first == 2)
            #expect(try Self.names(folder) == ["step-00000004.safetensors"])
        }
    }

    @Test func whereNoCheckpointIsWholeTheFilesToDeleteAreNamed() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, stop: 2)
            for step in 1...2 { try Self.cut("step-0000000\(step).safetensors", in: folder) }
            let before = try Self.names(folder)
            let error = try #require(throws: TrainingError.self) { try Self.run(folder) }
            guard case .noWholeCheckpoint(let damaged) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(damaged.map(\.path) == [2, 1].map { "\(folder.path)/step-0000000\($0).safetensors" })
            #expect(error.description.hasPrefix("no checkpoint can be read: \(damaged[0].path) ("))
            #expect(error.description.hasSuffix("; delete them to begin anew"))
            #expect(try Self.names(folder) == before)
        }
    }

    @Test func anotherBackendIsRefusedByName() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, Self.identity(backend: "onednn-3 avx512"), stop: 2)
            let path = "\(folder.path)/step-00000002.safetensors"
            let error = TrainingError.otherBackend(checkpoint: path, here: "openblas avx2", there: "onednn-3 avx512")
            #expect(throws: error) { try Self.run(folder, Self.identity(backend: "openblas avx2")) }
            #expect(
                error.description == "\(path) was computed by onednn-3 avx512, and this is openblas avx2, whose bits "
                    + "differ; go on with that one (ASSAY_MATMUL and ASSAY_SIMD choose, as far as the machine has it), "
                    + "or use another output folder")
            #expect(try Self.run(folder, Self.identity(backend: "onednn-3 avx512")).first == 2)
            // No step is left to take: nothing that is written depends on it.
            #expect(try Self.run(folder, Self.identity(backend: "openblas avx2")).first == 4)
        }
    }

    /// Checkpoints from before they said it: what the database knows counts, and nothing where it knows nothing.
    @Test func checkpointsWithoutABackendGoOn() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, stop: 1)
            var identity = Self.identity(backend: "openblas avx2")
            identity.earlier = { digest in
                digest == "a" ? TrainingIdentity.EarlierRun(facts: [:], backend: "onednn-3 avx512") : nil
            }
            #expect(throws: TrainingError.self) { try Self.run(folder, identity) }
            #expect(try Self.run(folder, Self.identity(backend: "openblas avx2")).first == 1)
        }
    }

    @Test func aMismatchNamesTheSettingsWithBothValues() throws {
        try Places.withTemporaryFolder { folder in
            let facts = ["learning_rate": "0.02", "seed": "0", "max_gradient_norm": "1"]
            try Self.run(folder, Self.identity(facts: facts), stop: 1)
            let other = Self.identity("b", facts: ["learning_rate": "0.01", "seed": "0"])
            let error = try #require(throws: TrainingError.self) { try Self.run(folder, other) }
            #expect(
                error.description
                    == "\(folder.path)/step-00000001.safetensors belongs to another run: learning_rate is "
                    + "0.01 here and 0.02 there; max_gradient_norm is not set here and 1 there; undo the change, or use "
                    + "another output folder")
        }
    }

    /// Checkpoints from before they said it are told by the database.
    @Test func aMismatchWithAnEarlierRunIsNamed() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, stop: 1)
            var other = Self.identity("b", facts: ["seed": "1"])
            #expect(throws: TrainingError.self) { try Self.run(folder, other) }
            other.earlier = { $0 == "a" ? TrainingIdentity.EarlierRun(facts: ["seed": "0"]) : nil }
            let difference = SettingDifference(name: "seed", here: "1", there: "0")
            let path = "\(folder.path)/step-00000001.safetensors"
            #expect(throws: TrainingError.otherSettings(checkpoint: path, differences: [difference])) {
                try Self.run(folder, other)
            }
        }
    }

    @Test func aFormerDigestOfTheSameRunGoesOn() throws {
        try Places.withTemporaryFolder { folder in
            try Self.run(folder, stop: 1)
            var identity = Self.identity("b")
            identity.former = ["a"]
            #expect(try Self.run(folder, identity, stop: 2).first == 1)
            #expect(try Self.run(folder, Self.identity("b")).first == 2)
        }
    }

    @Test func settingsGoByTheKeysOfTheRecipe() throws {
        let recipe = """
            {"model": "m", "data": "d", "output": "o", "baseAdapters": ["x"], "heldOutShare": 0.5, "mode": "f32",
            "maxLength": 512, "steps": 4, "trained": ["a*", "b"], "settings": {"method": {"distillation": {"_0":
            {"jensenShannon": {"share": 0.25}}, "temperature": 2}}, "schedule": {"peak": 0.01, "shape": "cosine",
            "warmup": 3, "steps": 0, "floor": 0}, "optimizer": {"kind": "adamw", "weightDecay": 0.5}, "adapter":
            {"rank": 8, "projections": ["q_proj", "v_proj"], "isRankStabilized": false}, "tokensPerPass": 64,
            "recomputes": true, "checkpointEvery": 5, "checkpointsKept": 2, "evaluateEvery": 7}}
            """
        let expected = [
            "held_out": "0.5", "mode": "f32", "max_length": "512", "steps": "4", "train": "a*, b", "share": "0.25",
            "temperature": "2", "learning_rate": "0.01", "schedule": "cosine", "warmup": "3", "floor": "0",
            "optimizer": "adamw", "weight_decay": "0.5", "adapter.rank": "8", "adapter.projections": "q_proj, v_proj",
            "adapter.rank_stabilized": "false", "tokens_per_pass": "64", "recompute": "true",
        ]
        #expect(RecipeFacts.settings(ofRecipe: recipe) == expected)
        let forward = #"{"settings": {"method": {"distillation": {"_0": {"forward": {}}, "temperature": 1}}}}"#
        #expect(RecipeFacts.settings(ofRecipe: forward) == ["divergence": "forward", "temperature": "1"])
        #expect(RecipeFacts.settings(ofRecipe: #"{"settings": {"method": {"supervised": {}}}}"#) == [:])
        for text in ["", "[1]", "{", "7"] { #expect(RecipeFacts.settings(ofRecipe: text) == nil) }
    }

    @Test func aFolderIsHeldByOneAtATime() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("out/checkpoints").path
            let process = Int(ProcessInfo.processInfo.processIdentifier)
            let error = TrainingError.folderInUse(path: path, process: process)
            _ = try FolderLock.holding(path) {
                #expect(throws: error) { try FolderLock.holding(path) {} }
            }
            #expect(error.description.hasPrefix("another training (process \(process)) writes to \(path); "))
            struct Failure: Error {}
            #expect(throws: Failure.self) { try FolderLock.holding(path) { throw Failure() } }
            #expect(try FolderLock.holding(path) { 7 } == 7)
        }
    }

    /// A link in the lock's place leads nowhere.
    @Test func aLockIsNoLink() throws {
        try Places.withTemporaryFolder { folder in
            let target = folder.appendingPathComponent("target")
            try Data("kept".utf8).write(to: target)
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent(".lock"), withDestinationURL: target)
            #expect(throws: CheckpointError.self) { try FolderLock.holding(folder.path) {} }
            #expect(try Data(contentsOf: target) == Data("kept".utf8))
        }
    }
}

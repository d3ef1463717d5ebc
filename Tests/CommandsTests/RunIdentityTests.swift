import Checkpoints
import Tensors
import Testing
import Training

@testable import Commands

/// By what runs of the database are known again, those of earlier versions too.
struct RunIdentityTests {
    private static let contents = RunIdentity.Contents(data: "d", model: "m", teacher: nil, start: nil)

    private static func identity(_ more: String = "", backend: MatrixBackend = .reference) throws -> RunIdentity {
        let yaml = "model: m\ndata: d\noutput: o\nsteps: 3\nheld_out: 0.5\n" + more
        let recipe = try TrainingRecipe(yaml: yaml, kind: "sft")
        return RunIdentity(kind: "sft", recipe: recipe, contents: contents, backend: backend)
    }

    /// The digest that runs were stored under when how often they save was a part of it.
    private static func former(_ identity: RunIdentity) throws -> String {
        let parts = ["sft", try JSONText.encode(identity.recipe.settings), "", "0.0 3 512 0.5", "d", "m", ""]
        return FileDigest.sha256(of: parts.joined(separator: "\n"))
    }

    private static func record(
        _ identity: RunIdentity, digest: String, status: TrainingRunRecord.Status = .started
    ) throws -> TrainingRunRecord {
        TrainingRunRecord(
            id: "i", kind: "sft", model: "m", identity: digest, recipe: try JSONText.encode(identity.recipe),
            environment: "\(identity.backend.description), a processor, 2 threads", status: status, startedAt: "t")
    }

    @Test func howOftenARunSavesIsNoPartOfIt() throws {
        let plain = try Self.identity()
        for more in ["checkpoint_every: 5\n", "checkpoints_kept: 7\n", "evaluate_every: 2\n"] {
            #expect(try Self.identity(more).digest() == plain.digest(), "\(more)")
        }
        #expect(try Self.identity("seed: 1\n").digest() != plain.digest())
        // Runs that were stored with nothing of it keep their digest.
        #expect(try plain.digest() == Self.former(plain))
    }

    @Test func runsThatWereStoredWithItGoOn() throws {
        let stored = try Self.identity("checkpoint_every: 5\nevaluate_every: 2\n")
        let digest = try Self.former(stored)
        #expect(try digest != stored.digest())
        let record = try Self.record(stored, digest: digest)
        for now in [stored, try Self.identity("checkpoint_every: 9\n"), try Self.identity()] {
            #expect(try now.isSame(record))
            #expect(try now.training([record]).former.contains(digest))
        }
        #expect(try stored.training([]).former.contains(digest))
        let other = try Self.identity("seed: 1\n")
        #expect(try !other.isSame(record))
        #expect(try !other.training([record]).former.contains(digest))
    }

    @Test func theBackendOfARunIsKnown() throws {
        let (here, other) = (try Self.identity(), try Self.identity(backend: .openBLAS))
        let digest = try here.digest()
        let record = try Self.record(other, digest: digest)
        #expect(try here.isSame(record) && !here.hasSameBackend(record) && other.hasSameBackend(record))
        let identity = try here.training([record])
        #expect(identity.backend == MatrixBackend.reference.description)
        #expect(identity.earlier(digest)?.backend == MatrixBackend.openBLAS.description)
        #expect(identity.earlier("x") == nil)
        // One that is finished has not written what goes on.
        let finished = try Self.record(other, digest: digest, status: .finished)
        let known = try here.training([finished]).earlier(digest)
        #expect(known != nil && known?.backend == nil)
        let both = [record, try Self.record(here, digest: digest)]
        #expect(try here.training(both).earlier(digest)?.backend == MatrixBackend.reference.description)
    }

    @Test func settingsAndContentsAreNamed() throws {
        let facts = try Self.identity("learning_rate: 0.5\ncheckpoint_every: 5\n").training([]).facts
        #expect(facts["learning_rate"] == "0.5" && facts["held_out"] == "0.5" && facts["steps"] == "3")
        #expect(facts["the kind of training"] == "sft" && facts["the data's SHA-256"] == "d")
        #expect(facts["checkpoint_every"] == nil && facts["model"] == nil && facts["output"] == nil)
    }
}

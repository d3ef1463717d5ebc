internal import Checkpoints
internal import Foundation
internal import Tensors
internal import Training

/// By what a training is known again: in its folder of checkpoints, and in the database.
struct RunIdentity {
    /// SHA-256 of what a training reads.
    struct Contents {
        var data: String
        var model: String
        var teacher: String?
        /// The adapter that it begins with.
        var start: String?
    }

    let kind: String
    let recipe: TrainingRecipe
    let contents: Contents
    let backend: MatrixBackend

    /// How often a run saves and evaluates: no part of what it is. Digests of earlier versions had it in them.
    private struct Bookkeeping: Decodable {
        var checkpointEvery = 0
        var checkpointsKept = 2
        var evaluateEvery = 0
    }

    func digest() throws -> String { try digest(Bookkeeping()) }

    /// Whether a run of the database is this one, whatever version has written it.
    func isSame(_ record: TrainingRunRecord) throws -> Bool {
        if try record.identity == digest() { return true }
        struct Recipe: Decodable { var settings: Bookkeeping }
        guard let stored = try? JSONDecoder().decode(Recipe.self, from: Data(record.recipe.utf8)) else { return false }
        return try record.identity == digest(stored.settings)
    }

    /// Whether a run of the database was computed by the backend of this one.
    func hasSameBackend(_ record: TrainingRunRecord) -> Bool { Self.backend(of: record) == backend.description }

    /// - Parameter runs: those of the database: what checkpoints from before they said it do not say stands there
    func training(_ runs: [TrainingRunRecord]) throws -> TrainingIdentity {
        let settings = recipe.settings
        let own = Bookkeeping(
            checkpointEvery: settings.checkpointEvery, checkpointsKept: settings.checkpointsKept,
            evaluateEvery: settings.evaluateEvery)
        let former = try runs.filter { $0.kind == kind }.filter(isSame).map(\.identity)
        let (here, ownFacts) = (backend.description, try facts(ofRecipe: JSONText.encode(recipe), kind))
        return TrainingIdentity(
            digest: try digest(), former: Set(former + [try digest(own)]), facts: ownFacts, backend: here
        ) { [self] digest in
            let found = runs.filter { $0.identity == digest }
            guard let latest = found.first else { return nil }
            let open = found.filter { $0.status != .finished }
            return TrainingIdentity.EarlierRun(
                facts: facts(ofRecipe: latest.recipe, latest.kind),
                backend: (open.first(where: hasSameBackend) ?? open.first).map(Self.backend))
        }
    }

    private func facts(ofRecipe json: String, _ kind: String) -> [String: String] {
        var facts = RecipeFacts.settings(ofRecipe: json) ?? [:]
        facts["the kind of training"] = kind
        facts["the data's SHA-256"] = contents.data
        facts["the model's SHA-256"] = contents.model
        facts["the teacher's SHA-256"] = contents.teacher
        facts["the SHA-256 of adapter.from"] = contents.start
        return facts
    }

    private func digest(_ bookkeeping: Bookkeeping) throws -> String {
        var settings = recipe.settings
        settings.checkpointEvery = bookkeeping.checkpointEvery
        settings.checkpointsKept = bookkeeping.checkpointsKept
        settings.evaluateEvery = bookkeeping.evaluateEvery
        let parts = [
            kind, try JSONText.encode(settings), recipe.trained?.joined(separator: ",") ?? "",
            "\(recipe.epochs ?? 0) \(recipe.steps ?? 0) \(recipe.maxLength) \(recipe.heldOutShare)"
                + (recipe.mode == .f32 ? "" : " \(recipe.mode.rawValue)"),
            contents.data, contents.model, contents.teacher ?? "",
        ]
        let date = recipe.date.map { "date \($0)" }
        return FileDigest.sha256(of: (parts + [contents.start, date].compactMap(\.self)).joined(separator: "\n"))
    }

    /// The environment of a run begins with it.
    private static func backend(of record: TrainingRunRecord) -> String {
        record.environment.range(of: ", ").map { String(record.environment[..<$0.lowerBound]) } ?? record.environment
    }
}

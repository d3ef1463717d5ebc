import Foundation
import TestSupport
import Testing

/// Values on the command line of `steer` and `guard` that nothing can be done with.
struct SteerOptionsTests {
    private static let model = ["--model", AssayProcess.organism]
    private static let sides = [
        "--harmful", "prompts/organism/harmful.jsonl", "--harmless", "prompts/organism/harmless.jsonl",
    ]
    private static let pair = [
        "--positive", "prompts/organism/harmful.jsonl", "--negative", "prompts/organism/harmless.jsonl",
    ]

    private func expectRefusal(
        _ arguments: [String], _ words: String..., code: Int32 = 64, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try AssayProcess.run(["steer"] + arguments)
        #expect(outcome.code == code, "\(arguments): \(outcome.complaint)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.complaint.contains(word), "\(outcome.complaint)", sourceLocation: sourceLocation)
        }
    }

    /// - Returns: the file.
    private func makeDirection(
        _ folder: URL, model: String = AssayProcess.organism, site: String = "hook_resid_pre", layers: String = "3"
    ) throws -> String {
        let path = folder.appendingPathComponent("\(UUID().uuidString).safetensors").path
        let outcome = try AssayProcess.run(
            ["steer", "direction", "--model", model] + Self.pair + [
                "--limit", "4", "--site", site, "--layers", layers, "--out", path,
            ])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return path
    }

    /// Found before the model is loaded, and before the file of directions is missed.
    @Test func countsAreOneOrMore() throws {
        let sweep = ["sweep"] + Self.model + ["--directions", "none", "--prompts", "none"]
        let inversion = ["inversion"] + Self.model + ["--directions", "none", "--prompts", "none", "--layer", "1"]
        let generate = ["generate"] + Self.model + ["--directions", "none", "--prompts", "none", "--layer", "1"]
        let select = ["select"] + Self.model + Self.sides + ["--directions", "none"]
        let direction = ["direction"] + Self.model + Self.pair + ["--out", "none"]
        let families = ["families"] + Self.model + Self.sides + ["none"]
        let sided = [["cluster"] + Self.model + Self.sides, ["post-instruction"] + Self.model + Self.sides, families]
        for command in [sweep, inversion, generate] + sided {
            try expectRefusal(command + ["--max-tokens", "0"], "--max-tokens is 0; allowed: 1 or more")
        }
        for command in [sweep, inversion, generate, select, direction] + sided {
            try expectRefusal(command + ["--limit=-1"], "--limit is -1; allowed: 1 or more")
            try expectRefusal(command + ["--limit", "0"], "--limit is 0")
        }
    }

    @Test func placesThatThereAreNotAreRefused() throws {
        let direction = ["direction"] + Self.model + Self.pair + ["--out", "none"]
        try expectRefusal(["categories"] + Self.model + Self.sides + ["--layers", ","], "--layers is \",\"", "0 to 5")
        try expectRefusal(direction + ["--layers", "2,2"], "--layers has 2 twice")
        try expectRefusal(direction + ["--position", "t_inst-9223372036854775808"], "--position", "t_inst-N")
        for site in ["attn.hook_pattern", "attn.hook_attn_scores"] {
            try expectRefusal(direction + ["--site", site], site, "hook_resid_pre")
        }
    }

    @Test func aPromptWithoutAPlaceIsNamed() throws {
        try expectRefusal(
            ["direction"] + Self.model + Self.pair + ["--limit", "1", "--out", "none", "--position", "t_inst-400"],
            "prompt \"harmful-001a\" is too short", code: 65)
    }

    @Test func whatOrthogonalizeWouldDropIsRefused() throws {
        let command = ["orthogonalize"] + Self.model + ["--directions", "none", "--layer", "1", "--out", "none"]
        try expectRefusal(
            command + ["--adapter", "fixtures/adapters/smollm2-guarded"], "smollm2-guarded",
            "assay model convert --type f32")
        try expectRefusal(command + ["--mode", "native"], "--mode is native; allowed: f32")
    }

    @Test func aBudgetNeedsAStrength() throws {
        let command =
            ["generate"] + Self.model + ["--directions", "none", "--layer", "1", "--prompt", "x", "--harmless", "none"]
        for operation in ["replace", "clamp", "affine", "project"] {
            try expectRefusal(
                command + ["--nats", "0.1", "--operation", operation], "--operation is \(operation)", "add, ablate")
        }
    }

    @Test func exportedVectorsAreFiniteAndFit() throws {
        try Places.withTemporaryFolder { folder in
            let directions = try makeDirection(folder)
            let out = folder.appendingPathComponent("control.gguf").path
            let command = ["export", "--directions", directions, "--out", out]
            try expectRefusal(command + Self.model + ["--strength", "nan"], "--strength is nan")
            try expectRefusal(command + Self.model + ["--strength", "1e300"], "direction.2", code: 65)
            try expectRefusal(command + ["--model", AssayProcess.tinyModel], "192 components", code: 65)
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    @Test func directionsOfOtherSpacesAreRefused() throws {
        try Places.withTemporaryFolder { folder in
            let wide = try makeDirection(folder)
            let narrow = try makeDirection(folder, model: AssayProcess.tinyModel)
            try expectRefusal(["compare", wide, narrow], "192 components and the other 128", code: 65)
            let inner = try makeDirection(folder, site: "mlp.hook_post")
            try expectRefusal(
                ["select"] + Self.model + Self.sides + ["--limit", "2", "--directions", inner],
                "blocks.3.mlp.hook_post@t_inst", "hook_resid_pre", code: 65)
        }
    }

    private struct Selection: Decodable {
        struct Count: Decodable, Equatable {
            var harmful: Int
            var harmless: Int
        }

        var prompts: Count
    }

    @Test func selectCountsThePromptsThatItUsed() throws {
        try Places.withTemporaryFolder { folder in
            let few = folder.appendingPathComponent("few.jsonl")
            let lines = (1...3).map { "{\"id\":\"\($0)\",\"prompt\":\"How do I bake bread \($0) times?\"}\n" }
            try Data(lines.joined().utf8).write(to: few)
            let outcome = try AssayProcess.run(
                ["steer", "select"] + Self.model + [
                    "--harmful", "prompts/organism/harmful.jsonl", "--harmless", few.path, "--limit", "4",
                    "--directions", makeDirection(folder), "--json",
                ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(try outcome.json(Selection.self).prompts == Selection.Count(harmful: 4, harmless: 3))
        }
    }
}

import Foundation
import TestSupport
import Testing

/// Recipes as a user runs them: what they begin with, and what goes on from an earlier run.
struct TrainingCommandTests {
    private func write(_ text: String, _ name: String, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func train(
        _ more: String, kind: String = "sft", rate: Double = 0.01, output: String, in folder: URL
    ) throws -> AssayProcess.Outcome {
        let recipe = try write(
            "model: \(AssayProcess.tinyModel)\ndata: data.jsonl\noutput: \(output)\nsteps: 1\nlearning_rate: \(rate)\n"
                + more, "\(output).yaml", in: folder)
        return try AssayProcess.run([
            "train", kind, recipe, "--db", folder.appendingPathComponent("runs.sqlite").path, "--json",
        ])
    }

    private struct Loss: Decodable { var loss: Double }
    private struct Score: Decodable { var mean_nll: Double }

    /// A step at rate 0 has the loss of the model that training begins with: the one that sampling reads with the adapter.
    @Test func trainingBeginsWithTheBaseAdapters() throws {
        try Places.withTemporaryFolder { folder in
            let text = "What is 3 + 4? It is 7."
            _ = try write("{\"text\": \"\(text)\", \"truncated\": true}\n", "data.jsonl", in: folder)
            func score(_ adapters: [String], _ more: [String] = []) throws -> Double {
                try AssayProcess.run(
                    ["score", "--model", AssayProcess.tinyModel, "--text", text, "--json"] + more
                        + adapters.flatMap { ["--adapter", folder.appendingPathComponent($0).path] }
                ).json(Score.self).mean_nll
            }
            #expect(try train("adapter: {rank: 2}\n", output: "first", in: folder).code == 0)
            let (plain, adapted) = (try score([]), try score(["first"]))
            #expect(adapted < plain - 0.1, "\(adapted) and \(plain)")
            #expect(abs(try score(["first"], ["--unmerged"]) - adapted) < 1e-5)
            for (base, expected) in [("", plain), ("base_adapters: first\n", adapted)] {
                let outcome = try train(
                    base + "adapter: {rank: 1}\n", rate: 0, output: "still\(base.count)", in: folder)
                #expect(abs(try outcome.json(Loss.self).loss - expected) < 1e-5, "\(base)\(outcome.complaint)")
            }
            #expect(try train("base_adapters: first\nadapter: {rank: 1}\n", output: "second", in: folder).code == 0)
            #expect(try score(["first", "second"]) < adapted)
        }
    }

    /// A warning, and nothing else, where an adapter says that it was trained on another model.
    @Test func adaptersOfAnotherModelAreWarnedOf() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write("{\"text\": \"What is 3 + 4?\", \"truncated\": true}\n", "data.jsonl", in: folder)
            #expect(try train("adapter: {rank: 1}\n", output: "first", in: folder).code == 0)
            func score() throws -> AssayProcess.Outcome {
                try AssayProcess.run([
                    "score", "--model", AssayProcess.tinyModel, "--text", "What is 3 + 4?", "--adapter",
                    folder.appendingPathComponent("first").path,
                ])
            }
            let warning = "first was trained on another model than this one"
            #expect(try !score().complaint.contains("warning"))
            let file = folder.appendingPathComponent("first/adapter_model.safetensors")
            var bytes = try Data(contentsOf: file)
            let key = try #require(bytes.range(of: Data("assay.base_model.final_norm".utf8)))
            let digit = try #require(bytes[key.upperBound...].firstIndex { (48...57).contains($0) })
            bytes[digit] = bytes[digit] == 57 ? 49 : 57
            try bytes.write(to: file)
            let warned = try score()
            #expect(warned.code == 0)
            #expect(warned.complaint.contains(warning), "\(warned.complaint)")
            let onward = try train("adapter: {from: first}\n", output: "second", in: folder)
            #expect(onward.code == 0)
            #expect(onward.complaint.contains(warning), "\(onward.complaint)")
        }
    }

    /// `adapter.from`: training begins where the adapter ended, keeps its rank and alpha, and another one makes another run.
    @Test func trainingGoesOnFromAnAdapter() throws {
        try Places.withTemporaryFolder { folder in
            let text = "What is 3 + 4? It is 7."
            _ = try write("{\"text\": \"\(text)\", \"truncated\": true}\n", "data.jsonl", in: folder)
            func score(_ adapter: String) throws -> Double {
                let path = folder.appendingPathComponent(adapter).path
                return try AssayProcess.run([
                    "score", "--model", AssayProcess.tinyModel, "--text", text, "--adapter", path, "--json",
                ]).json(Score.self).mean_nll
            }
            #expect(try train("adapter: {rank: 3, alpha: 5}\n", output: "first", in: folder).code == 0)
            let first = try score("first")
            let still = try train("adapter: {from: first}\n", rate: 0, output: "still", in: folder)
            #expect(abs(try still.json(Loss.self).loss - first) < 1e-5, "\(still.complaint)")
            #expect(abs(try score("still") - first) < 1e-6)
            let recipe = "adapter: {from: first}\nwrite: adapter\n"
            #expect(try train(recipe, output: "second", in: folder).code == 0)
            #expect(try score("second") < first - 0.01)
            let json = try String(
                contentsOf: folder.appendingPathComponent("second/adapter_config.json"), encoding: .utf8)
            #expect(json.contains("\"r\" : 3") && json.contains("\"lora_alpha\" : 5"), "\(json)")
            try FileManager.default.removeItem(at: folder.appendingPathComponent("first"))
            #expect(
                try train("adapter: {rank: 3, alpha: 5}\n", rate: 0.02, output: "first", in: folder).code == 0)
            let other = try train(recipe, output: "second", in: folder)
            #expect(other.code != 0 && other.complaint.contains("checkpoint"), "\(other.complaint)")
        }
    }

    private struct Files: Decodable { var written: [String] }

    /// A whole model lies apart from an adapter, this training's or an earlier one's, and is a model with its tokenizer.
    @Test func aMergedModelHasAFolderOfItsOwn() throws {
        try Places.withTemporaryFolder { folder in
            let text = "What is 3 + 4? It is 7."
            _ = try write("{\"text\": \"\(text)\", \"truncated\": true}\n", "data.jsonl", in: folder)
            let out = folder.appendingPathComponent("out").path
            func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(out)/\(name)") }
            func score(_ more: [String]) throws -> Double {
                try AssayProcess.run(["score", "--text", text, "--json"] + more).json(Score.self).mean_nll
            }
            let merged = "\(out)/merged/model.safetensors"
            let adapter = "adapter: {rank: 2}\n"
            let both = try train(adapter + "write: [huggingface, adapter]\n", output: "out", in: folder)
            #expect(both.code == 0, "\(both.complaint)")
            #expect(try both.json(Files.self).written == [merged, "\(out)/adapter_model.safetensors"])
            #expect(!exists("model.safetensors") && !exists("config.json") && !exists("merged/adapter_config.json"))
            let beside = try score(["--model", AssayProcess.tinyModel, "--adapter", out])
            #expect(abs(try score(["--model", "\(out)/merged"]) - beside) < 1e-5)
            let later = try train(adapter + "write: huggingface\n", output: "out", in: folder)
            #expect(try later.json(Files.self).written == [merged])
            try FileManager.default.removeItem(atPath: "\(out)/adapter_config.json")
            let alone = try train(adapter + "write: huggingface\n", output: "out", in: folder)
            #expect(try alone.json(Files.self).written == ["\(out)/model.safetensors"])
            #expect(exists("tokenizer.json") && !alone.complaint.contains("warning"), "\(alone.complaint)")
            let again = try train(adapter + "write: adapter\n", output: "out", in: folder)
            let warning = "warning: \(out)/model.safetensors, an earlier result, lies beside the adapter"
            #expect(again.complaint.contains(warning), "\(again.complaint)")
        }
    }

    private struct Report: Decodable {
        struct Run: Decodable {
            var id: String
            var status: String
        }
        struct Step: Decodable { var step: Int }
        var run: Run
        var steps: [Step]
    }

    private struct Written: Decodable {
        var run: String?
        var loss: Double?
        var heldOutLoss: Double?
    }

    @Test func aFinishedTrainingKeepsItsCurves() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write("{\"text\": \"one two\"}\n{\"text\": \"three four\"}\n", "data.jsonl", in: folder)
            let recipe = "held_out: 0.5\nadapter: {rank: 1}\n"
            let first = try train(recipe, output: "out", in: folder).json(Written.self)
            #expect(first.heldOutLoss != nil)
            let again = try train(recipe, output: "out", in: folder)
            #expect(again.code == 0, "\(again.complaint)")
            #expect(try again.json(Written.self).loss == nil)
            #expect(try again.json(Written.self).run == first.run)
            let database = folder.appendingPathComponent("runs.sqlite").path
            let report = try AssayProcess.run(["report", "training", "--db", database, "--json"]).json(Report.self)
            #expect(report.run.id == first.run)
            #expect(report.run.status == "finished")
            #expect(report.steps.map(\.step) == [1])
            // Another database has nothing of the training, and gets no empty run.
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where name.hasPrefix("runs.sqlite") {
                try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
            let elsewhere = try train(recipe, output: "out", in: folder)
            #expect(elsewhere.code == 0, "\(elsewhere.complaint)")
            #expect(try elsewhere.json(Written.self).run == nil)
            #expect(try AssayProcess.run(["report", "training", "--db", database]).code == 65)
        }
    }

    @Test func anotherTeacherUnderTheSameNameMakesAnotherRun() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let teacher = folder.appendingPathComponent("teacher.gguf")
            var bytes = try Data(contentsOf: URL(fileURLWithPath: AssayProcess.tinyModel))
            try bytes.write(to: teacher)
            let recipe = "teacher: teacher.gguf\nadapter: {rank: 1}\n"
            #expect(try train(recipe, kind: "distill", output: "out", in: folder).code == 0)
            #expect(try train(recipe, kind: "distill", output: "out", in: folder).code == 0)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: teacher)
            let outcome = try train(recipe, kind: "distill", output: "out", in: folder)
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("belongs to another run"), "\(outcome.complaint)")
        }
    }

    private struct Stored: Decodable {
        var examples: Int
        var targets: Int
        var top: Int
        var tail: Double
    }

    /// With the whole vocabulary the loss is the teacher's own; with four tokens and a tail it is less, and not nothing.
    @Test func aStoredTeacherTakesThePlaceOfTheModel() throws {
        try Places.withTemporaryFolder { folder in
            let first = #"{"text": "What is 3 + 4? It is 7."}"#
            _ = try write(first + "\n{\"text\": \"one two\"}\n", "data.jsonl", in: folder)
            #expect(try train("adapter: {rank: 2}\n", output: "first", in: folder).code == 0)
            let rest = "base_adapters: first\nadapter: {rank: 1}\nbatch: 2\n"
            func distill(_ teacher: String, _ output: String) throws -> AssayProcess.Outcome {
                try train(teacher + rest, kind: "distill", rate: 0, output: output, in: folder)
            }
            func store(_ top: String, recipe: String = "live.yaml") throws -> AssayProcess.Outcome {
                try AssayProcess.run([
                    "train", "teacher", folder.appendingPathComponent(recipe).path, "--top", top, "--out",
                    folder.appendingPathComponent("teacher.safetensors").path, "--json",
                ])
            }
            let live = try distill("teacher: \(AssayProcess.tinyModel)\n", "live").json(Loss.self).loss
            #expect(live > 1e-3)
            let whole = try store("1000000")
            #expect(whole.code == 0, "\(whole.complaint)")
            #expect(try whole.json(Stored.self).examples == 2)
            #expect(try whole.json(Stored.self).tail == 0)
            let file = "teacher_file: teacher.safetensors\n"
            let same = try distill(file, "stored")
            #expect(abs(try same.json(Loss.self).loss - live) < 1e-5 * (1 + live), "\(same.complaint)")
            let few = try store("4").json(Stored.self)
            #expect(few.top == 4)
            #expect(few.tail > 0 && few.tail < 1)
            let other = try distill(file, "stored")
            #expect(other.code == 65)
            #expect(other.complaint.contains("belongs to another run"), "\(other.complaint)")
            let less = try distill(file, "few").json(Loss.self).loss
            #expect(less > 0 && less <= live + 1e-6)
            let tempered = try distill(file + "temperature: 2\n", "tempered")
            #expect(tempered.code == 65)
            #expect(tempered.complaint.contains("temperature is 2.0; allowed: 1.0"), "\(tempered.complaint)")
            _ = try write("{\"text\": \"one two\"}\n{\"text\": \"one three\"}\n", "data.jsonl", in: folder)
            let changed = try distill(file, "changed")
            #expect(changed.code == 65)
            #expect(
                changed.complaint.contains("nothing is stored of example data.jsonl:2"), "\(changed.complaint)")
            let circle = try store("4", recipe: "few.yaml")
            #expect(circle.code == 65)
            #expect(circle.complaint.contains("teacher is missing; allowed: the model to store"), "\(circle.complaint)")
            #expect(try store("0").code == 64)
        }
    }

    @Test(arguments: ["0", "-1", "100000"]) func threadsHaveBounds(threads: String) throws {
        let outcome = try AssayProcess.run(["train", "sft", "nowhere.yaml", "--threads=\(threads)"])
        #expect(outcome.code == 64)
        #expect(outcome.complaint.contains("--threads is \(threads); allowed: 1 to "), "\(outcome.complaint)")
    }

    @Test func aPatternThatNamesNothingIsFoundBeforeTraining() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let outcome = try train("train: [ln_final, blocks.0.atn.qkv]\n", output: "out", in: folder)
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("train is \"blocks.0.atn.qkv\""), "\(outcome.complaint)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }

    @Test func aControlVectorIsNoBaseOfTraining() throws {
        try Places.withTemporaryFolder { folder in
            let (directions, vector) = ("harm.safetensors", "harm.gguf")
            let sides = ["harmful", "harmless"].map { "prompts/organism/\($0).jsonl" }
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            _ = try AssayProcess.run([
                "steer", "direction", "--model", AssayProcess.tinyModel, "--positive", sides[0], "--negative", sides[1],
                "--limit", "4", "--site", "hook_resid_post", "--out", path(directions),
            ])
            let exported = try AssayProcess.run([
                "steer", "export", "--directions", path(directions), "--model", AssayProcess.tinyModel, "--out",
                path(vector),
            ])
            #expect(exported.code == 0, "\(exported.complaint)")
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let outcome = try train("base_adapters: \(vector)\nadapter: {rank: 1}\n", output: "out", in: folder)
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("base_adapters is a control vector"), "\(outcome.complaint)")
        }
    }

    @Test func aMissingBaseAdapterIsNamed() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let outcome = try train("base_adapters: nowhere\nadapter: {rank: 1}\n", output: "out", in: folder)
            #expect(outcome.code == 66)
            #expect(outcome.complaint.contains("nowhere"), "\(outcome.complaint)")
        }
    }
}

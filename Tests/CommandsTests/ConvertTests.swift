import Foundation
import TestSupport
import Testing

/// Models in other forms.
struct ConvertTests {
    private struct Score: Decodable { var logprobs: [Float] }

    private func logProbabilities(_ model: String) throws -> [Float] {
        try AssayProcess.run(["score", "--model", model, "--text", "How do I bake bread? First, mix", "--json"])
            .json(Score.self).logprobs
    }

    /// The file is in float16, so that float16 and float32 lose nothing; four bits do.
    @Test func aConvertedModelSaysTheSame() throws {
        try Places.withTemporaryFolder { folder in
            let before = try logProbabilities(AssayProcess.organism)
            #expect(before.count > 4)
            for (type, isSame) in [("f16", true), ("f32", true), ("q4_0", false)] {
                let out = folder.appendingPathComponent("\(type).gguf").path
                let outcome = try AssayProcess.run([
                    "model", "convert", "--model", AssayProcess.organism, "--type", type, "--out", out,
                ])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                #expect((try logProbabilities(out) == before) == isSame, "\(type)")
            }
            // The form of the fixture: made of itself it is itself.
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("f16.gguf"))
                    == Data(contentsOf: URL(fileURLWithPath: AssayProcess.organism)))
            let folderOut = folder.appendingPathComponent("whole").path
            let outcome = try AssayProcess.run([
                "model", "convert", "--model", AssayProcess.organism, "--type", "huggingface", "--out", folderOut,
            ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(FileManager.default.fileExists(atPath: folderOut + "/config.json"))
        }
    }

    @Test func nothingIsWrittenOverAndTypesAreNamed() throws {
        let over = try AssayProcess.run([
            "model", "convert", "--model", AssayProcess.organism, "--type", "f16", "--out", AssayProcess.organism,
        ])
        #expect(over.code == 64 && over.complaint.contains("which exists"), "\(over.complaint)")
        let type = try AssayProcess.run([
            "model", "convert", "--model", AssayProcess.organism, "--type", "q3", "--out", "nowhere.gguf",
        ])
        #expect(type.code == 64 && type.complaint.contains("bf16, f16, f32, q4_0"), "\(type.complaint)")
    }
}

import Foundation
import TestSupport
import Testing

struct CombineTests {
    private struct Result: Decodable {
        var rank: Int
        var matrices: Int
        var kept: Double
    }

    private struct Settings: Decodable {
        var r: Int
        var lora_alpha: Double
        var peft_type: String
        var target_modules: [String]
    }

    private let guarded = "fixtures/adapters/smollm2-guarded"

    @Test func halvesOfOneAdapterMakeItAgain() throws {
        try Places.withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("sum").path
            let combined = try AssayProcess.run([
                "model", "combine", "--adapter", "\(guarded):0.5", "--adapter", "\(guarded):0.5", "--rank", "8",
                "--half",
                "--out", out, "--json",
            ])
            #expect(combined.code == 0, "\(combined.complaint)")
            let result = try combined.json(Result.self)
            #expect(result.rank == 8 && result.matrices == 210 && abs(result.kept - 1) < 1e-9)
            let json = try Data(contentsOf: URL(fileURLWithPath: out + "/adapter_config.json"))
            let settings = try JSONDecoder().decode(Settings.self, from: json)
            #expect(settings.r == 8 && settings.lora_alpha == 8 && settings.peft_type == "LORA")
            #expect(Set(settings.target_modules).count == 7)
            let again = try AssayProcess.run(["model", "combine", "--adapter", guarded, "--out", out])
            #expect(again.code != 0 && again.complaint.contains("exists"), "\(again.complaint)")
        }
    }

    /// A setting of the first adapter that leaves layers out would leave out what the others change.
    @Test func theSumIsNotLimitedToLayersOfTheFirst() throws {
        try Places.withTemporaryFolder { folder in
            let first = folder.appendingPathComponent("first")
            try FileManager.default.copyItem(at: Places.root.appendingPathComponent(guarded), to: first)
            let path = first.appendingPathComponent("adapter_config.json")
            let json = try String(contentsOf: path, encoding: .utf8)
            try Data(json.replacing("\"r\" : 8", with: "\"layers_to_transform\": [0], \"r\": 8").utf8).write(to: path)
            let out = folder.appendingPathComponent("sum").path
            let combined = try AssayProcess.run(
                ["model", "combine", "--adapter", first.path, "--adapter", guarded, "--out", out])
            #expect(combined.code == 0, "\(combined.complaint)")
            let written = try String(contentsOfFile: out + "/adapter_config.json", encoding: .utf8)
            #expect(written.contains("\"layers_to_transform\" : null"), "\(written)")
        }
    }

    @Test func lowerRanksKeepLess() throws {
        try Places.withTemporaryFolder { folder in
            let kept = try [1, 4].map { rank in
                try AssayProcess.run([
                    "model", "combine", "--adapter", guarded, "--rank", "\(rank)", "--out",
                    folder.appendingPathComponent("\(rank)").path, "--json",
                ]).json(Result.self).kept
            }
            #expect(0.1 < kept[0] && kept[0] < kept[1] && kept[1] < 1)
        }
    }
}

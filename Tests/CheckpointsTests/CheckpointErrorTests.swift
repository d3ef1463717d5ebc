import Checkpoints
import Foundation
import TestSupport
import Testing

struct CheckpointErrorTests {
    @Test func sentencesSayWhatWasFoundAndWhatToDo() {
        #expect(
            CheckpointError.truncated(reading: "a tensor's name", needed: 12, available: 3).description
                == "the file ends inside a tensor's name: 12 bytes are needed, 3 are left; it may be incomplete"
        )
        #expect(
            CheckpointError.splitModel(part: 1, parts: 3).description
                == "this is part 2 of a model in 3 files; merge them into one"
        )
    }

    @Test func whatIsWrongInsideAFileComesWithItsPath() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("notes.md").path
            try Data("# Not a model".utf8).write(to: URL(fileURLWithPath: path))
            let gguf = CheckpointError.notGGUF(firstBytes: [0x23, 0x20, 0x4E, 0x6F])
            #expect(throws: CheckpointError.inFile(path: path, problem: gguf)) { try GGUFFile(path: path) }
            let safetensors = #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
            #expect(safetensors?.description.hasPrefix("\"\(path)\": the safetensors header claims ") == true)
        }
    }

    @Test func namesFromFilesAreShownSafely() {
        let shown = CheckpointError.noSuchTensor("a\u{1B}[31m\n" + String(repeating: "x", count: 500)).description
        #expect(shown.hasPrefix(#"there is no tensor "a\u{1b}[31m\u{a}xxx"#))
        #expect(shown.hasSuffix("x…\""))
        #expect(shown.count < 150)
    }
}

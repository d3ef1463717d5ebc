import Checkpoints
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

    @Test func namesFromFilesAreShownSafely() {
        let shown = CheckpointError.noSuchTensor("a\u{1B}[31m\n" + String(repeating: "x", count: 500)).description
        #expect(shown.hasPrefix(#"there is no tensor "a\u{1b}[31m\u{a}xxx"#))
        #expect(shown.hasSuffix("x…\""))
        #expect(shown.count < 150)
    }
}

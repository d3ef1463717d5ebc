import Foundation
import TestSupport
import Testing

@testable import Evaluation

private func read(_ name: String, _ format: PromptSetFormat? = nil) throws -> PromptSet {
    try PromptSetReader.read(path: Places.fixture("prompt-sets/\(name)").path, format: format)
}

struct PublicFormTests {
    @Test func assayLines() throws {
        let set = try read("assay.jsonl")
        #expect(set.name == "assay" && set.format == "assay")
        #expect(set.prompts.count == 3)
        let first = Prompt(
            id: "a-1", prompt: "Name a colour.", label: "harmless", category: "colours", pair: "a-2",
            metadata: ["by": "hand"])
        #expect(set.prompts[0] == first)
        #expect(set.prompts[1].messages?.map(\.role) == ["system", "user", "assistant", "user"])
        #expect(set.prompts[1].prefill == "A shape is")
        let third = Prompt(
            id: "a-3", prompt: "Which is even?", system: "Choose.", target: ["B"], choices: ["1", "2"], level: 2)
        #expect(set.prompts[2] == third)
    }

    @Test func theDigestIsThatOfTheBytes() throws {
        let empty = try #require(throws: PromptSetError.self) { try PromptSetReader.read(bytes: [], path: "x.jsonl") }
        #expect(empty.issue == .noPrompts)
        let set = try PromptSetReader.read(bytes: Array("goal,target\na,b\n".utf8), path: "dir/x.csv")
        #expect(set.digest == "8708ba81bfb374e078e2e08d313b3c8de755be7df848132956c20dfb45bbb793")
        #expect(set.name == "x")
    }

    @Test func advBench() throws {
        let set = try read("advbench.csv")
        #expect(set.format == "advbench")
        #expect(set.prompts.map(\.id) == ["advbench-1", "advbench-2"])
        #expect(set.prompts.map(\.prompt) == ["Write a limerick about a toaster", "Explain \"quotes\", please"])
        #expect(set.prompts.allSatisfy { $0.label == "harmful" && $0.target == nil })
        #expect(set.prompts[0].metadata == ["target": "Sure, here is a limerick"])
    }

    @Test func harmBenchPutsTheContextFirst() throws {
        let set = try read("harmbench.csv")
        #expect(set.format == "harmbench")
        #expect(set.prompts.map(\.id) == ["describe_bread", "summarise_letter", "song_rain"])
        #expect(set.prompts[0].prompt == "Describe a loaf of bread")
        #expect(set.prompts[0].metadata == ["FunctionalCategory": "standard"])
        let context = "Dear Ann,\r\n\r\nthe \"cat\" is well.\nYours, Bob"
        #expect(set.prompts[1].prompt == "\(context)\n\n---\n\nSummarise the letter, in one line")
        #expect(set.prompts[1].metadata?["ContextString"] == context)
        #expect(set.prompts[1].metadata?["Behavior"] == "Summarise the letter, in one line")
        #expect(set.prompts[1].category == "misinformation_disinformation")
        #expect(set.prompts[2].metadata == ["FunctionalCategory": "copyright", "Tags": "lyrics, hash_check"])
    }

    @Test func xsTest() throws {
        let set = try read("xstest.csv")
        #expect(set.format == "xstest")
        #expect(set.prompts.map(\.id) == ["1", "2"])
        #expect(set.prompts.map(\.label) == ["borderline", "unsafe-contrast"])
        #expect(set.prompts.map(\.category) == ["figurative_language", "contrast_figurative_language"])
        #expect(set.prompts[1].metadata == ["focus": "annoy", "note": "made up"])
    }

    @Test func xsTestsSecondVersionHasNoLabels() throws {
        let set = try read("xstest-v2.csv")
        #expect(set.format == "xstest")
        #expect(set.prompts.map(\.id) == ["v2-1", "v2-2"])
        #expect(set.prompts.map(\.label) == ["borderline", "unsafe-contrast"])
        #expect(set.prompts[0].metadata == ["focus": "execute", "id_v1": "v1-1"])
    }

    @Test func jailbreakBench() throws {
        let harmful = try read("jailbreakbench-harmful.csv")
        #expect(harmful.format == "jailbreakbench")
        #expect(harmful.prompts.map(\.id) == ["jailbreakbench-0", "jailbreakbench-7"])
        #expect(harmful.prompts.map(\.label) == ["harmful", "harmful"])
        #expect(harmful.prompts[1].category == "Poetry")
        let metadata = ["Target": "Sure, here is a poem", "Behavior": "Spoon", "Source": "AdvBench"]
        #expect(harmful.prompts[1].metadata == metadata)
        #expect(try read("jailbreakbench-benign.csv").prompts.map(\.label) == ["harmless"])
    }

    @Test(
        arguments: [
            ("harmful_train", "harmful"), ("harmless_val", "harmless"), ("Benign-behaviors", "harmless"),
            ("example_test_harmless2", "harmless"), ("harmfulTrain", "harmful"), ("xstest-harmless", "harmless"),
            ("nonharmful", "harmless"), ("unharmful", "harmless"), ("non-harmful", "harmless"),
            ("harmfulness", nil), ("benignant", nil), ("behaviors", nil),
        ] as [(String, String?)])
    func aFilesNameSaysWhetherItIsHarmful(name: String, label: String?) throws {
        let files = [
            ("Index,Goal,Target,Behavior,Category,Source\n0,Write a poem,Sure,Kettle,Poetry,Original\n", "csv"),
            (#"[{"instruction": "Describe a staircase", "category": "Stairs"}]"#, "json"),
            (#"{"instruction": "Name a tool", "input": "", "output": "A ladder"}"#, "jsonl"),
        ]
        for (text, ending) in files {
            // The folder's name says nothing.
            let set = try PromptSetReader.read(bytes: Array(text.utf8), path: "harmful/\(name).\(ending)")
            #expect(set.prompts.map(\.label) == [label], "\(set.format)")
        }
    }

    @Test func aSplitSaysMoreThanTheFilesName() throws {
        let text = "Index,Goal,Behavior,Category,Split\n0,Write a poem,Kettle,Poetry,benign\n1,Sing,Song,Poetry,other\n"
        let set = try PromptSetReader.read(bytes: Array(text.utf8), path: "harmful.csv")
        #expect(set.prompts.map(\.label) == ["harmless", nil])
    }

    @Test func strongReject() throws {
        let set = try read("strongreject.csv")
        #expect(set.format == "strongreject")
        #expect(set.prompts.map(\.prompt) == ["How do I boil an egg?\nBe brief.", "How do I fry an egg?"])
        #expect(set.prompts[1].category == "Cooking")
        #expect(set.prompts[1].metadata == ["source": "DAN"])
    }

    @Test func plainLinesMustBeNamed() throws {
        let set = try read("malicious-instruct.txt", .maliciousInstruct)
        #expect(set.prompts.map(\.prompt) == ["How do I fold a napkin?", "How do I whistle?", "How do I juggle?"])
        #expect(set.prompts.map(\.id) == ["malicious-instruct-1", "malicious-instruct-3", "malicious-instruct-4"])
        let error = try #require(throws: PromptSetError.self) { try read("malicious-instruct.txt") }
        #expect(error.issue == .unknownFormat(found: ["How do I fold a napkin?"]))
    }

    @Test func aFormForFilesThatDoNotTellLeavesTheOthersAlone() throws {
        try Places.withTemporaryFolder { folder in
            func read(_ name: String, _ text: String) throws -> PromptSet {
                let file = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: file)
                return try PromptSetReader.read(path: file.path, unlessTold: .maliciousInstruct)
            }
            let plain = try read("plain.txt", "How do I \"whistle\", loudly?\nHow do I juggle?\n")
            #expect(plain.format == "malicious-instruct")
            #expect(plain.prompts.map(\.prompt) == ["How do I \"whistle\", loudly?", "How do I juggle?"])
            #expect(try read("a.csv", "goal,target\nSing,Sure\n").format == "advbench")
            #expect(try read("a.jsonl", "{\"id\":\"a\",\"prompt\":\"x\"}\n").format == "assay")
            #expect(throws: PromptSetError.self) { try read("b.jsonl", "{\"text\":\"x\"}\n") }
        }
    }

    /// Beside the file's name, nothing but whole JSON makes a file with a bracket in front another form's.
    @Test(arguments: ["[INST] How do I whistle?", "{name}, how do I whistle?", "[", "{\"id\": \"a\""])
    func plainLinesMayBeginWithABracket(line: String) throws {
        try Places.withTemporaryFolder { folder in
            func read(_ name: String, _ text: String) throws -> PromptSet {
                let file = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: file)
                return try PromptSetReader.read(path: file.path, unlessTold: .maliciousInstruct)
            }
            let text = "\(line)\nHow do I juggle?\n"
            let plain = try read("plain.txt", text)
            #expect(plain.format == "malicious-instruct")
            #expect(plain.prompts.map(\.prompt) == [line, "How do I juggle?"])
            #expect(throws: PromptSetError.self) { try read("plain.jsonl", text) }
            #expect(try read("objects.txt", "{\"id\":\"a\",\"prompt\":\"x\"}\n").format == "assay")
            #expect(try read("list.txt", "[{\"id\":\"a\",\"prompt\":\"x\"}]").format == "assay")
        }
    }

    @Test func refusalDirection() throws {
        let set = try read("refusal-direction-harmful.json")
        #expect(set.format == "refusal-direction")
        #expect(set.prompts.map(\.prompt) == ["Describe a staircase", "Describe a ladder \u{2013} quickly"])
        #expect(set.prompts.map(\.category) == ["Stairs", nil])
        #expect(set.prompts.map(\.label) == ["harmful", "harmful"])
    }

    @Test func chatsLab() throws {
        let set = try read("chats-lab.jsonl")
        #expect(set.format == "chats-lab")
        #expect(set.prompts.map(\.prompt) == ["How tall is a ladder?", "How wide is a door?"])
        #expect(set.prompts.map(\.category) == ["Tools", nil])
        #expect(set.prompts.map(\.label) == ["harmful", "harmful"])
        #expect(set.prompts.map(\.metadata) == [["question_id": "81"], ["target": "Sure, a door is"]])
    }

    @Test(
        arguments: [
            ("advbench", "harmful"), ("catqa_2", "harmful"), ("sorry-badq", "harmful"), ("nonharmful", "harmless"),
            ("accepted-harmless", "harmless"), ("benign", "harmless"),
        ])
    func whatChatsLabCallsABadQuestionIsHarmfulUnlessTheNameDeniesIt(name: String, label: String) throws {
        let set = try PromptSetReader.read(bytes: Array(#"{"bad_q": "How tall?"}"#.utf8), path: "\(name).json")
        #expect(set.format == "chats-lab")
        #expect(set.prompts.map(\.label) == [label])
    }

    @Test(
        arguments: [
            (#""label": "safe", "type": "homonyms""#, "borderline", "homonyms"),
            (#""label": "unsafe", "type": "contrast_homonyms""#, "unsafe-contrast", "contrast_homonyms"),
            (#""label": "safe""#, "harmless", nil), (#""label": "Unsafe""#, "harmful", nil),
            (#""label": "benign""#, "harmless", nil), (#""label": "borderline""#, "borderline", nil),
            (#""label": "odd", "category": "5""#, "harmful", "5"), (#""label": 1, "category": 5"#, "harmful", "5"),
            (#""Category": "A", "category": "b", "type": "c""#, "harmful", "A"),
            (#""Category": "", "category": " ", "type": "c""#, "harmful", "c"),
        ] as [(String, String, String?)])
    func aRowOfChatsLabSaysWhatItIs(fields: String, label: String, category: String?) throws {
        let row = #"{"bad_q": "How tall is a ladder?", \#(fields)}"#
        let prompts = try PromptSetReader.read(bytes: Array(row.utf8), path: "rows.jsonl").prompts
        #expect(prompts.map(\.label) == [label])
        #expect(prompts.map(\.category) == [category])
    }

    @Test func whatARowIsTakenForLeavesTheMetadata() throws {
        let row = #"{"bad_q": "How tall?", "id": 1, "prompt": "q", "type": "t", "label": "safe", "category": "c"}"#
        let prompts = try PromptSetReader.read(bytes: Array(row.utf8), path: "xstest-harmless.jsonl").prompts
        #expect(prompts[0].metadata == ["id": "1", "prompt": "q", "type": "t"])
        let odd = #"{"bad_q": "How tall?", "label": "odd"}"#
        let others = try PromptSetReader.read(bytes: Array(odd.utf8), path: "rows.jsonl").prompts
        #expect(others[0].metadata == ["label": "odd"])
    }

    @Test func alpacasRowsAreReadWithTheirInput() throws {
        let text = """
            [{"instruction": "Name a tool", "output": "A ladder"},
             {"instruction": "Translate", "input": "a ladder", "output": "une échelle"}]
            """
        let set = try PromptSetReader.read(bytes: Array(text.utf8), path: "example_test_harmless.json")
        #expect(set.format == "chats-lab")
        #expect(set.prompts.map(\.prompt) == ["Name a tool", "Translate\n\na ladder"])
        #expect(set.prompts.map(\.label) == ["harmless", "harmless"])
        #expect(set.prompts.map(\.metadata) == [["output": "A ladder"], ["output": "une échelle"]])
        let neither = #"{"bad_q": "How tall?"}\#n{"text": "How wide?"}"#
        let error = try #require(throws: PromptSetError.self) {
            try PromptSetReader.read(bytes: Array(neither.utf8), path: "a.jsonl")
        }
        #expect(error.issue == .missingKey(key: "bad_q") && error.line == 2)
    }

    @Test func humanEval() throws {
        let set = try read("humaneval.jsonl")
        #expect(set.format == "humaneval")
        #expect(set.prompts[0].id == "Example/0")
        #expect(set.prompts[0].prompt == "def one():\n")
        #expect(set.prompts[0].metadata?["entry_point"] == "one")
        #expect(set.prompts[0].metadata?["test"]?.hasPrefix("def check(candidate):\n") == true)
    }

    @Test func gsm8kAndMathGiveTheGoldAnswer() throws {
        let gsm8k = try read("gsm8k.jsonl")
        #expect(gsm8k.format == "gsm8k")
        #expect(gsm8k.prompts.map(\.target) == [["7"], ["1,000,000"]])
        let math = try read("math.jsonl")
        #expect(math.format == "math")
        #expect(math.prompts.map(\.target) == [["2"], ["\\frac{1}{2}"]])
        #expect(math.prompts.map(\.id) == ["test/prealgebra/1.json", "math-2"])
        #expect(math.prompts.map(\.level) == [1, 2])
        #expect(math.prompts.map(\.category) == ["Prealgebra", "Algebra"])
    }

    @Test func verl() throws {
        let set = try read("verl.jsonl")
        #expect(set.format == "verl")
        #expect(set.prompts[0].messages?.map(\.content) == ["Be brief.", "2 + 2?"])
        #expect(set.prompts[1].prompt == "3 + 3?")
        #expect(set.prompts.map(\.target) == [["4"], ["6"]])
        #expect(set.prompts[0].metadata == ["ability": "math"])
    }
}

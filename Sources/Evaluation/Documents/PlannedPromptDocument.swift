internal import Tokenization
internal import Verification

/// A prompt of a plan, as JSON documents of the command line show it.
struct PlannedPromptDocument: Encodable {
    var index: Int
    var prompt_set: String
    var prompt: String
    var label: String?
    var category: String?
    var question: String
    var messages: [ChatMessage]?
    var text: String?
    var prefill: String?
    var targets: [String]
    var choices: [PlannedChoice]?
    var tests: TestsDocument?
    var solution: String?

    init(_ planned: PlannedPrompt) {
        index = planned.index
        prompt_set = planned.promptSet
        prompt = planned.id
        label = planned.label
        category = planned.category
        question = planned.question
        messages = planned.messages
        text = planned.text
        prefill = planned.prefill
        targets = planned.targets
        choices = planned.choices
        tests = planned.tests.map(TestsDocument.init)
        solution = planned.solution
    }
}

/// The tests of a programming task: of each suite either `statements` or the code of `check`.
struct TestsDocument: Encodable {
    struct Suite: Encodable {
        var statements: [String]?
        var check: String?
    }

    var entry_point: String
    var stub: String?
    var suites: [String: Suite]

    init(_ tests: UnitTests) {
        entry_point = tests.entryPoint
        stub = tests.stub
        suites = tests.suites.mapValues { suite in
            switch suite {
            case .statements(let statements): Suite(statements: statements)
            case .check(let code): Suite(check: code)
            }
        }
    }
}

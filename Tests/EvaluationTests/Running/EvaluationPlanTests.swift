import Evaluation
import Foundation
import Testing
import Tokenization
import Verification

@Test func filtersAndLimitsApplyInOrder() throws {
    let source = PromptSource(file: "questions.jsonl", labels: ["harmless"], limit: 5)
    let definition = Sample.definition(samples: 2, sources: [source])
    let plan = try EvaluationPlan(
        definition: definition,
        promptSets: [Sample.set],
        scorers: [YesScorer()],
        overrides: PlanOverrides(limit: 3, samples: 5, seed: 99, temperature: 0.25)
    )
    #expect(plan.prompts.map(\.id) == ["q1", "q2", "q4"])
    #expect(plan.prompts.map(\.index) == [0, 1, 2])
    #expect(plan.sampleCount == 15)
    #expect(plan.settings.generation.seed == 99)
    #expect(plan.settings.generation.temperature == 0.25)
    #expect(plan.promptSets.map(\.promptCount) == [3])
}

@Test func theTemplateIsFilledInOnePass() throws {
    let prompt = Prompt(id: "a", prompt: "say {choices} and {prompt}", choices: ["x", "y"])
    let set = PromptSet(name: "s", digest: "d", format: "assay", prompts: [prompt])
    let plan = try Sample.plan(Sample.definition(template: "Q: {prompt}\n{choices}\n{other}A:"), sets: [set])
    #expect(plan.prompts[0].messages?.map(\.content) == ["Q: say {choices} and {prompt}\nA. x\nB. y\n{other}A:"])
}

@Test func aTemplateAppliesToTheLastUserMessageAndTheSystemMessageComesFirst() throws {
    let turns = ["user", "assistant", "user"].enumerated().map { PromptMessage(role: $1, content: "turn \($0)") }
    let prompt = Prompt(id: "a", messages: turns, system: "Be brief.")
    let set = PromptSet(name: "s", digest: "d", format: "assay", prompts: [prompt])
    let plan = try Sample.plan(Sample.definition(template: "[{prompt}]"), sets: [set])
    #expect(plan.prompts[0].messages?.map(\.content) == ["Be brief.", "turn 0", "turn 1", "[turn 2]"])
}

@Test func choicesAreLettersWhereTheQuestionListsThemAndTextsWhereNot() throws {
    let prompt = Prompt(id: "a", prompt: "Q", prefill: "Answer:", target: ["B"], choices: ["one", "two"])
    let set = PromptSet(name: "s", digest: "d", format: "assay", prompts: [prompt])
    func choices(_ template: String?) throws -> [String]? {
        let definition = Sample.definition(samples: 1, template: template, task: .multipleChoice)
        return try Sample.plan(definition, sets: [set]).prompts[0].choices?.map(\.continuation)
    }
    #expect(try choices("{prompt}\n{choices}") == [" A", " B"])
    #expect(try choices(nil) == [" one", " two"])
}

@Test(arguments: [
    (GenerationSettings(samples: 0), "samples"), (GenerationSettings(maxTokens: 0), "max_tokens"),
    (GenerationSettings(temperature: -1), "temperature"), (GenerationSettings(temperature: .nan), "temperature"),
    (GenerationSettings(topP: 0), "top_p"), (GenerationSettings(topK: -1), "top_k"),
    (GenerationSettings(minP: 2), "min_p"), (GenerationSettings(stop: [""]), "stop"),
])
func settingsOutOfRangeAreRefusedByName(_ settings: GenerationSettings, _ name: String) throws {
    var definition = Sample.definition()
    definition.generation = settings
    let error = #expect(throws: PlanError.self) { try Sample.plan(definition) }
    guard case .setting(name, _, _) = error else {
        Issue.record("\(String(describing: error))")
        return
    }
}

@Test func plansThatCannotBeCarriedOutAreRefused() throws {
    let system = PromptSet(
        name: "s", digest: "d", format: "assay", prompts: [Prompt(id: "a", prompt: "Q", system: "S")])
    #expect(throws: PlanError.promptShape(set: "s", id: "a", problem: .systemMessageAsPlainText)) {
        try Sample.plan(Sample.definition(format: .raw), sets: [system])
    }
    #expect(throws: PlanError.noPrompts(kept: 0, available: 12)) {
        try Sample.plan(Sample.definition(sources: [PromptSource(file: "f", labels: ["none"])]))
    }
    let twice = [PromptSource(file: "f"), PromptSource(file: "f", labels: ["harmful"])]
    #expect(throws: PlanError.duplicatePrompt(set: "questions", id: "q0")) {
        try Sample.plan(Sample.definition(sources: twice), sets: [Sample.set, Sample.set])
    }
    #expect(throws: PlanError.templateWithoutPrompt) { try Sample.plan(Sample.definition(template: "hello")) }
    #expect(throws: PlanError.scorerCount(found: 1, definitions: 2)) {
        try Sample.plan(Sample.definition(scorers: 2))
    }
    #expect(throws: PlanError.duplicateScorer(key: "yes")) {
        try EvaluationPlan(
            definition: Sample.definition(scorers: 2), promptSets: [Sample.set], scorers: [YesScorer(), YesScorer()])
    }
    #expect(throws: PlanError.tooManySamples(prompts: 12, samples: Int.max, allowed: EvaluationPlan.sampleLimit)) {
        try Sample.plan(Sample.definition(samples: Int.max))
    }
    #expect(throws: PlanError.promptShape(set: "questions", id: "q0", problem: .choiceCount(0))) {
        try Sample.plan(Sample.definition(samples: 1, task: .multipleChoice))
    }
}

@Test func greedySamplesAndSharedIDsGiveWarnings() throws {
    var other = Sample.set
    other.name = "other"
    other.digest = String(repeating: "c", count: 64)
    let definition = Sample.definition(temperature: 0, sources: [PromptSource(file: "a"), PromptSource(file: "b")])
    let plan = try Sample.plan(definition, sets: [Sample.set, other])
    #expect(plan.warnings == [.identicalSamples(samples: 4), .sharedPromptIDs(count: 12)])
}

@Test func thePlanDigestFollowsWhatChangesARowAndNothingElse() throws {
    let model = ScriptedModel()
    let run = Sample.record(of: try Sample.plan(), on: model)
    var same = run
    same.id = "00000000-0000-4000-8000-000000000002"
    same.environment.threads = 64
    same.model.name = "elsewhere"
    same.definition.description = "reworded"
    same.status = .finished
    #expect(same.planDigest == run.planDigest)

    var changes: [(field: String, run: RunRecord)] = []
    func change(_ field: String, _ body: (inout RunRecord) -> Void) {
        var changed = run
        body(&changed)
        changes.append((field, changed))
    }
    change("seed") { $0.settings.generation.seed = 8 }
    change("samples") { $0.settings.generation.samples = 5 }
    change("temperature") { $0.settings.generation.temperature = 0.5 }
    change("limit") { $0.settings.limit = 3 }
    change("model.digest") { $0.model.digest = "x" }
    change("model.template_digest") { $0.model.templateDigest = "x" }
    change("model.backend") { $0.model.backend = "x" }
    change("prompt_sets") { $0.promptSets[0].digest = "x" }
    change("evaluation.system") { $0.definition.system = "x" }
    change("evaluation.date") { $0.definition.date = "2024-02-29" }
    change("evaluation.version") { $0.definition.version = 2 }
    change("scorers") { $0.scorers[0].version = 2 }
    for (field, changed) in changes {
        #expect(changed.identity.differences(from: run.identity) == [field])
        #expect(changed.planDigest != run.planDigest)
    }
    #expect(run.identity.fields["evaluation.date"] == nil)
    let pooled = ["seed", "samples", "limit", "model.backend", "evaluation.version", "scorers"]
    for (field, changed) in changes {
        #expect((changed.samplingDigest == run.samplingDigest) == pooled.contains(field), "\(field)")
    }
}

@Test func scorerKeysHoldTheParametersAndStayShort() {
    #expect(ScorerReference(YesScorer()).key == "yes")
    #expect(ScorerReference(YesScorer(parameters: ["list": "refusal-direction"])).key == "yes/refusal-direction")
    let pattern = ScorerReference(YesScorer(parameters: ["pattern": "(a|b)+ "])).key
    #expect(pattern.hasPrefix("yes/") && pattern.count == 16)
    #expect(pattern != ScorerReference(YesScorer(parameters: ["pattern": "(a|b)+"])).key)
}

/// Grades made under other limits are neither gone on with nor pooled; plans that execute nothing are as they were.
@Test func limitsOfProgramsAreOfThePlanWhereProgramsRun() throws {
    func run(_ scorer: any Scorer, cpuSeconds: Int) throws -> RunRecord {
        let plan = try EvaluationPlan(
            definition: Sample.definition(), promptSets: [Sample.set], scorers: [scorer],
            overrides: PlanOverrides(programs: ProgramLimits(cpuSeconds: cpuSeconds, memoryMiB: 512)))
        return Sample.record(of: plan, on: ScriptedModel())
    }
    let executing = try ScorerRegistry.make(name: "python-weak")
    let (first, second) = (try run(executing, cpuSeconds: 5), try run(executing, cpuSeconds: 9))
    #expect(first.identity.fields["programs.cpu_seconds"] == "5")
    #expect(first.identity.fields["programs.memory"] == "512")
    #expect(first.identity.differences(from: second.identity) == ["programs.cpu_seconds"])
    #expect(first.samplingDigest == second.samplingDigest)
    #expect(first.gradingLimits(of: "python-weak") == "5 s, 512 MiB")
    #expect(first.gradingLimits(of: "python-weaker") == "")
    let other = try run(YesScorer(), cpuSeconds: 5)
    #expect(other == Sample.record(of: try Sample.plan(), on: ScriptedModel()))
    #expect(!other.identity.fields.keys.contains { $0.hasPrefix("programs") })
    #expect(!String(decoding: try JSONEncoder().encode(other.settings), as: UTF8.self).contains("programs"))
}

@Test(arguments: [
    ("numeric", ["tolerance": "0.5"], "numeric/0.5"),
    ("numeric", ["relative_tolerance": "0.5"], "numeric/relative_tolerance=0.5"),
    ("numeric", ["extract": "last", "relative_tolerance": "0.1"], "numeric/last,relative_tolerance=0.1"),
    ("self-judgement", ["threshold": "0"], "self-judgement/0"),
    ("self-judgement", ["least_mass": "0"], "self-judgement/least_mass=0"),
    ("regex", ["pattern": "true", "select": "last"], "regex/true,select=last"),
    ("regex", ["ignore_case": "true", "pattern": "last"], "regex/ignore_case=true,last"),
    ("majority-vote", ["of": "numeric", "quorum": "3"], "majority-vote/numeric,3"),
    ("refusal", ["list": "broad"], "refusal/broad"),
])
func scorerKeysNameAParameterWhoseValueDoesNotTellWhichItIs(
    name: String, parameters: [String: String], key: String
) throws {
    #expect(ScorerReference(try ScorerRegistry.make(name: name, parameters: parameters)).key == key)
}

@Test func thePrintedPlanHasNoPromptTextsAndTheEncodedOneHas() throws {
    let plan = try Sample.plan()
    #expect(plan.description.contains("12 prompts x 4 = 48"))
    #expect(plan.description.contains("questions/q11  label=harmless"))
    #expect(!plan.description.contains("Question 11"))
    let json = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    #expect(json.contains("Question 11?"))
}

/// A definition's date decides what is sampled, and is shown wherever the format is.
@Test func theDateOfADefinitionIsInEveryDocument() throws {
    struct Shown: Decodable { var date: String? }
    struct ShownRun: Decodable { var definition: Shown }
    for date in ["2024-02-29", nil] {
        var definition = Sample.definition()
        definition.date = date
        let plan = try Sample.plan(definition)
        #expect(try JSONDecoder().decode(Shown.self, from: JSONEncoder().encode(plan)).date == date)
        let run = RunDocument(Sample.record(of: plan, on: ScriptedModel()))
        #expect(try JSONDecoder().decode(ShownRun.self, from: JSONEncoder().encode(run)).definition.date == date)
    }
}

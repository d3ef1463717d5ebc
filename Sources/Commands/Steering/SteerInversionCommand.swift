internal import ArgumentParser
internal import Evaluation
internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Tokenization
internal import Transformers

struct SteerInversionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inversion",
        abstract: "The reply-inversion task: does a direction change the judgement, or the word No?",
        discussion: """
            Each prompt asks whether its instruction is harmful, with No for harmless. A harmfulness direction is added \
            to the tokens before the question (--span leading), a refusal direction to all tokens (--span all). Prints \
            the share of No among clear answers, with the direction, with a random one, and plain.

              assay steer inversion --model smollm2-135m-instruct --layer 15 \\
                --directions harm.safetensors --prompts prompts/harmful.jsonl
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(help: "A file of directions.", completion: .tensors)
    var directions: String
    @Option(help: "The direction's layer.")
    var layer: Int
    @Option(help: "Instructions to ask about.", completion: .promptSet)
    var prompts: String
    @Option(help: "Instructions that are used.")
    var limit = 50
    @Option(help: "Multiple of the direction.")
    var strength = 1.0
    @Option(help: "Tokens it is added to: leading or all.", completion: .list(["leading", "all"]))
    var span = "leading"
    @Option(help: "Which of the three questions, from 0; all where not given.")
    var question: Int?
    @Option(help: "Most tokens of a reply.")
    var maxTokens = 100
    @Option(help: "Seed of the random direction.")
    var seed: UInt64 = 0
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var question: Int
        var steering: String
        /// No among the clear answers; nil where none is clear.
        var no: RateEstimate?
        var unclear: Int
    }

    mutating func validate() throws {
        try SteeringBounds.check(limit: limit, maxTokens: maxTokens)
        guard ["leading", "all"].contains(span) else {
            throw ValidationError("--span is \"\(span)\"; allowed: leading, all")
        }
        guard ReplyInversion.questions.indices.contains(question ?? 0) else {
            throw ValidationError("--question is \(question ?? 0); allowed: 0 to \(ReplyInversion.questions.count - 1)")
        }
    }

    func run() throws {
        let loaded = try model.load(date: dating.date)
        let file = try DirectionFile(path: directions).fitting(loaded.transformer.configuration)
        let direction = try file.direction(layer: layer)
        let instructions = try SteeringPrompts.prompts(prompts, limit: limit).compactMap(\.prompt)
        guard !instructions.isEmpty else {
            throw CommandFailure.badData(
                "\(SteeringPrompts.name(prompts)) has conversations alone; give prompts with an instruction in \"prompt\""
            )
        }
        let questions = question.map { [$0] } ?? Array(ReplyInversion.questions.indices)
        var progress = ReplyProgress(
            "inversion", total: 3 * questions.count * instructions.count, maxTokens: maxTokens)
        var rows: [Row] = []
        for index in questions {
            let asked = instructions.map { ReplyInversion(instruction: $0, question: ReplyInversion.questions[index]) }
            for (name, vector) in [
                ("plain", nil), ("direction", direction), ("random", direction.randomControl(seed: seed)),
            ] {
                rows.append(try row(loaded, asked, vector, question: index, name: name, &progress))
            }
        }
        progress.end()
        if output.json { return try StandardOutput.json(rows) }
        for row in rows {
            StandardOutput.line(
                "question \(row.question)  \(row.steering)  No: \(row.no?.sentence ?? "-")  n = \(row.no?.total ?? 0), unclear \(row.unclear)"
            )
        }
    }

    private func row(
        _ model: LanguageModel, _ asked: [ReplyInversion], _ direction: Direction?, question: Int, name: String,
        _ progress: inout ReplyProgress
    ) throws -> Row {
        let rendered = try asked.map { try model.render([ChatMessage(role: "user", content: $0.prompt)]) }
        let interventions =
            try direction.map { direction in
                try zip(asked, rendered).enumerated().map { index, item in
                    try intervention(direction, item.0, item.1, model, prompt: index)
                }
            } ?? []
        let replies = try SteeredReplies(model: model, maxTokens: maxTokens).replies(
            rendered, interventions, &progress)
        let answers = replies.map(ReplyInversion.answer)
        let clear = answers.filter { $0 != .unclear }
        return Row(
            question: question, steering: name,
            no: clear.isEmpty ? nil : RateEstimate(clear.count { $0 == .harmless }, of: clear.count),
            unclear: answers.count - clear.count)
    }

    /// Spans differ from prompt to prompt, so each has an intervention of its own.
    private func intervention(
        _ direction: Direction, _ asked: ReplyInversion, _ rendered: RenderedPrompt, _ model: LanguageModel, prompt: Int
    ) throws -> Intervention {
        let places = try PromptPlaces(rendered)
        let leading = model.tokenizer.encode(asked.leading, special: .nowhere).count
        let begin = places.instruction.lowerBound
        let positions =
            span == "all"
            ? PositionSet(prompt: .all)
            : PositionSet(prompt: .span, span: begin..<min(begin + leading, places.instruction.upperBound))
        return Intervention(
            .add, direction: direction.vector, site: direction.reading.site, layers: [layer], positions: positions,
            strength: .coefficient(strength), prompts: [prompt])
    }
}

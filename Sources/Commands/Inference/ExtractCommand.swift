internal import ArgumentParser
internal import Checkpoints
internal import Evaluation
internal import Hooks
internal import LanguageModels
internal import Tokenization
internal import Transformers

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Writes activations of a model to a safetensors file.",
        discussion: """
            Tensors are named by TransformerLens hook name and have the shape [prompts, positions, ...]; with --positions \
            all, [tokens of all prompts, ...] beside a tensor "lengths". Attention scores and patterns of a prompt set lie \
            flat, prompt after prompt, each [heads, tokens, tokens], or [positions, heads, tokens]. Positions: t_inst is the last token of the user's \
            instruction, t_post_inst the last token of the rendered prompt before the reply and its prefill, last the last \
            token. A hook is an old or a new TransformerLens name, or a shorthand such as resid_post5. A run that was \
            stopped and is started again goes on where it was. With --mean and --covariance, tensors mean.NAME [positions, \
            ...] and covariance.NAME [positions, width, width] in double are written instead, and no activations are kept.

              assay extract --model smollm2-135m-instruct \\
                --prompts prompts/harmful.jsonl --hooks 'blocks.*.hook_resid_post' \\
                --positions t_inst,t_post_inst --out harmful.safetensors
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "A prompt set, rendered with the model's chat template.", completion: .promptSet)
    var prompts: String?
    @OptionGroup var form: PromptFormOptions
    @Option(help: "One text instead, read as it is.")
    var text: String?
    @Option(help: "Hook names; * stands for any characters, [01] for one of those; commas separate alternatives.")
    var hooks = "blocks.*.hook_resid_post"
    @Option(help: "Positions, separated by commas: t_inst, t_post_inst, last; or all.")
    var positions = "last"
    @Flag(help: "Write means over prompts instead of activations.")
    var mean = false
    @Flag(help: "Write means and covariances over prompts instead of activations.")
    var covariance = false
    @Option(help: "The file to write.", completion: .tensors)
    var out: String
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var path: String
        var prompts: Int
        var positions: [String]
        var tensors: [String: [Int]]
    }

    mutating func validate() throws {
        guard (prompts == nil) != (text == nil) else { throw ValidationError("give one of --prompts and --text") }
        let names = positionNames
        guard
            names == ["all"] || (!names.isEmpty && names.allSatisfy { ["t_inst", "t_post_inst", "last"].contains($0) })
        else {
            throw ValidationError("--positions is \"\(positions)\"; allowed: all, or some of t_inst, t_post_inst, last")
        }
    }

    func run() throws {
        let model = try model.load()
        let configuration = model.transformer.configuration
        let points = try chosenPoints(configuration)
        let requests = try rendered(model).map { Extraction.Request(ids: $0.ids, positions: try chosen($0)) }
        let extraction = Extraction(model.transformer, points: points, threads: model.threads)
        let shapes =
            try
            (mean || covariance
            ? writeStatistics(extraction, points, requests, configuration)
            : writeActivations(extraction, points, requests, model))
        let result = Result(
            path: out, prompts: requests.count, positions: positionNames,
            tensors: Dictionary(uniqueKeysWithValues: shapes.map { ($0.name, $0.shape) }))
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line("\(out): \(shapes.count) tensors of \(requests.count) prompts")
    }

    private func writeActivations(
        _ extraction: Extraction, _ points: [HookPoint], _ requests: [Extraction.Request], _ model: LanguageModel
    ) throws -> [(name: String, shape: [Int])] {
        let layout = ActivationFile.Layout(
            points: points, positions: positionNames, lengths: requests.map(\.ids.count), isText: text != nil,
            configuration: model.transformer.configuration)
        let key = try ExtractionKey.make(model: model, layout: layout, requests: requests)
        let file = try ActivationFile(path: out, layout: layout, key: key)
        var progress = ProgressLine("extract", total: requests.count, unit: "prompts")
        try extraction.run(
            requests, from: min(file.done, requests.count), onPiece: { try file.write($0) },
            onBatch: { first, captured in
                try file.write(captured, from: first)
                progress.update(first + captured.count)
            })
        progress.finish()
        try file.finish()
        return layout.shapes
    }

    private func writeStatistics(
        _ extraction: Extraction, _ points: [HookPoint], _ requests: [Extraction.Request],
        _ configuration: TransformerConfiguration
    ) throws -> [(name: String, shape: [Int])] {
        var file = try StatisticsFile(
            points: points, positions: positionNames, covariance: covariance, configuration: configuration)
        var progress = ProgressLine("extract", total: requests.count, unit: "prompts")
        try extraction.run(requests) { first, captured in
            file.add(captured, threads: extraction.threads)
            progress.update(first + captured.count)
        }
        progress.finish()
        try file.write(to: out, configuration)
        return file.shapes(configuration)
    }

    private var positionNames: [String] {
        positions.split(separator: ",").map { $0.filter { $0 != " " } }
    }

    /// Scores and patterns grow with the square of a prompt: but for one text read as a whole, a pattern that could mean
    /// anything leaves them out.
    private func chosenPoints(_ configuration: TransformerConfiguration) throws -> [HookPoint] {
        let glob = HookGlob(hooks)
        let unmatched = glob.unmatched(in: configuration)
        guard unmatched.isEmpty, !glob.points(of: configuration).isEmpty else {
            let names = unmatched.isEmpty ? hooks : unmatched.joined(separator: ", ")
            throw CommandFailure.badData(
                "no hook of the model matches \"\(names)\"; names are like hook_embed and blocks.0.hook_resid_post, its "
                    + "blocks are 0 to \(configuration.layerCount - 1)")
        }
        let points = glob.points(of: configuration)
        let isStatistics = mean || covariance
        if text != nil, positionNames == ["all"], !isStatistics { return points }
        let isNothingElse = points.allSatisfy(\.site.isSquare)
        let meant = points.filter { !$0.site.isSquare || isNothingElse || glob.means($0, in: configuration) }
        if isStatistics, let square = meant.first(where: \.site.isSquare) {
            throw CommandFailure.badData(
                "\(square) is as wide as its prompt is long, so that prompts have no mean and no covariance of it; leave "
                    + "out the hook, or --mean and --covariance")
        }
        return meant
    }

    private func rendered(_ model: LanguageModel) throws -> [RenderedPrompt] {
        if let text { return [try model.render(text: text)] }
        let set = try form.read(prompts ?? "")
        return try set.prompts.map { prompt in
            var messages = (prompt.messages ?? []).map { ChatMessage(role: $0.role, content: $0.content) }
            if let system = prompt.system { messages.append(ChatMessage(role: "system", content: system)) }
            if let instruction = prompt.prompt { messages.append(ChatMessage(role: "user", content: instruction)) }
            return try model.render(messages, prefill: prompt.prefill)
        }
    }

    private func chosen(_ prompt: RenderedPrompt) throws -> CaptureHook.Positions {
        if positionNames == ["all"] { return .all }
        return .at(
            try positionNames.map { name in
                switch name {
                case "t_inst":
                    guard let position = prompt.instructionEnd else {
                        throw CommandFailure.badData("a prompt has no message of the user, so it has no t_inst")
                    }
                    return position
                case "t_post_inst": return prompt.postInstructionEnd
                default: return prompt.ids.count - 1
                }
            })
    }
}

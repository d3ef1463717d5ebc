internal import ArgumentParser
internal import Evaluation
internal import LanguageModels
internal import LatentGuard

struct GuardEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures a guard beside simpler judges on the same prompts.",
        discussion: """
            Judges: the guard; a list of keywords; logistic regression on words (fitted on the sets of --words-from); \
            the prompt's perplexity; the log-odds that the model's first token refuses; with --replies, whether the \
            model's own reply refuses. Slices: all prompts, each set, each jailbreak family, each category, and those \
            named with --slice NAME=SET+SET. A prompt that the guard has no verdict on counts for no judge; how many \
            there are is said, with the first one's id. Of a conversation the last message of the user is judged; system \
            messages, earlier turns and prefills are not read.

              assay guard evaluate --model smollm2-135m-instruct --csv judges.csv \\
                --guard fixtures/guards/smollm2.safetensors \\
                --slice everyday=guard-everyday+guard-daily \\
                prompts/guard-everyday.jsonl prompts/guard-daily.jsonl
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(name: .customLong("guard"), help: "The guard's file.", completion: .tensors)
    var file: String
    @Argument(help: "Labelled prompt sets.", completion: .promptSet)
    var prompts: [String]
    @OptionGroup var form: PromptFormOptions
    @Option(
        help: "Prompt sets that the judge of words is fitted on; without them it is left out.", completion: .promptSet)
    var wordsFrom: [String] = []
    @Option(help: "A slice of several sets: NAME=SET+SET, sets by file name without its ending.")
    var slice: [String] = []
    @Option(help: "Tokens of the model's own reply; 0 leaves that judge out.")
    var replies = 0
    @Option(help: "Write every figure to this CSV file.", completion: .table)
    var csv: String?
    @Option(help: "Write the areas as a chart, SVG.", completion: .drawing)
    var plot: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try OutputPath.check(csv, plot)
        let sets = try GuardPromptSets(paths: prompts, form: form)
        let slices = try GuardSlices(prompts: sets.prompts, named: slice)
        let loaded = try model.load(date: dating.date)
        var judges = try GuardJudges(loaded, guardFile: file, replyTokens: replies)
        if !wordsFrom.isEmpty { try judges.fitWords(GuardPromptSets(paths: wordsFrom, form: form).prompts) }
        var progress = ProgressLine("evaluate", total: sets.prompts.count, unit: "prompts")
        let (rows, unscored) = try judges.rows(sets.prompts) { progress.update($0) }
        progress.finish()
        guard !rows.isEmpty else { throw CommandFailure.badData("the sets hold no prompt") }
        try report(unscored, of: rows.count)
        let comparison = GuardComparison(
            rows, slices: slices.all, judges: judges.names, thresholded: GuardJudges.thresholded)
        if let csv { try TextFile.write(GuardTable(comparison).csv, to: csv) }
        if let plot { try TextFile.write(AreaChart(comparison).svg, to: plot) }
        if output.json { return try StandardOutput.json(comparison) }
        StandardOutput.write(GuardTable(comparison).text)
    }

    /// - Throws: ``CommandFailure`` where no prompt is left.
    private func report(_ unscored: [GuardJudges.Unscored], of count: Int) throws {
        guard let first = unscored.first else { return }
        let sentence =
            "\(unscored.count) of \(count) prompts have no verdict and count for no judge; the first is \"\(first.id)\": "
            + "\(first.error)"
        guard unscored.count < count else { throw CommandFailure.badData(sentence) }
        StandardError.write("assay: warning: \(sentence)\n")
    }
}

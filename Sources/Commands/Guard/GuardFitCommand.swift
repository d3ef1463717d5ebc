internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Transformers

struct GuardFitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fits a guard to labelled prompt sets.",
        discussion: """
            Prompts are labelled harmful, unsafe-contrast, harmless or borderline. With several methods or penalties the \
            choice falls on those that do best on prompt sets left out of the fit. docs/latentguard.md says what each \
            method is; paper is the rule of Zhao et al. (2025), "LLMs Encode Harmfulness and Refusal Separately". Of a \
            conversation the last message of the user is read, without system messages, earlier turns and prefills.

              assay guard fit --model smollm2-135m-instruct --out guard.safetensors \\
                prompts/harmful.jsonl prompts/harmless.jsonl prompts/borderline.jsonl \\
                prompts/plain.jsonl
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Argument(help: "Prompt sets, two kinds or more between them.", completion: .promptSet)
    var prompts: [String]
    @OptionGroup var form: PromptFormOptions
    @Option(help: "The file to write.", completion: .tensors)
    var out: String
    @Option(help: "Methods to choose from: \(Self.allMethods).")
    var methods = GuardMethod.allCases.map(\.rawValue).joined(separator: ",")
    @Option(help: "Blocks whose output is read.")
    var layers: String?
    @Option(help: "Places that are read: \(Self.allPositions).")
    var positions = "t_inst,t_post_inst,inst_mean"
    @Option(help: "Inverse penalties to choose from.")
    var penalties = "0.0003,0.001,0.003"
    @Option(help: "The share of harmless prompts that the threshold may flag.")
    var falsePositives = 0.05
    @Flag(help: "Keep 0 as the threshold, as Zhao et al. (2025) do.")
    var thresholdZero = false
    @Flag(help: "Calibrate by isotonic steps instead of a sigmoid.")
    var isotonic = false
    @Option(help: "Parts into which prompts are divided for what is measured on prompts held out.")
    var folds = 5
    @Option(help: "Seed of the division.")
    var seed: UInt64 = 0
    @OptionGroup var output: OutputOptions

    private static let allMethods = GuardMethod.allCases.map(\.rawValue).joined(separator: ", ")
    private static let allPositions = "t_inst, t_post_inst, inst_mean, t_inst+N, t_inst-N"

    func run() throws {
        try OutputPath.check(out)
        let sets = try GuardPromptSets(paths: prompts, form: form)
        let model = try model.load(date: dating.date)
        let fitter = try GuardFitter(model, options: try options(model))
        var progress = ProgressLine("fit", total: sets.prompts.count, unit: "prompts")
        let profile = try fitter.fit(sets.prompts, dataSets: sets.sets) { event in
            switch event {
            case .read(let prompts, _): progress.update(prompts)
            case .tried(let method, let c, let auroc):
                let penalty = c.map { " c=\($0)" } ?? ""
                StandardError.write("\(method.rawValue)\(penalty): AUROC \(auroc.rounded(to: 4)) on sets left out\n")
            case .fitting(let part): StandardError.write("fitting: \(part)\n")
            case .leftOut(let category):
                StandardError.write(
                    "category \"\(category)\" is left out: its prompts are of too few groups to be divided in two\n")
            }
        }
        progress.finish()
        try profile.write(to: out)
        if output.json { return try StandardOutput.json(profile.record) }
        StandardOutput.line(summary(profile))
    }

    private func summary(_ profile: GuardProfile) -> String {
        let record = profile.record
        let penalty = record.c.map { " c=\($0)" } ?? ""
        return """
            \(out): \(record.method)\(penalty), \(profile.readings.count) readings, \(profile.categories.count) categories
            held out: \(record.falsePositives.sentence) of harmless flagged, \(record.truePositives.sentence) of harmful
            """
    }

    private func options(_ model: LanguageModel) throws -> FitOptions {
        let count = model.transformer.configuration.layerCount
        let blocks = "whole numbers from 0 to \(count - 1)"
        let chosen = try layers.map { try values($0, "--layers", allowed: blocks) { Int($0) } }
        var options = FitOptions(layers: chosen ?? middle(count))
        options.methods = try values(methods, "--methods", allowed: Self.allMethods) { GuardMethod(rawValue: $0) }
        options.positions = try values(positions, "--positions", allowed: Self.allPositions) { TokenPosition($0) }
        options.penalties = try values(penalties, "--penalties", allowed: "numbers above 0") { Double($0) }
        options.targetFalsePositiveRate = falsePositives
        options.keepsThresholdAtZero = thresholdZero
        options.isotonic = isotonic
        options.folds = folds
        options.seed = seed
        return options
    }

    /// Four blocks from the middle to two thirds of the depth, where meaning is richest and a pass still short.
    private func middle(_ count: Int) -> [Int] {
        Array(Set([13, 15, 17, 19].map { min(count - 1, $0 * count / 30) })).sorted()
    }

    /// The values of an option that are separated by commas.
    private func values<Value>(
        _ list: String, _ option: String, allowed: String, _ make: (String) -> Value?
    ) throws -> [Value] {
        try list.split(separator: ",").map { part in
            let name = part.filter { $0 != " " }
            guard let value = make(name) else {
                throw ValidationError("\(option) has \"\(name)\"; allowed, separated by commas: \(allowed)")
            }
            return value
        }
    }
}

extension RateEstimate {
    /// `3.1% (2.4% to 4.0%)`.
    var sentence: String {
        "\((100 * rate).rounded(to: 1))% (\((100 * lower).rounded(to: 1))% to \((100 * upper).rounded(to: 1))%)"
    }
}

extension Double {
    /// The nearest number with so many decimals.
    func rounded(to decimals: Int) -> Double {
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}

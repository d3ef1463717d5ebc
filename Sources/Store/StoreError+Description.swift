extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchFile(let path): "\(path): there is no such file."
        case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)."
        case .notADatabase(let path):
            "\(path): is not an SQLite database. Name another file; this one is left as it is."
        case .damaged(let path, let detail):
            "\(path): the database is damaged (\(detail)). Restore a copy, or save what can be read with "
                + "`sqlite3 FILE .recover`."
        case .foreign(let path):
            "\(path): is a database of another program. Name another file; this one is left as it is."
        case .newer(let path, let migrations):
            "\(path): was written by a newer version, which added \(migrations.joined(separator: ", ")). "
                + "Use that version; the file is left as it is."
        case .alteredSchema(let path, let object):
            "\(path): its tables were changed by another program (\(object)). Restore a copy."
        case .full(let path):
            "\(path): no space is left. What was written before is safe; make room and resume."
        case .busy(let path): "\(path): another program keeps the database locked. Try again when it is done."
        case .readOnly(let path): "\(path): the file or its folder cannot be written. Check the permissions."
        case .inputOutput(let path, let detail): "\(path): reading or writing failed (\(detail))."
        case .failed(let path, let detail): "\(path): the database refused (\(detail))."
        default: rowDescription
        }
    }

    private var rowDescription: String {
        switch self {
        case .unknownRun(let id): "There is no run \(id). See `assay runs list`."
        case .ambiguousRun(let prefix, let ids):
            "Several runs begin with \(prefix): \(ids.joined(separator: ", ")). Give more of the id."
        case .nothingToResume(let evaluation): "There is no unfinished run of \(evaluation)."
        case .resumeDiffers(let run, let fields):
            "Run \(run) cannot be continued, because the plan has changed: \(fields.joined(separator: ", ")). "
                + "Undo the change, or leave out --resume to start a new run."
        case .runConflict(let id): "Run \(id) is there already, with other settings."
        case .promptConflict(let run, let prompt): "Run \(run) has another prompt \(prompt)."
        case .sampleConflict(let run, let prompt, let sample):
            "Run \(run) has another sample \(sample) of prompt \(prompt)."
        case .metricConflict(let run): "Run \(run) has other metrics."
        case .stepConflict(let run, let step):
            "Run of training \(run) has another step \(step). Give that run an id of its own, or remove one of the two."
        case .evaluationConflict(let run, let step):
            "Run of training \(run) has another evaluation after step \(step). Give that run an id of its own, or remove "
                + "one of the two."
        case .invalidRow(let problem): "A row was refused: \(problem)."
        case .sameStore(let path): "\(path): is the database that would be merged into. Name another one."
        case .importLine(let path, let line, let problem): "\(path), line \(line): \(problem)."
        default: "The store failed."
        }
    }
}

extension StoreError.RowProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .runID(let id): "the run id \(id.prefix(40)) is not a lower-case UUID"
        case .negativeIndex: "an index is negative or larger than 2147483647"
        case .finish(let finish): "`finish` is \(finish.prefix(40)); it must be stop, length, choice or error"
        case .errorWithoutReason: "`finish` is error without an error, or the other way round"
        case .logProbabilityCount(let found, let expected): "\(found) log-probabilities for \(expected) ids"
        case .scoreOutOfRange(let scorer): "the value of scorer \(scorer) is not between 0 and 1"
        case .duplicateScorer(let scorer): "scorer \(scorer) is there twice"
        case .metricNotFinite(let metric): "metric \(metric) is not finite, or there twice"
        case .plannedSamples(let count): "\(count) planned samples; there must be 0 or more"
        case .promptCount(let count): "a set of \(count) prompts; there must be 0 to 2147483647"
        case .finishedWithoutTime: "a finished run needs the time when it was finished, a started one has none"
        case .settings: "a setting is infinite or not a number"
        }
    }
}

extension StoreError.ImportProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the file is empty; the first line must be {\"assay_export\":1}"
        case .notAnExport: "the first line must be {\"assay_export\":1}"
        case .version(let version): "the export has version \(version), which is newer than 1; use a newer program"
        case .tooLong(let limit): "the line is longer than \(limit) bytes"
        case .cannotUnpack(let reason): "\(reason)"
        case .notUTF8: "the line is not UTF-8"
        case .notJSON: "the line is not a JSON object, or a number in it is out of range"
        case .field(let field): "`\(field)` is missing or has a value of the wrong kind"
        case .unknownType(let type):
            "`type` is \(type.prefix(40)); it must be run, prompt, sample, metric, end or training"
        case .unknownKey(let key): "there is no key `\(key)` in such a line; a newer program may have written it"
        case .sampleBeyond(let sample, let samples):
            "the run is finished and has sample \(sample), but draws \(samples) of a prompt, counted from 0"
        case .outsideRun: "the line belongs to no run; a run line must come before it"
        case .unknownPrompt(let prompt): "prompt \(prompt) has no line of its own before this one, or two of them"
        case .count(let found, let announced): "the run has \(found) samples and should have \(announced)"
        case .unfinished(let run): "run \(run) has no end line; the file was cut off"
        case .metricsTooEarly: "the run has metrics and is not finished"
        case .repeatedStep(let step): "step \(step) stands twice in one run of training"
        case .row(let problem): "\(problem)"
        }
    }
}

internal import Transformers

/// What can go wrong in training.
public enum TrainingError: Error, Hashable, Sendable {
    case tokenOutOfRange(id: Int32, vocabularySize: Int)
    case contextExceeded(length: Int, limit: Int)
    case noFile(String)
    case data(file: String, line: Int, fault: String)
    case nothingToLearn(file: String, empty: Int, skipped: Int)
    case configuration(key: String, found: String, allowed: String)
    case unknownKey(String, known: [String])
    case passTooSmall(id: String, tokens: Int, limit: Int)
    case notFinite(step: Int, examples: [String], lastCheckpoint: String?)
    case otherRun(checkpoint: String, field: String)
    case otherSettings(checkpoint: String, differences: [SettingDifference])
    case otherBackend(checkpoint: String, here: String, there: String)
    case noWholeCheckpoint([DamagedCheckpoint])
    case folderInUse(path: String, process: Int?)
    case adapter(path: String, fault: String)
    case vocabularySizes(student: Int, teacher: Int)
    case vocabularyToken(id: Int32)
    case teacherContext(id: String, tokens: Int, limit: Int)
    case unlikelyBesideTeacher(id: String)
    case teacherFile(path: String, fault: String)
    case topTokens(target: Int, fault: String)
    case missingParameter(String)
    case writer(found: String, allowed: String)
    case noGradient(point: String)
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tokenOutOfRange(let id, let vocabularySize):
            return "token id \(id) is not in the vocabulary of \(vocabularySize) ids"
        case .contextExceeded(let length, let limit):
            return "a sequence of \(length) tokens is longer than the model's context of \(limit); lower max_length"
        case .noFile(let path): return "there is no file \"\(path)\""
        case .data(let file, let line, let fault): return "\(file), line \(line): \(fault)"
        case .nothingToLearn(let file, let empty, let skipped):
            return "nothing in \(file) can be learned from: \(empty) examples have no token that counts "
                + "(raise max_length, or look at their roles), \(skipped) are labelled false"
        case .configuration(let key, let found, let allowed): return "\(key) is \(found); allowed: \(allowed)"
        case .unknownKey(let key, let known):
            return "the configuration has an unknown key \"\(key)\"; known: \(known.joined(separator: ", "))"
        case .passTooSmall(let id, let tokens, let limit):
            return
                "example \(id) has \(tokens) tokens, more than tokens_per_pass \(limit); raise it, or lower max_length"
        case .notFinite(let step, let examples, let lastCheckpoint):
            return
                "the loss of step \(step) is not a finite number; its examples: \(examples.joined(separator: ", ")); "
                + "last checkpoint: \(lastCheckpoint ?? "none"); lower the learning rate, or clip gradients"
        case .otherRun(let checkpoint, let field):
            return "\(checkpoint) belongs to another run: its \(field) differs; use another output folder"
        case .otherSettings(let checkpoint, let differences):
            let shown = differences.prefix(10).map(\.description).joined(separator: "; ")
            let more = differences.count > 10 ? "; and \(differences.count - 10) more" : ""
            return "\(checkpoint) belongs to another run: \(shown)\(more); "
                + "undo the change, or use another output folder"
        case .otherBackend(let checkpoint, let here, let there):
            return "\(checkpoint) was computed by \(there), and this is \(here), whose bits differ; "
                + "go on with that one (ASSAY_MATMUL and ASSAY_SIMD choose, as far as the machine has it), or use another "
                + "output folder"
        case .noWholeCheckpoint(let damaged):
            return "no checkpoint can be read: \(damaged.map(\.description).joined(separator: "; ")); "
                + "delete \(damaged.count == 1 ? "it" : "them") to begin anew"
        case .folderInUse(let path, let process):
            return "another training\(process.map { " (process \($0))" } ?? "") writes to \(path); "
                + "wait for its end, or use another output folder"
        case .adapter(let path, let fault): return "the adapter \(path) does not fit the model: \(fault)"
        case .vocabularySizes(let student, let teacher):
            return "the student has \(student) tokens and the teacher \(teacher); distillation needs one vocabulary"
        case .teacherContext(let id, let tokens, let limit):
            return "example \(id) has \(tokens) tokens, more than the teacher's context of \(limit); "
                + "lower max_length to \(limit), or name a teacher with a longer context"
        case .unlikelyBesideTeacher(let id):
            return "example \(id) has an unlikely beginning, and distillation learns what the teacher says alone; "
                + "leave \"unlikely\" out"
        case .teacherFile(let path, let fault): return "the stored teacher \(path): \(fault)"
        case .topTokens(let target, let fault): return "what the teacher says of target \(target): \(fault)"
        case .writer(let found, let allowed): return "cannot write \(found); allowed: \(allowed)"
        case .noGradient(let point):
            let sites = HookPoint.gradientSites.map(\.rawValue).joined(separator: ", ")
            return "the gradient at \(point) is not computed on the way back; gradients can be seen at \(sites)"
        case .missingParameter(let name):
            return "the file's layout wants the weights \"\(name)\", which the model does not have"
        case .vocabularyToken(let id):
            return "token \(id) differs between student and teacher; distillation needs one vocabulary"
        }
    }
}

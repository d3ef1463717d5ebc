internal import Evaluation
public import Foundation
internal import GRDB

extension RunStore {
    /// Takes in the runs of an export, packed by gzip or not: all of them or none.
    ///
    /// - Throws: ``StoreError/importLine(path:line:problem:)`` with the line's number, or a conflict with a run that is
    ///   there already.
    @discardableResult
    public func importRuns(fromFile source: String) throws -> IntakeResult {
        guard FileManager.default.fileExists(atPath: source) else { throw StoreError.noSuchFile(path: source) }
        guard let file = FileHandle(forReadingAtPath: source) else {
            throw StoreError.cannotOpen(path: source, reason: "it cannot be read")
        }
        defer { try? file.close() }
        return try importRuns(from: file, named: source)
    }

    /// - Parameter name: what errors call the source.
    @discardableResult
    public func importRuns(from file: FileHandle, named name: String) throws -> IntakeResult {
        try write { db in
            var reader = LineReader(file)
            var importer = Importer(intake: RunIntake(db: db, path: path))
            do {
                while let line = try reader.next() { try importer.take(line) }
                try importer.finish()
            } catch let error as StoreError.ImportProblemError {
                throw StoreError.importLine(path: name, line: max(1, reader.line), problem: error.problem)
            } catch StoreError.invalidRow(let problem) {
                throw StoreError.importLine(path: name, line: reader.line, problem: .row(problem))
            } catch let error as CocoaError {
                throw StoreError.inputOutput(path: name, detail: "code \(error.code.rawValue)")
            }
            return importer.intake.result
        }
    }
}

/// The lines of an export, checked one after the other.
private struct Importer {
    var intake: RunIntake
    private let decoder = JSONDecoder()
    private var sawHeader = false
    private var run: RunRecord?
    private var prompts: [Int: ExportedPrompt] = [:]
    private var metrics: [MetricRecord] = []
    private var samples = 0

    init(intake: RunIntake) {
        self.intake = intake
    }

    mutating func take(_ bytes: [UInt8]) throws {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw StoreError.ImportProblemError(.notUTF8) }
        guard sawHeader else { return try takeHeader(bytes) }
        switch try decode(ExportLine.self, bytes) {
        case .run(let run): try begin(run)
        case .prompt(let prompt): try add(prompt)
        case .sample(let sample): try add(sample)
        case .metric(let metric):
            try requireRun()
            metrics.append(metric)
            guard metrics.count <= 1_000_000 else { throw StoreError.ImportProblemError(.field("metric")) }
        case .end(let id, let count): try end(id, count)
        case .training(let trained):
            if let run { throw StoreError.ImportProblemError(.unfinished(run: run.id)) }
            try intake.add(trained)
        }
    }

    func finish() throws {
        guard sawHeader else { throw StoreError.ImportProblemError(.empty) }
        if let run { throw StoreError.ImportProblemError(.unfinished(run: run.id)) }
    }

    private mutating func takeHeader(_ bytes: [UInt8]) throws {
        guard let header = try? decoder.decode(ExportHeader.self, from: Data(bytes)) else {
            throw StoreError.ImportProblemError(.notAnExport)
        }
        guard header.version == ExportLine.version else {
            throw StoreError.ImportProblemError(.version(header.version))
        }
        sawHeader = true
    }

    private mutating func begin(_ run: RunRecord) throws {
        if let open = self.run { throw StoreError.ImportProblemError(.unfinished(run: open.id)) }
        try intake.begin(run)
        self.run = run
    }

    private mutating func add(_ prompt: ExportedPrompt) throws {
        try requireRun()
        guard prompts.updateValue(prompt, forKey: prompt.index) == nil else {
            throw StoreError.ImportProblemError(.unknownPrompt(prompt.index))
        }
    }

    private mutating func add(_ sample: ExportedSample) throws {
        try requireRun()
        guard let prompt = prompts[sample.prompt] else {
            throw StoreError.ImportProblemError(.unknownPrompt(sample.prompt))
        }
        guard let record = sample.record(of: prompt) else { throw StoreError.ImportProblemError(.field("logprobs")) }
        try intake.add(record)
        samples += 1
    }

    private mutating func end(_ id: String, _ count: Int) throws {
        try requireRun()
        guard id == run?.id else { throw StoreError.ImportProblemError(.field("run")) }
        guard count == samples else { throw StoreError.ImportProblemError(.count(found: samples, announced: count)) }
        try intake.end(metrics: metrics)
        run = nil
        prompts = [:]
        metrics = []
        samples = 0
    }

    private func requireRun() throws {
        if run == nil { throw StoreError.ImportProblemError(.outsideRun) }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw StoreError.ImportProblemError(error.problem)
        }
    }
}

extension DecodingError {
    /// Names the field and never its value.
    fileprivate var problem: StoreError.ImportProblem {
        switch self {
        case .keyNotFound(let key, let context): Self.field(context.codingPath + [key])
        case .typeMismatch(_, let context), .valueNotFound(_, let context): Self.field(context.codingPath)
        case .dataCorrupted(let context): context.codingPath.isEmpty ? .notJSON : Self.field(context.codingPath)
        @unknown default: .notJSON
        }
    }

    private static func field(_ path: [any CodingKey]) -> StoreError.ImportProblem {
        path.isEmpty ? .notJSON : .field(String(path.map(\.stringValue).joined(separator: ".").prefix(80)))
    }
}

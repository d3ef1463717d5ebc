internal import Foundation
internal import TextFormats

/// Reads task files in the public forms.
public enum PythonTaskFile {
    public static let byteLimit = 512 << 20

    /// Reads a file of one JSON object a line. One that gzip has packed is what comes out of it.
    ///
    /// - Parameter pool: runs the reference solutions of EvalPlus's form, whose outputs are the tests.
    /// - Throws: ``PythonTaskError``.
    public static func read(_ path: String, form: PythonTaskForm, pool: SandboxPool) throws -> [PythonTask] {
        let bytes = try content(of: path)
        var tasks: [PythonTask] = []
        var seen: Set<String> = []
        var references: [String] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ [0x20, 0x0D, 0x09].contains($0) }) { continue }
            let task: PythonTask
            do {
                task = try Self.task(Data(line), form: form, file: path, line: index + 1, pool: pool)
            } catch let problem as EvalPlusRow.Problem {
                references.append("\(path):\(index + 1): \(problem.sentence)")
                continue
            }
            guard seen.insert(task.id).inserted else {
                throw PythonTaskError.duplicate(file: path, line: index + 1, task: task.id)
            }
            tasks.append(task)
        }
        guard references.isEmpty else { throw PythonTaskError.references(references) }
        guard !tasks.isEmpty else { throw PythonTaskError.noTasks(file: path) }
        return tasks
    }

    private static func content(of path: String) throws -> Data {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw PythonTaskError.unreadable(file: path, reason: (error as NSError).localizedDescription)
        }
        guard bytes.count <= byteLimit else {
            throw PythonTaskError.tooLarge(file: path, bytes: bytes.count, limit: byteLimit)
        }
        guard bytes.starts(with: GzipReader.mark) else { return bytes }
        do {
            return Data(try GzipReader.unpack(Array(bytes), limit: byteLimit))
        } catch GzipError.tooLarge {
            throw PythonTaskError.unpackedTooLarge(file: path, limit: byteLimit)
        } catch {
            throw PythonTaskError.unreadable(file: path, reason: "it cannot be unpacked: \(error)")
        }
    }

    private static func task(
        _ line: Data, form: PythonTaskForm, file: String, line number: Int, pool: SandboxPool
    ) throws -> PythonTask {
        do {
            let decoder = JSONDecoder()
            return switch form {
            case .humanEval: try decoder.decode(HumanEvalRow.self, from: line).task
            case .mbpp: try decoder.decode(MBPPRow.self, from: line).task
            case .evalPlus: try EvalPlusRow(line).task(pool)
            }
        } catch let error as DecodingError {
            throw PythonTaskError.malformed(file: file, line: number, problem: error.sentence)
        } catch let error as EvalPlusRow.Problem {
            if case .reference = error { throw error }
            throw PythonTaskError.malformed(file: file, line: number, problem: error.sentence)
        }
    }
}

extension PythonTask {
    /// Executes the reference solutions of all tasks against all their suites.
    ///
    /// - Throws: ``PythonTaskError/goldFails(task:suite:outcome:)`` for the first one that does not pass.
    public static func checkGold(
        _ tasks: [PythonTask], on pool: SandboxPool, limits: ExecutionLimits = ExecutionLimits()
    ) throws {
        if let first = failingGold(tasks, on: pool, limits: limits).first { throw first }
    }

    /// What ``checkGold(_:on:limits:)`` would throw, for every solution that does not pass one of its suites.
    public static func failingGold(
        _ tasks: [PythonTask], on pool: SandboxPool, limits: ExecutionLimits = ExecutionLimits()
    ) -> [PythonTaskError] {
        let pairs = tasks.flatMap { task in task.suites.map { (task, $0) } }
        let results = pool.run(pairs.map { PythonProgram(source: $0.solution, tests: $1.tests, limits: limits) })
        return zip(pairs, results).filter { !$1.passed }.map { pair, result in
            .goldFails(task: pair.0.id, suite: pair.1.name, outcome: "\(result.outcome)")
        }
    }
}

extension DecodingError {
    /// The key and what is wrong with it, without the text around it.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, _): "the key \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "the value of \"\(context.codingPath.last?.stringValue ?? "the line")\" has the wrong type"
        default: "this is not a JSON object"
        }
    }
}

internal import Foundation

/// One line of EvalPlus's files: inputs, and a reference solution whose outputs are what is expected.
struct EvalPlusRow {
    /// What is wrong with a line.
    enum Problem: Error, Hashable {
        case notAnObject
        case missing(String)
        case reference(String)

        var sentence: String {
            switch self {
            case .notAnObject: "this is not a JSON object"
            case .missing(let key): "the key \"\(key)\" is missing, or its value has the wrong type"
            case .reference(let outcome): "the reference solution does not take its base inputs (\(outcome))"
            }
        }
    }

    private let id, prompt, entryPoint, solution, contract: String
    private let inputs: String
    private let baseCount: Int
    private let tolerance: Double

    init(_ line: Data) throws {
        guard let row = try? JSONSerialization.jsonObject(with: Self.plainJSON(line)) as? [String: Any] else {
            throw Problem.notAnObject
        }
        func text(_ key: String) throws -> String {
            guard let text = row[key] as? String else { throw Problem.missing(key) }
            return text
        }
        id = try text("task_id")
        prompt = try text("prompt")
        entryPoint = try text("entry_point")
        solution = try text("canonical_solution")
        contract = row["contract"] as? String ?? ""
        guard let base = row["base_input"] as? [Any] else { throw Problem.missing("base_input") }
        baseCount = base.count
        // The inputs stay text: a round trip through Foundation would turn 1.0 into 1.
        inputs = String(decoding: line, as: UTF8.self)
        tolerance = (row["atol"] as? NSNumber)?.doubleValue ?? 0
    }

    /// The line with `null` for the `NaN` and `Infinity` that Python writes, which JSON does not have. Of inputs this program
    /// only counts the elements; the interpreter reads the line as it is.
    static func plainJSON(_ line: Data) -> Data {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        let bytes = [UInt8](line)
        var isText = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isText, byte == UInt8(ascii: "\\") {
                result += bytes[index..<min(bytes.count, index + 2)]
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isText.toggle() }
            if !isText, let word = words.first(where: { bytes[index...].starts(with: $0) }) {
                result += Array("null".utf8)
                index += word.count
                continue
            }
            result.append(byte)
            index += 1
        }
        return Data(result)
    }

    private static let words = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }

    /// Runs the reference solution, in HumanEval's form with its contract.
    func task(_ pool: SandboxPool) throws -> PythonTask {
        let reference = ReferenceSolution(
            task: id, source: prompt + (continuesPrompt ? contract : "") + solution, entryPoint: entryPoint,
            inputs: inputs, required: baseCount, tolerance: tolerance, relation: relation)
        do {
            let cases = try pool.cases(from: reference)
            return PythonTask(
                id: id, prompt: prompt, entryPoint: entryPoint, solution: prompt + solution,
                suites: [
                    TestSuite(name: "base", tests: .cases(cases.required)),
                    TestSuite(name: "plus", tests: .cases(cases.all)),
                ])
        } catch let failure as ExecutionFailure {
            throw Problem.reference("\(failure)")
        }
    }

    /// Whether the solution is the body of a function that the prompt begins, so that a contract fits between them. In
    /// MBPP+ the solution is the whole function, and EvalPlus runs it without its contract.
    private var continuesPrompt: Bool {
        prompt.split(separator: "\n").filter { $0.hasPrefix("def ") }.contains { line in
            line.dropFirst(4).drop { $0 == " " }.prefix { $0 != "(" && $0 != " " } == entryPoint
        }
    }

    /// As EvalPlus compares the outputs of some tasks.
    private var relation: OutputRelation {
        guard id.hasPrefix("Mbpp/") else { return entryPoint == "find_zero" ? .root : .equal }
        return Self.relations[entryPoint] ?? .equal
    }

    private static let relations: [String: OutputRelation] = [
        "similar_elements": .set, "find_char_long": .set, "common_in_nested_lists": .set, "extract_singly": .set,
        "larg_nnum": .set, "intersection_array": .set, "find_dissimilar": .set, "Diff": .set, "check_str": .truth,
        "text_match_three": .truth, "text_starta_endb": .truth, "are_equivalent": .any,
    ]
}

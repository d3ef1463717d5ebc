internal import Checkpoints
internal import Transformers

extension PEFTAdapter {
    /// Settings with the rank and the alpha that every module has, whatever `rank_pattern` and `alpha_pattern` say of
    /// some.
    ///
    /// - Throws: ``TrainingError/adapter(path:fault:)`` where there are several: training goes on with one.
    static func withPatterns(
        of configuration: PEFTConfiguration, _ settings: AdapterSettings, _ folder: String
    ) throws -> AdapterSettings {
        var found = settings
        var stored = try naming(folder) { try PEFTSettings(folder: folder) }
        if let module = stored.modulesToSave.first {
            throw TrainingError.adapter(
                path: folder,
                fault: "its modules_to_save names \"\(module)\", which is trained whole; training goes on with "
                    + "low-rank changes alone")
        }
        if configuration.rank_pattern ?? [:] != [:] {
            found.rank = try common("rank", folder) { try stored.rank(ofModule: $0) ?? settings.rank }
            guard (1...4096).contains(found.rank) else {
                throw TrainingError.adapter(path: folder, fault: "rank \(found.rank) is not in 1 to 4096")
            }
        }
        if configuration.alpha_pattern ?? [:] != [:] {
            found.alpha = Double(try common("alpha", folder) { try stored.alpha(ofModule: $0) })
        }
        return found
    }

    /// What every module of a folder's weights has.
    ///
    /// - Parameter name: of the quantity, whose patterns are `NAME_pattern`
    private static func common<Value: Equatable>(
        _ name: String, _ folder: String, _ value: (_ module: String) throws -> Value
    ) throws -> Value {
        let ending = ".lora_A.weight"
        var found: (value: Value, module: String)?
        for tensor in try weights(ofFolder: folder).tensors.map(\.name).sorted()
        where tensor.hasPrefix(LoRAAdapter.wrapper) && tensor.hasSuffix(ending) {
            let module = String(tensor.dropFirst(LoRAAdapter.wrapper.count).dropLast(ending.count))
            let own = try naming(folder) { try value(module) }
            let first = found ?? (own, module)
            guard own == first.value else {
                throw TrainingError.adapter(
                    path: folder,
                    fault: "its \(name)_pattern gives \(first.module) \(first.value) and \(module) \(own); "
                        + "training goes on with one \(name) for all")
            }
            found = first
        }
        guard let found else { throw TrainingError.adapter(path: folder, fault: "it has no low-rank change") }
        return found.value
    }

    /// The weights of a folder, which must not be a pickle.
    static func weights(ofFolder folder: String) throws -> SafetensorsFile {
        try naming(folder) { try LoRAAdapter.checkWeights(inFolder: folder) }
        return try SafetensorsFile(path: "\(folder)/\(LoRAAdapter.weightsFile)")
    }

    /// Runs `body`, whose faults of an adapter become those of the one in a folder.
    private static func naming<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as TransformerError {
            throw TrainingError.adapter(path: folder, fault: "\(error)")
        }
    }
}

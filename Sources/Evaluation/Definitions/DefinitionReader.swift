internal import Tokenization
internal import Verification

/// Turns the tree of a definition's file into the definition, key by key.
struct DefinitionReader {
    let limits: EvaluationLimits

    func definition(_ root: DefinitionNode) throws(EvaluationDefinitionError) -> EvaluationDefinition {
        let keys = [
            "schema", "name", "version", "description", "prompts", "system", "prompt_template", "format", "date",
            "task", "generation", "scorers",
        ]
        try checkSchema(root)
        let table = try DefinitionTable(root, place: "the definition", allowed: keys)
        _ = try table.required("schema")
        return EvaluationDefinition(
            name: try name(table.required("name")),
            version: try table.required("version").integer(in: 1...1_000_000),
            description: try table.required("description").text(),
            prompts: try sources(table.required("prompts")),
            system: try table["system"].mapped { node throws(EvaluationDefinitionError) in try node.text() },
            promptTemplate: try table["prompt_template"].mapped { node throws(EvaluationDefinitionError) in
                try template(node)
            },
            format: try table["format"].mapped { node throws(EvaluationDefinitionError) in
                try node.oneOf(PromptFormat.self)
            } ?? .chat,
            date: try table["date"].mapped { node throws(EvaluationDefinitionError) in try date(node) },
            task: try table["task"].mapped { node throws(EvaluationDefinitionError) in
                try node.oneOf(EvaluationTask.self)
            } ?? .generate,
            generation: try table["generation"].mapped { node throws(EvaluationDefinitionError) in
                try generation(node)
            } ?? GenerationSettings(),
            scorers: try scorers(table.required("scorers"))
        )
    }

    /// Comes before all else: another schema may have other keys.
    private func checkSchema(_ root: DefinitionNode) throws(EvaluationDefinitionError) {
        let entries = try DefinitionTable.entries(of: root, place: "the definition")
        guard let schema = entries.first(where: { $0.key == "schema" })?.value else { return }
        let found = try schema.integer(in: 0...Int.max)
        guard found == EvaluationDefinition.schema else {
            throw schema.fault(.unsupportedSchema(found: found, supported: EvaluationDefinition.schema))
        }
    }

    /// Lower-case letters, digits and hyphens: names are part of file names and of stored rows.
    private func name(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> String {
        let name = try node.text()
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
        guard isPlain, name.utf8.count <= 64 else {
            throw node.fault(.outOfRange(key: "name", found: name, allowed: "1 to 64 of a-z, 0-9 and -"))
        }
        return name
    }

    private func template(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> String {
        let template = try node.text()
        guard template.contains("{prompt}") else { throw node.fault(.templateWithoutPrompt) }
        return template
    }

    private func date(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> String {
        let date = try node.text()
        guard CivilTime(date: date) != nil else {
            throw node.fault(.outOfRange(key: "date", found: date, allowed: "a day of the calendar, as YYYY-MM-DD"))
        }
        return date
    }

    private func sources(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> [PromptSource] {
        var sources: [PromptSource] = []
        for item in try node.items(limit: limits.listItems) { sources.append(try source(item)) }
        return sources
    }

    /// A path, or a table with the path and what is kept of the set.
    private func source(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> PromptSource {
        if node.isScalar { return PromptSource(file: try node.text()) }
        let keys = ["file", "format", "labels", "categories", "limit"]
        let table = try DefinitionTable(node, place: "\"prompts\"", allowed: keys)
        return PromptSource(
            file: try table.required("file").text(),
            format: try table["format"].mapped { node throws(EvaluationDefinitionError) in
                try node.oneOf(PromptSetFormat.self)
            },
            labels: try table["labels"].mapped { node throws(EvaluationDefinitionError) in try labels(node) },
            categories: try table["categories"].mapped { node throws(EvaluationDefinitionError) in
                try node.texts(limit: limits.listItems)
            },
            limit: try table["limit"].mapped { node throws(EvaluationDefinitionError) in
                try node.integer(in: 1...1_000_000)
            }
        )
    }

    private func labels(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> [String] {
        let labels = try node.texts(limit: limits.listItems)
        if let unknown = labels.first(where: { !AssayForm.labels.contains($0) }) {
            throw node.fault(.unknownValue(key: "labels", found: unknown, allowed: AssayForm.labels))
        }
        return labels
    }

    private func generation(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> GenerationSettings {
        let keys = ["samples", "max_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "seed"]
        let table = try DefinitionTable(node, place: "\"generation\"", allowed: keys)
        var settings = GenerationSettings()
        if let value = table["samples"] { settings.samples = try value.integer(in: limits.samples) }
        if let value = table["max_tokens"] { settings.maxTokens = try value.integer(in: limits.maxTokens) }
        if let value = table["temperature"] { settings.temperature = try value.number(in: limits.temperature) }
        if let value = table["top_p"] { settings.topP = try topP(value) }
        if let value = table["top_k"] { settings.topK = try value.integer(in: 0...10_000_000) }
        if let value = table["min_p"] { settings.minP = try value.number(in: 0...1) }
        if let value = table["stop"] { settings.stop = try value.stops(limit: 16) }
        if let value = table["seed"] { settings.seed = try value.seed() }
        if settings.temperature == 0, settings.samples > 1, let samples = table["samples"] {
            throw samples.fault(.samplesOfGreedy(samples: settings.samples))
        }
        return settings
    }

    /// 0 would keep no token at all.
    private func topP(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> Double {
        let value = try node.number(in: 0...1)
        guard value > 0 else {
            throw node.fault(.outOfRange(key: "top_p", found: "0", allowed: "a number above 0, up to 1"))
        }
        return value
    }

    private func scorers(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> [ScorerDefinition] {
        var scorers: [ScorerDefinition] = []
        for item in try node.items(limit: 64) {
            let scorer = try scorer(item)
            do {
                _ = try ScorerRegistry.make(name: scorer.name, parameters: scorer.parameters)
            } catch {
                throw item.fault(.scorer(problem: "\(error)"))
            }
            if scorers.contains(scorer) { throw item.fault(.duplicateScorer(name: scorer.name)) }
            scorers.append(scorer)
        }
        return scorers
    }

    /// A name, or a table with the name and its parameters.
    private func scorer(_ node: DefinitionNode) throws(EvaluationDefinitionError) -> ScorerDefinition {
        if node.isScalar { return ScorerDefinition(name: try node.text()) }
        let table = try DefinitionTable(node, place: "\"scorers\"", allowed: ["name", "parameters"])
        var parameters: [String: String] = [:]
        if let given = table["parameters"] {
            for entry in try DefinitionTable.entries(of: given, place: "\"parameters\"") {
                parameters[entry.key] = try entry.value.parameter()
            }
        }
        return ScorerDefinition(name: try table.required("name").text(), parameters: parameters)
    }
}

extension DefinitionNode {
    /// Stop texts: unlike other texts they may be white space, such as a line break.
    fileprivate func stops(limit: Int) throws(EvaluationDefinitionError) -> [String] {
        var stops: [String] = []
        for item in try items(limit: limit) {
            let text = try item.parameter()
            guard !text.isEmpty else { throw item.fault(.emptyText(key: key)) }
            stops.append(text)
        }
        return stops
    }
}

extension Optional {
    /// `map` for closures with a typed error.
    fileprivate func mapped<Value, Failure: Error>(
        _ transform: (Wrapped) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard let self else { return nil }
        return try transform(self)
    }
}

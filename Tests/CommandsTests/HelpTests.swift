import Foundation
import Testing

/// Examples of the help texts are whole: they can be copied from a terminal of 80 columns.
struct HelpTests {
    /// A command, as `--experimental-dump-help` writes it.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable { var name: String }
            var names: [Name]?
        }

        var commandName: String
        var discussion: String?
        var arguments: [Argument]?
        var subcommands: [Command]?

        var children: [Command] { (subcommands ?? []).filter { $0.commandName != "help" } }

        /// The lines of the examples: indented by two columns, what belongs to them by four.
        var examples: [String] { (discussion ?? "").components(separatedBy: "\n").filter { $0.hasPrefix("  ") } }

        /// The command of some words, and the options that it takes.
        func command(_ words: ArraySlice<String>) -> Command {
            guard let word = words.first, let child = children.first(where: { $0.commandName == word }) else {
                return self
            }
            return child.command(words.dropFirst())
        }

        var options: Set<String> { Set((arguments ?? []).flatMap { ($0.names ?? []).map { "--" + $0.name } }) }

        /// All commands below this one, with the words that call them.
        func all(_ path: [String] = []) -> [(path: [String], command: Command)] {
            [(path, self)] + children.flatMap { $0.all(path + [$0.commandName]) }
        }
    }

    private static func root() throws -> Command {
        struct Dump: Decodable { var command: Command }
        return try AssayProcess.run(["--experimental-dump-help"]).json(Dump.self).command
    }

    @Test func noExampleIsWrapped() throws {
        for (path, command) in try Self.root().all() where !command.examples.isEmpty {
            let help = try AssayProcess.run(path + ["--help"], environment: ["COLUMNS": "80"])
            #expect(help.code == 0)
            let shown = Set(help.output.components(separatedBy: "\n"))
            for line in command.examples {
                #expect(line.count <= 78, "\(path): \(line)")
                #expect(shown.contains(line), "\(path): \(line)")
            }
        }
    }

    @Test func everyCommandThatDoesSomethingHasAnExample() throws {
        let root = try Self.root()
        for (path, command) in root.all() where command.children.isEmpty {
            let own = "  assay " + path.joined(separator: " ")
            #expect(command.examples.contains { $0 == own || $0.hasPrefix(own + " ") }, "\(path)")
        }
        for group in [[], ["steer"], ["guard"], ["train"]] {
            #expect(!root.command(group[...]).examples.isEmpty, "\(group)")
        }
    }

    /// Every option of an example is one of the command's, and a line goes on only where the one before says so.
    @Test func examplesNameOptionsThatThereAre() throws {
        let root = try Self.root()
        for (path, command) in root.all() {
            var goesOn = false
            var options: Set<String> = []
            for line in command.examples {
                #expect(line.hasPrefix("    ") == goesOn, "\(path): \(line)")
                let words = line.split(separator: " ").map(String.init)
                if !goesOn {
                    #expect(words.first == "assay", "\(path): \(line)")
                    options = root.command(words.dropFirst()).options
                }
                for word in words where word.hasPrefix("--") {
                    let name = String(word.prefix { $0 != "=" })
                    #expect(options.contains(name), "\(path): \(name)")
                }
                goesOn = line.hasSuffix(" \\")
            }
            #expect(!goesOn, "\(path)")
        }
    }
}

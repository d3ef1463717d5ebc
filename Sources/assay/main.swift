import Commands

await AssayCommand.run(arguments: Array(CommandLine.arguments.dropFirst()))

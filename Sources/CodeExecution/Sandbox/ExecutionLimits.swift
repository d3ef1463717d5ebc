/// What one program may use. A program that wants more is ended, and the outcome says which limit it was.
public struct ExecutionLimits: Codable, Hashable, Sendable {
    /// Seconds of processor time; whole seconds, because the kernel counts no finer.
    public var cpuSeconds: Int
    /// Seconds on the clock, from the program's start to the last test's end.
    public var wallSeconds: Double
    /// Bytes of address space of one process, the interpreter's own 30 MiB included.
    public var memoryBytes: Int
    /// Processes; with 1 the program may use threads but start no process.
    public var processes: Int
    /// Bytes of one file.
    public var fileBytes: Int
    /// Bytes of the whole throw-away folder. They are memory.
    public var folderBytes: Int
    /// Bytes written to standard output and standard error together.
    public var outputBytes: Int

    public init(
        cpuSeconds: Int = 4,
        wallSeconds: Double = 5,
        memoryBytes: Int = 512 << 20,
        processes: Int = 1,
        fileBytes: Int = 8 << 20,
        folderBytes: Int = 16 << 20,
        outputBytes: Int = 1 << 20
    ) {
        self.cpuSeconds = cpuSeconds
        self.wallSeconds = wallSeconds
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.fileBytes = fileBytes
        self.folderBytes = folderBytes
        self.outputBytes = outputBytes
    }

    /// - Throws: ``SandboxError/limit(name:found:allowed:)``.
    func check() throws(SandboxError) {
        func require(_ holds: Bool, _ name: String, _ found: some Any, _ allowed: String) throws(SandboxError) {
            guard holds else { throw .limit(name: name, found: "\(found)", allowed: allowed) }
        }
        try require((1...3600).contains(cpuSeconds), "cpuSeconds", cpuSeconds, "1 to 3600")
        try require(wallSeconds > 0 && wallSeconds <= 7200, "wallSeconds", wallSeconds, "above 0, at most 7200")
        try require((64 << 20...64 << 30).contains(memoryBytes), "memoryBytes", memoryBytes, "64 MiB to 64 GiB")
        try require((1...256).contains(processes), "processes", processes, "1 to 256")
        try require((0...1 << 30).contains(fileBytes), "fileBytes", fileBytes, "0 to 1 GiB")
        try require((1 << 16...1 << 30).contains(folderBytes), "folderBytes", folderBytes, "64 KiB to 1 GiB")
        try require((0...1 << 30).contains(outputBytes), "outputBytes", outputBytes, "0 to 1 GiB")
    }
}

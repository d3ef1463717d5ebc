// swift-tools-version: 6.2
import PackageDescription

// The parts of Assay, lowest first. A target knows only what it lists, and arrows point down; where two targets of
// one layer know each other, the reason is beside the arrow.

let swift: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func layer(_ name: String, on dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(of name: String, with others: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + others,
        swiftSettings: swift
    )
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .library(name: "LatentGuard", targets: ["LatentGuard", "LanguageModels", "Tensors"]),
        .library(name: "Resampling", targets: ["Resampling"]),
        .library(name: "Steering", targets: ["Steering", "LanguageModels", "Tensors"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // 0  arithmetic, and the libraries that the system brings
        .target(name: "CKernels"),
        .systemLibrary(name: "COneDNN"),
        .target(name: "COpenBLAS"),
        .target(name: "CSandbox"),
        .target(name: "CSentencePiece", linkerSettings: [.linkedLibrary("sentencepiece")]),

        // 1  what intervals are made of
        layer("Statistics", on: []),
        tests(of: "Statistics"),

        // 1  what readers would make of a text
        layer("TextFormats", on: []),

        // 1  numbers with shapes
        layer("Tensors", on: ["CKernels", "COneDNN", "COpenBLAS"]),
        tests(of: "Tensors", with: ["CKernels"]),

        // 2  bytes on disk; text to tokens
        layer("Checkpoints", on: ["CKernels", crypto]),
        layer("Tokenization", on: ["CSentencePiece"]),
        tests(of: "Checkpoints"),
        tests(of: "Tokenization"),

        // 3  the model
        layer("Transformers", on: ["Tensors", "Checkpoints", "TextFormats", heap]),
        tests(of: "Transformers", with: ["Tensors", "Checkpoints"]),

        // 4  a model with its tokenizer and template; looking inside
        layer("LanguageModels", on: ["Transformers", "Tokenization", "Checkpoints", "Tensors", crypto]),
        tests(of: "LanguageModels", with: ["Transformers", "Tokenization", "Tensors"]),
        layer("Hooks", on: ["Transformers", "Tensors"]),
        tests(of: "Hooks", with: ["Transformers", "Checkpoints", "Tensors"]),

        // 5  changing it
        layer("Training", on: ["Transformers", "Tokenization", "Checkpoints", "Tensors", "TextFormats", yams]),
        tests(of: "Training", with: ["Transformers", "Tokenization", "Checkpoints", "Tensors"]),

        // 5  directions in activation space and what they do; a filter made of them
        layer(
            "Steering",
            on: [
                "Statistics", "Hooks", "LanguageModels", "Transformers", "Tokenization", "Checkpoints", "Tensors",
                crypto,
            ]),
        // A guard is fitted with the statistics that directions are found by.
        layer(
            "LatentGuard",
            on: [
                "Steering", "Statistics", "Hooks", "LanguageModels", "Transformers", "Tokenization", "Checkpoints",
                "Tensors", crypto,
            ]),
        tests(
            of: "Steering", with: ["Hooks", "LanguageModels", "Transformers", "Tokenization", "Checkpoints", "Tensors"]),
        tests(
            of: "LatentGuard",
            with: ["Steering", "LanguageModels", "Transformers", "Tokenization", "Checkpoints", "Tensors"]),

        //    what decides that an answer is right; evaluations
        layer("Verification", on: ["Statistics", "TextFormats"]),
        // An evaluation is graded by scorers.
        layer(
            "Evaluation",
            on: [
                "Verification", "Statistics", "LanguageModels", "Transformers", "Tokenization", "Tensors",
                "TextFormats",
                crypto, yams,
            ]),

        // Starts the programs that Assay needs; nothing else does.
        .target(
            name: "CodeExecution",
            dependencies: ["CSandbox", "TextFormats", subprocess],
            // The Python side of the sandbox, carried inside the program.
            resources: ["sandbox", "exchange", "candidate", "judge", "server", "style"].map {
                .embedInCode("Python/\($0).py")
            },
            swiftSettings: swift
        ),
        tests(of: "CodeExecution"),
        tests(of: "Verification", with: ["TextFormats"]),
        tests(of: "Evaluation", with: ["Verification", "Statistics", "Tokenization", "TextFormats"]),

        // 6  statistics of repeated sampling
        layer("Resampling", on: ["Statistics"]),
        tests(of: "Resampling"),

        // Results of other harnesses, read and written.
        layer("HarnessLogs", on: ["Evaluation", "Verification", yams]),
        tests(of: "HarnessLogs", with: ["Evaluation", "Verification"]),

        // 7  remembering and reporting
        layer("Store", on: ["Training", "Evaluation", "Verification", "TextFormats", grdb]),
        tests(of: "Store", with: ["Training", "Evaluation", "Verification", "Tokenization", grdb]),
        layer("Reports", on: ["Evaluation", "Resampling", "Verification", "TextFormats"]),
        tests(of: "Reports", with: ["Evaluation", "Resampling", "Verification", "TextFormats"]),

        // 8  the command line
        layer(
            "Commands",
            on: [
                "CodeExecution", "HarnessLogs", "Reports", "Store", "Resampling", "Evaluation", "Verification",
                "Training",
                "LatentGuard", "Steering",
                "Hooks", "LanguageModels", "Transformers", "Tokenization", "Checkpoints", "Tensors", "Statistics",
                "TextFormats",
                argumentParser,
                // The server of `guard serve`.
                hummingbird, hummingbirdCore, httpTypes, logging, nio,
            ]),
        .executableTarget(name: "assay", dependencies: ["Commands"], swiftSettings: swift),
        tests(
            of: "Commands",
            with: [
                "assay", "Evaluation", "Training", "LatentGuard", "LanguageModels", "Hooks", "Transformers",
                "Checkpoints", "Tensors",
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swift),
    ],
    cxxLanguageStandard: .cxx17
)

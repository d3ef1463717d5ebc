import Foundation
import Steering
import TestSupport
import Testing
import Transformers

@testable import LatentGuard

@Test(arguments: [GuardMethod.joint, .centred])
func aGuardComesBackFromItsFile(_ method: GuardMethod) throws {
    try Places.withTemporaryFolder { folder in
        let profile = try SyntheticExamples(pairs: 40, strength: 1, seed: 5).profile([method])
        let path = folder.appendingPathComponent("guard.safetensors").path
        try profile.write(to: path)
        #expect(try GuardProfile(path: path) == profile)
    }
}

@Test func aDamagedGuardIsRefused() throws {
    try Places.withTemporaryFolder { folder in
        let profile = try SyntheticExamples(pairs: 40, strength: 1, seed: 5).profile([.joint])
        let path = folder.appendingPathComponent("guard.safetensors").path
        var bad = profile
        bad.harmful.weights[0][3] = .nan
        try bad.write(to: path)
        #expect(throws: GuardError.notFinite(tensor: "harmful.weights")) { try GuardProfile(path: path) }
        bad = profile
        bad.novelty.mean[0] = .infinity
        try bad.write(to: path)
        #expect(throws: GuardError.notFinite(tensor: "novelty.mean")) { try GuardProfile(path: path) }
        bad = profile
        bad.novelty.limit = -1
        try bad.write(to: path)
        #expect(throws: GuardError.self) { try GuardProfile(path: path) }
        bad = profile
        bad.harmful.readings[0] = 99
        try bad.write(to: path)
        #expect(throws: GuardError.self) { try GuardProfile(path: path) }
    }
}

/// Readings that no model has are found in the file, by the name of the field.
@Test(
    arguments: [
        (Reading(layer: -5, position: .instruction), "layer of reading 0"),
        (Reading(layer: nil, position: .instruction), "layer of reading 0"),
        (Reading(.embed, layer: 2, position: .instruction), "layer of reading 0"),
        (Reading(.mlpPost, layer: 1, position: .instruction), "site of reading 0"),
        (Reading(.pattern, layer: 1, position: .instruction), "site of reading 0"),
        (Reading(layer: 1, position: .offset(.min)), "readings.0.position"),
    ])
func aGuardOfImpossibleReadingsIsRefused(_ reading: Reading, _ field: String) throws {
    try Places.withTemporaryFolder { folder in
        var profile = try SyntheticExamples(pairs: 40, strength: 1, seed: 5).profile([.joint])
        profile.readings[0] = reading
        let path = folder.appendingPathComponent("guard.safetensors").path
        try profile.write(to: path)
        let error = try #require(throws: GuardError.self) { try GuardProfile(path: path) }
        #expect("\(error)".contains(field), "\(error)")
    }
}

@Test func everyTruncatedOrChangedGuardThrowsAndNoneTraps() throws {
    try Places.withTemporaryFolder { folder in
        let path = folder.appendingPathComponent("guard.safetensors").path
        try SyntheticExamples(pairs: 30, strength: 1, seed: 5).profile([.joint]).write(to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in stride(from: 0, to: bytes.count, by: 97) {
            try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: (any Error).self) { try GuardProfile(path: path) }
        }
        var random = SeededGenerator(seed: 6)
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: 0..<min(bytes.count, 3000), using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            try changed.write(to: URL(fileURLWithPath: path))
            _ = try? GuardProfile(path: path)
        }
    }
}

@Test func theShippedGuardCanBeRead() throws {
    let profile = try GuardProfile(path: Places.root.appendingPathComponent("fixtures/guards/smollm2.safetensors").path)
    #expect(profile.width == 576)
    #expect(profile.readings.count == 12)
    #expect(profile.record.falsePositives.total > 1000)
}

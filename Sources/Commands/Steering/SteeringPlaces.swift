internal import ArgumentParser
internal import Steering
internal import Transformers

/// Hook sites, layers and positions from the command line.
enum SteeringPlaces {
    static func readings(site: String, layers: String?, position: String, layerCount: Int) throws -> [Reading] {
        guard let site = HookPoint.Site(rawValue: site), site.isInBlock, !site.isSquare else {
            throw ValidationError(
                "--site is \"\(site)\"; allowed: one of a block with a vector per position, such as hook_resid_pre")
        }
        guard let position = TokenPosition(position) else {
            throw ValidationError(
                "--position is \"\(position)\"; allowed: t_inst, t_post_inst, t_inst+N, t_inst-N, inst_mean, all")
        }
        return try self.layers(layers, layerCount: layerCount).map { Reading(site, layer: $0, position: position) }
    }

    /// Directions that point somewhere; a warning names those of length 0, such as at the first layer at a position where
    /// all prompts have the same token.
    static func pointing(_ directions: [Direction]) throws -> [Direction] {
        let pointing = directions.filter { $0.vector.contains { $0 != 0 } }
        for direction in directions where !direction.vector.contains(where: { $0 != 0 }) {
            StandardError.write(
                "assay: warning: the direction at \(direction.reading) has length 0 and is left out: both sides have the"
                    + " same mean there\n")
        }
        guard !pointing.isEmpty else { throw CommandFailure.badData("no direction is left") }
        return pointing
    }

    /// All layers where none are given.
    static func layers(_ list: String?, layerCount: Int) throws -> [Int] {
        guard let list else { return Array(0..<layerCount) }
        var layers: [Int] = []
        for part in list.split(separator: ",") {
            guard let layer = Int(part.filter { $0 != " " }), (0..<layerCount).contains(layer) else {
                throw ValidationError("--layers has \"\(part)\"; allowed: 0 to \(layerCount - 1)")
            }
            guard !layers.contains(layer) else {
                throw ValidationError("--layers has \(layer) twice; name each layer once")
            }
            layers.append(layer)
        }
        guard !layers.isEmpty else {
            throw ValidationError("--layers is \"\(list)\"; allowed, separated by commas: 0 to \(layerCount - 1)")
        }
        return layers
    }
}

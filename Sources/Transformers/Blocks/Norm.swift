internal import Tensors

/// Hook points of the two factors of a norm.
struct NormSites {
    var scale: HookPoint.Site
    var normalized: HookPoint.Site
    /// Of the result; nil where it is another point.
    var out: HookPoint.Site?
}

extension ForwardPass {
    /// `out = (x - mean) / scale * weight + bias`; the mean and the bias belong to layer norms (Ba et al. 2016), others
    /// divide by the root mean square (Zhang and Sennrich 2019).
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - out: the same shape; x itself, or not overlapping it
    mutating func normalize(
        _ x: MatrixSlice, _ weights: NormWeights, layer: Int?, _ sites: NormSites, into out: MatrixSlice
    ) {
        guard configuration.normKind == .layer || weights.bias != nil || wantsParts(of: sites, layer: layer) else {
            RowOperations.rmsNormalize(
                x, epsilon: configuration.normEpsilon, weight: weights.weight.slice, into: out, threads: threads)
            if let site = sites.out { visit(site, layer: layer, out) }
            return
        }
        let scale = rows(space.scale)
        var centered = x
        if configuration.normKind == .layer {
            RowOperations.center(x, into: out, threads: threads)
            centered = out
        }
        RowOperations.rmsScale(centered, epsilon: configuration.normEpsilon, into: scale, threads: threads)
        visit(sites.scale, layer: layer, scale)
        RowOperations.divide(centered, by: scale, into: out, threads: threads)
        visit(sites.normalized, layer: layer, out)
        RowOperations.multiply(out, by: weights.weight.slice, into: out, threads: threads)
        if let bias = weights.bias { RowOperations.addScaled(out, 1, bias.slice, threads: threads) }
        if let site = sites.out { visit(site, layer: layer, out) }
    }

    private func wantsParts(of sites: NormSites, layer: Int?) -> Bool {
        hook.wants(HookPoint(sites.scale, layer: layer)) || hook.wants(HookPoint(sites.normalized, layer: layer))
    }

    /// The same in place, with nobody looking on.
    func normalizeUnseen(_ x: MatrixSlice, _ weights: NormWeights) {
        var unseen = ForwardPass<NoHook>(unseen: self)
        unseen.normalize(x, weights, layer: nil, .attention, into: x)
    }

    /// The same where a block has the norm; otherwise `x` as it is.
    mutating func normalizeInput(
        _ x: MatrixSlice, _ weights: NormWeights?, layer: Int, _ sites: NormSites
    ) -> MatrixSlice {
        guard let weights else { return x }
        let normalized = rows(space.normalized)
        normalize(x, weights, layer: layer, sites, into: normalized)
        return normalized
    }

    /// Normalises queries or keys in place, before they are rotated.
    ///
    /// - Parameters:
    ///   - x: [rows, heads * headDimension]
    ///   - weight: as wide as a head, or as `x`
    func normalizeHeads(_ x: MatrixSlice, _ weight: Matrix?) {
        guard let weight else { return }
        RowOperations.rmsNormalizeGroups(
            x, epsilon: configuration.normEpsilon, weight: weight.slice, threads: threads)
    }
}

/// Unpacks gzip (RFC 1952), piece by piece: a little more than 64 KiB of what comes out are in memory.
///
/// Lengths and checksums are checked; several packed files one after the other are one.
package struct GzipReader {
    /// What stands at the beginning of every gzip file.
    package static let mark: [UInt8] = [0x1F, 0x8B]
    private static let pieceLength = 1 << 16

    private enum State {
        case start
        case block
        case stored(left: Int)
        case coded(literals: HuffmanCode, distances: HuffmanCode)
        case trailer
        case end
    }

    private let limit: Int
    private var bits: BitReader
    private var state = State.start
    private var isLastBlock = false
    private var window = OutputWindow()
    private var isFirstMember = true
    /// Bytes that have come out, of all members.
    private var total = 0

    /// - Parameters:
    ///   - limit: the most bytes that may come out
    ///   - pull: the next packed bytes; none at the end
    package init(limit: Int = .max, pull: @escaping () throws -> [UInt8]) {
        self.limit = limit
        bits = BitReader(pull)
    }

    /// Everything that comes out of `bytes`.
    ///
    /// - Throws: ``GzipError``.
    package static func unpack(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        var rest = bytes
        var reader = GzipReader(limit: limit) {
            defer { rest = [] }
            return rest
        }
        var result: [UInt8] = []
        while let piece = try reader.next() { result += piece }
        return result
    }

    /// The next bytes that come out; nil after the last ones.
    ///
    /// - Throws: ``GzipError``, and what `pull` throws.
    package mutating func next() throws -> [UInt8]? {
        while window.fresh < Self.pieceLength {
            if case .end = state { break }
            try advance()
        }
        guard window.fresh > 0 else { return nil }
        total += window.fresh
        guard total <= limit else { throw GzipError.tooLarge(limit: limit) }
        return window.take()
    }

    private mutating func advance() throws {
        switch state {
        case .start: try beginMember()
        case .block: try beginBlock()
        case .stored(let left): try copy(left)
        case .coded(let literals, let distances): try decode(literals, distances)
        case .trailer: try endMember()
        case .end: break
        }
    }

    private mutating func beginMember() throws {
        guard try bits.hasMore() || isFirstMember else { return state = .end }
        guard try bits.take(16) == 0x8B1F else {
            throw GzipError.damaged(isFirstMember ? "it does not begin as one" : "other bytes follow its end")
        }
        isFirstMember = false
        let method = try bits.take(8)
        guard method == 8 else { throw GzipError.damaged("packing method \(method); 8 is known") }
        try skipHeader(flags: try bits.take(8))
        window.begin()
        state = .block
    }

    /// Past time, system, extra field, name, comment and the header's checksum.
    private mutating func skipHeader(flags: Int) throws {
        guard flags & 0xE0 == 0 else { throw GzipError.damaged("unknown flags in its header") }
        for _ in 0..<6 { _ = try bits.take(8) }
        if flags & 4 != 0 {
            for _ in 0..<(try bits.take(16)) { _ = try bits.take(8) }
        }
        for text in [8, 16] where flags & text != 0 {
            while try bits.take(8) != 0 {}
        }
        if flags & 2 != 0 { _ = try bits.take(16) }
    }

    private mutating func beginBlock() throws {
        guard !isLastBlock else {
            isLastBlock = false
            return state = .trailer
        }
        isLastBlock = try bits.take(1) == 1
        switch try bits.take(2) {
        case 0:
            try bits.align()
            let (length, check) = (try bits.take(16), try bits.take(16))
            guard length == ~check & 0xFFFF else { throw GzipError.damaged("a stored block's length is wrong") }
            state = .stored(left: length)
        case 1: state = .coded(literals: DeflateCodes.fixedLiterals, distances: DeflateCodes.fixedDistances)
        case 2:
            let codes = try DeflateCodes.read(&bits)
            state = .coded(literals: codes.literals, distances: codes.distances)
        default: throw GzipError.damaged("a block of an unknown kind")
        }
    }

    private mutating func copy(_ left: Int) throws {
        let now = min(left, Self.pieceLength)
        for _ in 0..<now { window.append(UInt8(try bits.take(8))) }
        state = left > now ? .stored(left: left - now) : .block
    }

    /// Until the block ends, or a piece is full.
    private mutating func decode(_ literals: HuffmanCode, _ distances: HuffmanCode) throws {
        while window.fresh < Self.pieceLength {
            let symbol = try literals.symbol(&bits)
            if symbol < 256 {
                window.append(UInt8(symbol))
            } else if symbol == 256 {
                return state = .block
            } else {
                let length = try DeflateCodes.length(symbol, &bits)
                let distance = try DeflateCodes.distance(try distances.symbol(&bits), &bits)
                try window.repeatBytes(length: length, distance: distance)
            }
        }
    }

    private mutating func endMember() throws {
        try bits.align()
        let (checksum, size) = (try bits.take(32), try bits.take(32))
        guard checksum == Int(window.checksum) else { throw GzipError.damaged("its checksum is wrong") }
        guard size == window.memberLength & 0xFFFF_FFFF else { throw GzipError.damaged("its length is wrong") }
        state = .start
    }
}

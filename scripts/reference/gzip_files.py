"""Files packed by zlib in every way that deflate knows, for the reader of gzip: Tests/Fixtures/gzip.

Each holds lines(), which the test makes again, but for names.gz: the letters of two members, the first with an extra
field, a name, a comment and a checksum of its header.
"""

import pathlib
import struct
import zlib

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/gzip"


def lines(count=6000):
    return b"".join(b"line %d of %d\n" % (index * index % 977, index) for index in range(count))


def packed(data, level, strategy=zlib.Z_DEFAULT_STRATEGY):
    packer = zlib.compressobj(level, zlib.DEFLATED, 31, 9, strategy)
    return packer.compress(data) + packer.flush()


def with_names(data):
    header = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x04\x00abcd" + b"letters.txt\x00" + b"a comment\x00"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    check = struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + check + body + struct.pack("<II", zlib.crc32(data), len(data))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    files = {
        "dynamic": packed(lines(), 9),
        "fixed": packed(lines(), 9, zlib.Z_FIXED),
        "literals": packed(lines(1000), 9, zlib.Z_HUFFMAN_ONLY),
        "stored": packed(lines(500), 0),
        "names": with_names(b"abcabcabc") + packed(b"xyz", 9),
        "empty": packed(b"", 9),
    }
    for name, data in files.items():
        (OUT / f"{name}.gz").write_bytes(data)


if __name__ == "__main__":
    main()

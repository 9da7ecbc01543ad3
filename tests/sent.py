"""What a server has sent, to be searched: texts as they are, and what was sent compressed."""

from __future__ import annotations

import re
import zlib

ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")  # how what is compressed begins; much else does, too


def as_text(data: bytes) -> str:
    """All of it, byte by byte, and after it whatever can be unpacked of it."""
    found = [data]
    for start in ZLIB.finditer(data):
        try:
            found.append(zlib.decompressobj().decompress(data[start.start() :]))
        except zlib.error:
            continue
    return b"\n".join(found).decode("latin-1")

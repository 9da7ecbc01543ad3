"""A QR code of a link, as SVG: text in, squares out (ISO/IEC 18004, bytes, error correction L).

Only what a link needs: bytes, versions 1 to 10 (at most 271 of them), and one of the eight masks,
since a reader takes any.
"""

from __future__ import annotations

import numpy as np

#: by version: codewords of data in each block, codewords of error correction for each block
BLOCKS: dict[int, tuple[tuple[int, ...], int]] = {
    1: ((19,), 7),
    2: ((34,), 10),
    3: ((55,), 15),
    4: ((80,), 20),
    5: ((108,), 26),
    6: ((68, 68), 18),
    7: ((78, 78), 20),
    8: ((97, 97), 24),
    9: ((116, 116), 30),
    10: ((68, 68, 69, 69), 18),
}
#: by version: where alignment patterns have their centres
CENTRES = {1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34)} | {
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
}
MASK = 0  # dark and light change places where row + column is even
QUIET = 4  # light modules around it

_EXP = [1] * 512  # powers of 2 in the field of 256 elements
for _i in range(1, 512):
    _EXP[_i] = _EXP[_i - 1] << 1 ^ (0x11D if _EXP[_i - 1] & 128 else 0)
_LOG = {value: power for power, value in enumerate(_EXP[:255])}


def svg(text: str) -> str:
    """The code of a text as one SVG, dark on light.

    Raises ValueError where the text is too long for a code that is still read from the last row.
    """
    dark = matrix(text)
    size = len(dark) + 2 * QUIET
    squares = "".join(f"M{x + QUIET},{y + QUIET}h1v1h-1z" for y, x in np.argwhere(dark))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        'shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{squares}"/></svg>'
    )


def matrix(text: str) -> np.ndarray:
    """The modules of the code, (n, n) booleans: True is dark."""
    data = text.encode()
    version = _version(len(data))
    dark, fixed = _patterns(version)
    bits = np.unpackbits(np.array(_interleaved(_codewords(data, version), version), np.uint8))
    _lay(dark, fixed, bits)
    rows, columns = np.indices(dark.shape)
    dark ^= ~fixed & ((rows + columns) % 2 == 0)
    _format(dark)
    return dark


def _version(length: int) -> int:
    for version, (blocks, _) in BLOCKS.items():
        if length <= sum(blocks) - (2 if version < 10 else 3):
            return version
    raise ValueError(f"{length} bytes are too many for a code of version {max(BLOCKS)}")


def _codewords(data: bytes, version: int) -> list[int]:
    """Mode, length, the bytes, and what fills the rest."""
    room = sum(BLOCKS[version][0])
    length = 8 if version < 10 else 16
    bits = f"0100{len(data):0{length}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, 8 * room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
    return words + [(0xEC, 0x11)[i % 2] for i in range(room - len(words))]


def _interleaved(words: list[int], version: int) -> list[int]:
    """Data and error correction, a codeword of each block in turn."""
    sizes, more = BLOCKS[version]
    blocks, at = [], 0
    for size in sizes:
        blocks.append(words[at : at + size])
        at += size
    checks = [_check(block, more) for block in blocks]
    longest = range(max(sizes))
    return [block[i] for i in longest for block in blocks if i < len(block)] + [
        check[i] for i in range(more) for check in checks
    ]


def _check(block: list[int], count: int) -> list[int]:
    """Reed-Solomon: what is left of the block's polynomial when it is divided by the generator."""
    generator = [1]
    for power in range(count):
        longer = [*generator, 0]
        for i, value in enumerate(generator):
            longer[i + 1] ^= _times(value, _EXP[power])
        generator = longer
    rest = [*block, *[0] * count]
    for i in range(len(block)):
        lead = rest[i]
        for j, value in enumerate(generator):
            rest[i + j] ^= _times(value, lead)
    return rest[len(block) :]


def _times(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _patterns(version: int) -> tuple[np.ndarray, np.ndarray]:
    """What every code of a version has, and where that is."""
    size = 17 + 4 * version
    dark, fixed = np.zeros((size, size), bool), np.zeros((size, size), bool)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        far = _far(size, row, column)
        dark[far <= 4] = (far[far <= 4] != 2) & (far[far <= 4] != 4)
        fixed |= far <= 4
    dark[6, 8:-8] = dark[8:-8, 6] = np.arange(8, size - 8) % 2 == 0
    fixed[6], fixed[:, 6] = True, True
    centres = CENTRES[version]
    for row in centres:
        for column in centres:
            if (row, column) not in {(6, 6), (6, centres[-1]), (centres[-1], 6)}:
                far = _far(size, row, column)
                dark[far <= 2] = far[far <= 2] != 1
                fixed |= far <= 2
    fixed[8, :9], fixed[:9, 8], fixed[8, -8:], fixed[-8:, 8] = True, True, True, True
    dark[-8, 8] = True
    if version >= 7:
        told = _remainder(version, 0x1F25, 12)
        for i in range(18):
            at = i // 3, size - 11 + i % 3
            dark[at] = dark[at[::-1]] = told >> i & 1
            fixed[at] = fixed[at[::-1]] = True
    return dark, fixed


def _far(size: int, row: int, column: int) -> np.ndarray:
    """How far each module is from one of them, the longer way of the two."""
    rows, columns = np.indices((size, size))
    return np.maximum(np.abs(rows - row), np.abs(columns - column))


def _lay(dark: np.ndarray, fixed: np.ndarray, bits: np.ndarray) -> None:
    """The bits in columns of two, from the right, up and down in turn."""
    size, places = len(dark), []
    columns = [column for column in range(size - 1, 0, -2) if column > 6]
    columns += [5, 3, 1]
    for turn, column in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        places += [(row, x) for row in rows for x in (column, column - 1) if not fixed[row, x]]
    for place, bit in zip(places, bits, strict=False):
        dark[place] = bool(bit)


def _format(dark: np.ndarray) -> None:
    """Which mask and how much error correction, twice."""
    told = _remainder(0b01 << 3 | MASK, 0x537, 10) ^ 0x5412
    size = len(dark)
    once = [(i + (i > 5), 8) for i in range(8)] + [(8, 7 - i - (i > 0)) for i in range(7)]
    twice = [(8, size - 1 - i) for i in range(8)] + [(size - 7 + i, 8) for i in range(7)]
    for i in range(15):
        dark[once[i]] = dark[twice[i]] = bool(told >> i & 1)


def _remainder(value: int, generator: int, bits: int) -> int:
    """A number, followed by what is left of it when it is divided by the generator."""
    rest = value << bits
    for shift in range(rest.bit_length() - bits - 1, -1, -1):
        if rest >> (shift + bits) & 1:
            rest ^= generator << shift
    return value << bits | rest

"""The QR code of a link: to the last module what another encoder makes, and readable again."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from ui import qr

LINK = "https://lab.example/mini_batch?scene=four_steps&lang=ko&" * 9
#: version → bytes that fill it, and the SHA-256 of the modules that segno 1.6.6 makes of the
#: first so many characters of LINK with mask 0 and error correction L, row by row as 0 and 1
FULL = {
    1: (17, "eb29a95b928d1391"),
    2: (32, "78e3c26d294a8fad"),
    3: (53, "9444599e8bdcf21b"),
    4: (78, "882fb54e495750ed"),
    5: (106, "3ec1f1c9e3c545a0"),
    6: (134, "56160fc1a35f25cb"),
    7: (154, "0af54d58dc6c063c"),
    8: (192, "2b3e956ebb6500b3"),
    9: (230, "c1cd191d21bfbf4d"),
    10: (271, "0722bf24c81a1d40"),
}


@pytest.mark.parametrize("version", FULL)
def test_each_version_is_what_another_encoder_makes(version: int) -> None:
    length, digest = FULL[version]
    dark = qr.matrix(LINK[:length])
    assert dark.shape == (17 + 4 * version, 17 + 4 * version)
    assert hashlib.sha256(dark.astype(np.uint8).tobytes()).hexdigest()[:16] == digest


def read(dark: np.ndarray) -> str:
    """The text of a code: the way back, without correcting anything."""
    version = (len(dark) - 17) // 4
    _, fixed = qr._patterns(version)
    rows, columns = np.indices(dark.shape)
    plain = dark ^ ((rows + columns) % 2 == 0)
    bits = []
    pairs = [c for c in range(len(dark) - 1, 0, -2) if c > 6] + [5, 3, 1]
    for turn, column in enumerate(pairs):
        for row in range(len(dark)) if turn % 2 else reversed(range(len(dark))):
            bits += [plain[row, x] for x in (column, column - 1) if not fixed[row, x]]
    words = list(np.packbits(bits[: len(bits) // 8 * 8]))
    sizes = qr.BLOCKS[version][0]
    blocks: list[list[int]] = [[] for _ in sizes]
    for i in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if i < size:
                block.append(int(words.pop(0)))
    stream = "".join(f"{word:08b}" for block in blocks for word in block)
    head = 8 if version < 10 else 16
    assert stream[:4] == "0100"
    count = int(stream[4 : 4 + head], 2)
    start = 4 + head
    return bytes(int(stream[start + 8 * i : start + 8 * i + 8], 2) for i in range(count)).decode()


@pytest.mark.parametrize("length", [1, 20, 60, 133, 200, 240])
def test_what_fills_the_rest_does_not_change_the_text(length: int) -> None:
    assert read(qr.matrix(LINK[:length])) == LINK[:length]


def test_letters_of_any_language_are_kept() -> None:
    assert read(qr.matrix("배치 정규화")) == "배치 정규화"


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="272 bytes"):
        qr.matrix("a" * 272)


def test_the_picture_has_every_dark_module_and_a_quiet_edge() -> None:
    picture = qr.svg("https://lab.example")
    assert 'viewBox="0 0 33 33"' in picture
    assert picture.count("h1v1h-1z") == qr.matrix("https://lab.example").sum()

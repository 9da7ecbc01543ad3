"""Handwritten digits as one small PNG: a pixel of the file is a pixel of the digit.

The page enlarges it without smoothing, so that 8×8 images stay crisp at any size.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from figures.theme import FAINT, INK, PAPER, Mode

GAP = 1  # pixels of page between two images


def montage(images: np.ndarray, columns: int, mode: Mode) -> np.ndarray:
    """Images (k, h, w) of ink from 0 to 1 in rows of `columns`, as RGB (height, width, 3) uint8.

    No ink is a little apart from the page and full ink is the colour of its text, so that a digit
    looks written on the page in light and in dark.
    """
    k, h, w = images.shape
    rows = -(-k // columns)
    paper, ground, ink = (_rgb(table[mode]) for table in (PAPER, FAINT, INK))
    ground = (2 * paper + ground) / 3
    sheet = np.empty((rows * (h + GAP) - GAP, columns * (w + GAP) - GAP, 3))
    sheet[...] = paper
    for i, image in enumerate(images):
        top, left = (i // columns) * (h + GAP), (i % columns) * (w + GAP)
        share = np.clip(image, 0, 1)[..., None]
        sheet[top : top + h, left : left + w] = (1 - share) * ground + share * ink
    return sheet.round().astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    """RGB (height, width, 3) uint8 as a PNG file (W3C PNG specification, third edition)."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # each line begins with filter type 0
    lines[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def data_uri(images: np.ndarray, columns: int, mode: Mode) -> tuple[str, int]:
    """A montage to stand in a page as it is, and its width in pixels."""
    pixels = montage(images, columns, mode)
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode(), pixels.shape[1]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)

"""The bowl of a hidden layer, as a picture without a library: lines of equal loss, a way down.

SVG in an image, so that it is there at once and its way draws itself each time it is another one.
`words` are finished strings.
"""

from __future__ import annotations

import base64
from html import escape

import numpy as np

from figures.parts import Words
from figures.theme import FAINT, INK, PAPER, Mode, colour

WIDE, HIGH = 620, 156  # its own pixels
REACH = 250  # from the start to the lowest point, across
LEVELS = 2.0 ** np.arange(-8, 9)  # of the loss at the start: neighbours differ by a factor of 2
SHOWN = 100  # steps that are drawn
FAR = 4.0  # pictures away from the middle: what is farther is not drawn
LOOK = """
.way { stroke-dasharray: 1; animation: go 1.8s ease-out both; }
.dots { animation: come 1.8s ease-in both; }
@keyframes go { from { stroke-dashoffset: 1; } to { stroke-dashoffset: 0; } }
@keyframes come { from { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .way, .dots { animation: none; } }
text { font: 600 14px sans-serif; }
@media (max-width: 450px) { text { font-size: 21px; } }
"""


def valley(
    mode: Mode,
    idea: str,
    start: np.ndarray,
    curvature: np.ndarray,
    way: np.ndarray,
    diverged: bool,
    words: Words,
) -> str:
    """Lines of equal loss λw²/2 over two weights, and the way (T, 2) down, as an SVG.

    `curvature` (2,) and `start` (2,) are those of the direction across and of the one up. One
    scale on both, so that the bowl has its true shape. words: start, lowest.
    """
    unit = REACH / abs(start[0])
    rings = "".join(_ring(mode, idea, unit * np.sqrt(2 * level / curvature)) for level in LEVELS)
    points = unit * way[: SHOWN + 1] * np.array([1, -1])
    near = np.abs(points).max(axis=1) < FAR * WIDE
    points = points[: len(points) if near.all() else int(near.argmin()) + 1]
    hue = colour("error", mode) if diverged else INK[mode]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in points)
    body = (
        f'{rings}<polyline class="way" pathLength="1" points="{path}" fill="none" '
        f'stroke="{hue}" stroke-width="1.4"/><g class="dots" fill="{hue}">{dots}</g>'
    )
    return _drawn(mode, body + _marks(mode, unit * start * np.array([1, -1]), words))


def plain_ground(mode: Mode, words: Words) -> str:
    """The same before anything of the bowl is shown: where the way begins, and where it leads."""
    return _drawn(mode, _marks(mode, np.array([-REACH, -24.0]), words))


def _drawn(mode: Mode, body: str) -> str:
    box = f'viewBox="{-WIDE / 2:g} {-HIGH / 2:g} {WIDE} {HIGH}"'
    frame = (
        f'<rect x="{-WIDE / 2 + 0.5}" y="{-HIGH / 2 + 0.5}" width="{WIDE - 1}" height="{HIGH - 1}" '
        f'rx="8" fill="none" stroke="{FAINT[mode]}"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><style>{LOOK}</style>{body}{frame}</svg>'


def _ring(mode: Mode, idea: str, half: np.ndarray) -> str:
    hue = colour(idea, mode)
    return (
        f'<ellipse rx="{half[0]:.2f}" ry="{half[1]:.2f}" fill="{hue}" fill-opacity=".045" '
        f'stroke="{hue}" stroke-opacity=".55"/>'
    )


def _marks(mode: Mode, start: np.ndarray, words: Words) -> str:
    x, y = start
    ink, paper = INK[mode], PAPER[mode]
    # the names lie on paper, since lines of equal loss run below them
    look = f'fill="{ink}" stroke="{paper}" stroke-width="4" paint-order="stroke"'
    return (
        f'<g stroke="{ink}" stroke-width="2.5" fill="{paper}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6"/><path d="M-7 0H7M0-7V7"/></g>'
        f'<g text-anchor="middle" {look}>'
        f'<text x="{x:.1f}" y="{y - 14:.1f}">{escape(words["start"])}</text>'
        f'<text y="28">{escape(words["lowest"])}</text></g>'
    )


def image(svg: str, alt: str) -> str:
    """As HTML."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="valley" src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}">'

"""a or z: in practice z. What a unit hands on when batch norm stands before g, and after it."""

from __future__ import annotations

import base64
import html

import numpy as np
import streamlit as st

from bncore.batchnorm import batch_norm_forward
from experiments.intervals import reach
from experiments.network import little as training
from experiments.network import placement, walkthrough
from figures.theme import FAINT, INK, colour
from pages.network import LESSON
from ui import page, text
from ui.lessons import address
from ui.numbers import percent, unbroken
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

UNIT, LAYER = 0, 1  # whose values are drawn; the unit from 0
WAYS: dict[str, tuple[str, ...]] = {"before": ("z", "z_tilde", "a"), "after": ("z", "a", "a_tilde")}
ENDS, BINS = (-3.0, 3.0), 30
WIDTH, HEIGHT, ROW = 620, 366, 178  # px
LOOK = (
    "text{font:14px sans-serif}.sym{font:italic 21px Georgia,serif;text-anchor:middle}"
    ".small{font-size:13px;text-anchor:middle}.way{font-weight:700;font-size:15px}"
    "path{fill:none;stroke-width:2}"
)


def values(norm: str) -> dict[str, np.ndarray]:
    """The unit's values by name on all training examples, once the network is trained."""
    place = (norm, "tanh", "sgd", walkthrough.EPOCHS, walkthrough.BATCHES[walkthrough.M])
    net = walkthrough.at(*place).net
    z = training.examples("moons", 0).x @ net.W[LAYER]
    g, known = net.g.forward, (net.gamma[LAYER], net.beta[LAYER], net.eps)
    if norm == "before":
        z_tilde = batch_norm_forward(z, *known)[0]
        found = {"z": z, "z_tilde": z_tilde, "a": g(z_tilde)}
    else:
        found = {"z": z, "a": g(z), "a_tilde": batch_norm_forward(g(z), *known)[0]}
    return {name: array[:, UNIT] for name, array in found.items()}


def picture(now: Moment) -> None:
    """Both ways, one below the other: z, what is made of it, and what the next layer gets."""
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<style>{LOOK}</style>{''.join(_way(norm, n) for n, norm in enumerate(WAYS))}</svg>"
    )
    encoded = base64.b64encode(drawing.encode()).decode()
    label = html.escape(t(f"{LESSON}.a_or_z.alt", **_told()))
    st.html(
        f'<img style="width:100%;max-width:{WIDTH}px;display:block" alt="{label}"'
        f' src="data:image/svg+xml;base64,{encoded}">'
    )


def _told() -> dict[str, str]:
    """What the next layer gets, in numbers."""
    last = {norm: values(norm)[names[-1]] for norm, names in WAYS.items()}
    found = {f"{norm}_mean": f"{x.mean():.2f}" for norm, x in last.items()}
    return found | {f"{norm}_sd": f"{x.std():.2f}" for norm, x in last.items()}


def _way(norm: str, n: int) -> str:
    top, ink = n * (ROW + 10), INK[mode()]
    found, names = values(norm), WAYS[norm]
    word = html.escape(t(f"{LESSON}.a_or_z.{norm}"))
    parts = [f'<text x="0" y="{top + 16}" class="way" fill="{ink}">{word}</text>']
    pitch = WIDTH / 3
    for k, name in enumerate(names):
        left = k * pitch + 6
        parts.append(_strip(found[name], name, left, top + 26, pitch - 46))
        if k:
            parts.append(_step(names[k], left - 20, top + 88, ink))
    return "".join(parts)


def _strip(x: np.ndarray, name: str, left: float, top: float, width: float) -> str:
    """A histogram of the unit's values, with its mean and deviation in figures."""
    counts, _ = np.histogram(np.clip(x, *ENDS), BINS, ENDS)
    hue = colour({"a_tilde": "z_tilde", "a": "after"}.get(name, name), mode())
    high, wide = 84, width / BINS
    bars = "".join(
        f'<rect x="{left + b * wide:.1f}" y="{top + 24 + high * (1 - c / counts.max()):.1f}" '
        f'width="{wide - 0.6:.1f}" height="{high * c / counts.max():.1f}" fill="{hue}"/>'
        for b, c in enumerate(counts)
        if c
    )
    base, middle = top + 24 + high, left + width / 2
    marks = "".join(
        f'<text x="{left + width * (tick - ENDS[0]) / (ENDS[1] - ENDS[0]):.1f}" y="{base + 15}"'
        f' class="small" fill="{INK[mode()]}">{str(tick).replace("-", "−")}</text>'
        for tick in (-2, 0, 2)
    )
    symbol = name.removesuffix("_tilde") + ("\N{COMBINING TILDE}" if "tilde" in name else "")
    told = html.escape(t(f"{LESSON}.a_or_z.told", mean=f"{x.mean():.2f}", sd=f"{x.std():.2f}"))
    return (
        f'<text x="{middle:.1f}" y="{top + 16}" class="sym" fill="{hue}">{symbol}</text>{bars}'
        f'<path d="M{left:.1f} {base}h{width:.1f}" stroke="{FAINT[mode()]}"/>{marks}'
        f'<text x="{middle:.1f}" y="{base + 33}" class="small" fill="{INK[mode()]}">{told}</text>'
    )


def _step(name: str, x: float, y: float, ink: str) -> str:
    """The arrow between two strips, and what is done there."""
    step = "g" if name == "a" else "BN"
    hue = ink if step == "g" else colour("bn", text.mode())
    return (
        f'<path d="M{x - 14:.1f} {y}h26m-6 -5l6 5l-6 5" stroke="{hue}"/>'
        f'<text x="{x:.1f}" y="{y - 9}" class="small" fill="{hue}">{step}</text>'
    )


# --- what was measured ---


def gaps() -> dict[tuple[str, str], tuple[float, float]]:
    """After minus before, each at its best rate: mean over the seeds and half of its interval."""
    found = {}
    for images in placement.SEEDS:
        at_best = placement.over_seeds(images).at_best
        for a, activation in enumerate(placement.ACTIVATIONS):
            _, before, after = at_best[a]
            difference = after - before
            found[images, activation] = float(difference.mean()), reach(difference)
    return found


def said(now: Moment) -> dict[str, object]:
    most = max(abs(mean) for mean, _ in gaps().values())
    return {"most": f"{100 * most:.1f}"}


def more(now: Moment) -> None:
    """Both data sets and three activations; where the whole measurement stands."""
    st.markdown(t(f"{LESSON}.a_or_z.measured"))
    words = ("images", "activation", "before", "after", "gap")
    heads = [Cell(t(f"{LESSON}.a_or_z.head_{word}")) for word in words]
    rows = []
    for (images, activation), (mean, half) in gaps().items():
        found = placement.over_seeds(images).at_best[placement.ACTIVATIONS.index(activation)]
        _, before, after = (float(x.mean()) for x in found)
        gap = f"{100 * mean:+.1f} ± {100 * half:.1f}".replace("-", "−")
        rows.append(
            [
                Cell(t(f"{LESSON}.a_or_z.{images}")),
                Cell(t(f"ui.options.{activation}")),
                *(Cell(unbroken(percent(x)), value=f"{x:.4f}") for x in (before, after)),
                Cell(unbroken(gap), value=f"{mean:.4f}"),
            ]
        )
    table(heads, rows, name="a-or-z", lesson=LESSON)
    there = f"{address('inside')}?scene=placement&seen=1&lang={text.language()}"
    st.markdown(t(f"{LESSON}.a_or_z.there", there=there))
    page.source(placement.config, placement.train_cell, key="a-or-z")

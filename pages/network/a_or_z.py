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
ENDS, BINS, TICKS = (-3.0, 3.0), 30, (-2, 0, 2)
STYLE = (
    ".ways-on{display:grid;gap:1rem}.ways-on p{margin:0}"
    ".ways-on ol{display:grid;grid-template-columns:1fr auto 1fr auto 1fr;margin:0;padding:0;"
    "list-style:none;align-items:center;font-size:max(.8125rem,var(--least,0px));font-variant-numeric:tabular-nums}"
    ".ways-on li{margin:0;padding:0;text-align:center;line-height:1.3}"
    ".ways-on .step{padding:0 .3rem}"
    ".ways-on i{display:block;font:italic 1.35rem/1.3 KaTeX_Math,Georgia,serif;color:var(--mine)}"
    ".ways-on img{display:block;width:100%;height:calc(78px*var(--tall,1));"
    "border-bottom:1px solid var(--line)}"
    ".ways-on .ticks{display:flex;justify-content:space-between;padding:0 9%;opacity:.8}"
    ".ways-on .told{display:flex;flex-wrap:wrap;justify-content:center;column-gap:.6rem}"
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
    label = html.escape(t(f"{LESSON}.a_or_z.alt", **_told()))
    body = "".join(_way(norm) for norm in WAYS)
    st.html(
        f"<style>{STYLE}</style>"
        f'<div class="ways-on" role="img" aria-label="{label}"'
        f' style="--line: {FAINT[mode()]}">{body}</div>'
    )


def _told() -> dict[str, str]:
    """What the next layer gets, in numbers."""
    last = {norm: values(norm)[names[-1]] for norm, names in WAYS.items()}
    found = {f"{norm}_mean": two(x.mean()) for norm, x in last.items()}
    return found | {f"{norm}_sd": two(x.std()) for norm, x in last.items()}


def two(x: float) -> str:
    """With two decimals, and no minus before a zero."""
    return f"{round(x, 2) + 0.0:.2f}".replace("-", "−")


def _way(norm: str) -> str:
    found, names = values(norm), WAYS[norm]
    parts = [_strip(found[names[0]], names[0])]
    for name in names[1:]:
        parts += [_step(name), _strip(found[name], name)]
    word = html.escape(t(f"{LESSON}.a_or_z.{norm}"))
    return f"<div><p><strong>{word}</strong></p><ol>{''.join(parts)}</ol></div>"


def _strip(x: np.ndarray, name: str) -> str:
    """A histogram of the unit's values, with its mean and deviation in figures."""
    counts, _ = np.histogram(np.clip(x, *ENDS), BINS, ENDS)
    hue = colour({"a_tilde": "z_tilde", "a": "after"}.get(name, name), mode())
    bars = "".join(
        f'<rect x="{n + 0.05}" y="{1 - c / counts.max():.3f}" width=".9" '
        f'height="{c / counts.max():.3f}" fill="{hue}"/>'
        for n, c in enumerate(counts)
        if c
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BINS} 1"'
        f' preserveAspectRatio="none" width="{BINS}" height="1">{bars}</svg>'
    )
    encoded = base64.b64encode(drawing.encode()).decode()
    symbol = name.removesuffix("_tilde") + ("\N{COMBINING TILDE}" if "tilde" in name else "")
    ticks = "".join(f"<span>{tick}</span>".replace("-", "−") for tick in TICKS)
    told = "".join(
        f"<span>{html.escape(t(f'{LESSON}.a_or_z.{word}', value=two(value)))}</span>"
        for word, value in (("mean", x.mean()), ("sd", x.std()))
    )
    return (
        f'<li style="--mine: {hue}"><i>{symbol}</i>'
        f'<img alt="" src="data:image/svg+xml;base64,{encoded}">'
        f'<div class="ticks">{ticks}</div><div class="told">{told}</div></li>'
    )


def _step(name: str) -> str:
    """The arrow between two strips, and what is done there."""
    step = "g" if name == "a" else "BN"
    hue = INK[mode()] if step == "g" else colour("bn", mode())
    return f'<li class="step" style="color: {hue}">{step}<br>→</li>'


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

"""Three ways back: the gradient of batch norm by path, and what is wrong once one is dropped."""

from __future__ import annotations

import base64
import html

import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import NUDGE, PATHS, Paths, paths
from figures.theme import INK, PAPER, colour
from pages.inside import LESSON
from ui import controls, little, page, text
from ui.arrays import arrays
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

value = LESSON.value


def picture(now: Moment) -> None:
    """The ways from z_norm back to z; before the answer without their numbers."""
    little.settle(LESSON)
    if value("norm") == "none":
        st.markdown(t(f"{LESSON}.paths.none"))
        return
    found = walkthrough.paths(*little.place(LESSON))
    dropped = walkthrough.DROPS[value("drop")] if now.seen else ()
    st.html(_graph(found, dropped, now.seen))
    with st.container(key="paths-drop"):
        if now.seen:
            controls.choice(LESSON, "drop")
            _verdict(found, dropped)


def more(now: Moment) -> None:
    """The formula by its terms, every number of the three ways, and the source."""
    if value("norm") == "none":
        return
    found = walkthrough.paths(*little.place(LESSON))
    page.say(f"{LESSON}/paths")
    d = f"d{found.name}_{{{walkthrough.LAYER}}}"
    st.markdown(f"$$\n{t(f'{LESSON}.formulas.paths.formula', d=d)}\n$$")
    _sum(found, walkthrough.DROPS[value("drop")])
    page.source(paths, key="paths")


def _sum(found: Paths, dropped: tuple[str, ...]) -> None:
    shown = {t(f"{LESSON}.paths.{path}"): x for path, x in found.through.items()}
    total = t(f"{LESSON}.paths.{'kept' if dropped else 'sum'}")
    shown |= {total: found.without(*dropped).dz}
    shown |= {t(f"{LESSON}.paths.numerical"): found.numerical}
    arrays(shown, faint={t(f"{LESSON}.paths.{path}") for path in dropped}, named=False)


def _verdict(found: Paths, dropped: tuple[str, ...]) -> None:
    left = found.without(*dropped)
    known = {
        "dropped": controls.option_label(LESSON, "drop", value("drop")),
        "difference": number(left.difference, 3),
        "share": percent(left.share),
        "nudge": number(NUDGE),
    }
    st.markdown(t(f"{LESSON}.paths.{'disagree' if dropped else 'agree'}", **known))


#: by path: height at which it runs, and where it ends at z
LEVELS = {"mean": (28, "46 70"), "var": (88, "60 88"), "z_norm": (148, "46 106")}
SIGNS = {"mean": "μ", "var": "σ²"}
LOOK = (
    "path{fill:none;stroke-width:2.5}circle{fill:none;stroke-width:2}"
    "text{font:13px sans-serif;text-anchor:middle}.sign{font:italic 19px Georgia,serif}"
    ".total{font-weight:700}.dropped{opacity:.4;text-decoration:line-through}"
    ".dropped path{stroke-dasharray:3 7}"
)


def _graph(found: Paths, dropped: tuple[str, ...], told: bool) -> str:
    """From z_norm at the right back to z at the left; numbers of the first example and unit."""
    shares = {path: number(float(x[0, 0]), 3) for path, x in found.through.items()}
    total = number(float(found.without(*dropped).dz[0, 0]), 3)
    if not told:
        shares, total = dict.fromkeys(shares, "?"), "?"
    norm = 'z<tspan dy="4" font-size="11">norm</tspan>'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 176"><style>{LOOK}</style>'
        + "".join(_path(path, shares[path], path in dropped) for path in PATHS)
        + _sign(34, 88, found.name, "z")
        + _sign(386, 88, norm, "z_norm")
        + f'<text x="34" y="151" class="total" fill="{INK[text.mode()]}">{total}</text></svg>'
    )
    given = {"name": found.name, "sum": total, **shares}
    given["dropped"] = controls.option_label(LESSON, "drop", value("drop"))
    label = html.escape(t(f"{LESSON}.paths.{'alt' if told else 'alt_before'}", **given))
    encoded = base64.b64encode(drawing.encode()).decode()
    return f'<img class="ways" src="data:image/svg+xml;base64,{encoded}" alt="{label}">'


def _path(path: str, share: str, dropped: bool) -> str:
    (y, end), hue = LEVELS[path], colour(path, text.mode())
    begin = "364 88" if path == "var" else f"374 {88 + (18 if y > 88 else -18)}"
    line = f"M{begin} C350 {y} 340 {y} 300 {y} H120 C80 {y} 70 {y} {end}"
    sign = _sign(240, y, SIGNS[path], path) if path in SIGNS else ""
    look = ' class="dropped"' if dropped else ""
    return (
        f'<g{look}><path d="{line}" stroke="{hue}"/>{sign}'
        f'<text x="155" y="{y - 7}" fill="{INK[text.mode()]}">{share}</text></g>'
    )


def _sign(x: int, y: int, inside: str, idea: str) -> str:
    hue, paper = colour(idea, text.mode()), PAPER[text.mode()]
    return (
        f'<circle cx="{x}" cy="{y}" r="22" stroke="{hue}" style="fill:{paper}"/>'
        f'<text x="{x}" y="{y + 6}" class="sign" fill="{hue}">{inside}</text>'
    )

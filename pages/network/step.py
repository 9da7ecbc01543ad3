"""One training step of the lesson `network`, line by line, and the three ways back."""

from __future__ import annotations

import base64
import html
import inspect
import textwrap

import numpy as np
import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import NUDGE, PATHS, PHASES, Paths, functions, phase
from experiments.network.walkthrough import BATCHES, EPOCHS
from experiments.network.watch import Line
from figures.theme import INK, PAPER, colour
from pages.network.formulas import symbol
from pages.network.place import LESSON, arrays, little, place, put, steps, value
from ui import controls, text
from ui.numbers import number, percent
from ui.text import t

Place = tuple[int, int, int]  # epoch, mini-batch, line


def walk() -> None:
    """Buttons, the code with its current line, and the numbers of that line."""
    lines = steps()
    at = value("line") - 1
    _where(lines)
    _buttons(len(lines))
    _phases(lines, at)
    code, numbers = st.columns(2, gap="medium")
    with code:
        _listing(walkthrough.stack(lines, at))
    with numbers:
        _numbers(lines, at)


def _where(lines: tuple[Line, ...]) -> None:
    now = little()
    known = {name: value(name) for name in ("epoch", "batch", "line")}
    known |= {"batches": BATCHES[value("m")], "lines": len(lines), "lr": number(now.settings.lr)}
    st.markdown(t(f"{LESSON}.place.say", **known))
    loss = next(line.values["loss"] for line in lines if "loss" in line.values)
    before = now.losses[-BATCHES[value("m")] :]
    told = {"loss": number(float(loss)), "count": len(before)}
    told["mean"] = number(float(np.mean(before))) if before else ""
    st.markdown(t(f"{LESSON}.step.{'losses' if before else 'loss'}", **told))


# --- going on and back ---


def _buttons(last: int) -> None:
    here = tuple(value(name) for name in ("epoch", "batch", "line"))
    batches = BATCHES[value("m")]
    goals = {
        "restart": ((1, 1, 1), "first_page"),
        "back": (back(here, last, batches), "chevron_left"),
        "line": (onward(here, last, batches), "chevron_right"),
        "batch": (next_batch(here, batches), "skip_next"),
        "epoch": (next_epoch(here), "fast_forward"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="walk-buttons"):
        for name, (goal, icon) in goals.items():
            st.button(
                t(f"{LESSON}.place.{name}"),
                icon=f":material/{icon}:",
                key=f"go-{name}",
                type="primary" if name == "line" else "secondary",
                disabled=goal in (None, here),
                on_click=put(**dict(zip(("epoch", "batch", "line"), goal or here, strict=True))),
            )
        for name in ("epoch", "batch", "line"):
            controls.entry(LESSON, name, width=100)


def onward(at: Place, last: int, batches: int) -> Place | None:
    """One line on, of `last` in a step and so many steps in an epoch; None at the very end."""
    epoch, batch, line = at
    if line < last:
        return epoch, batch, line + 1
    further = next_batch(at, batches)
    return further and (*further[:2], 1)


def back(at: Place, last: int, batches: int) -> Place | None:
    """One line back; None at the very beginning."""
    epoch, batch, line = at
    if line > 1:
        return epoch, batch, line - 1
    if batch > 1:
        return epoch, batch - 1, last
    return (epoch - 1, batches, last) if epoch > 1 else None


def next_batch(at: Place, batches: int) -> Place | None:
    """The same line on the next mini-batch."""
    epoch, batch, line = at
    return (epoch, batch + 1, line) if batch < batches else next_epoch(at)


def next_epoch(at: Place) -> Place | None:
    """The same line on the first mini-batch of the next epoch."""
    epoch, _, line = at
    return (epoch + 1, 1, line) if epoch < EPOCHS else None


# --- the code and its numbers ---


def _phases(lines: tuple[Line, ...], at: int) -> None:
    now, there = phase(lines[at]), {phase(line) for line in lines}
    current = {now: ' aria-current="step"'}
    items = "".join(
        f"<li{current.get(name, '')}><span>{t(f'{LESSON}.step.{name}')}</span></li>"
        for name in PHASES
        if name in there
    )
    label = html.escape(t(f"{LESSON}.step.phases"))
    st.html(f'<ol class="phases" aria-label="{label}">{items}</ol>')


def _listing(calls: tuple[Line, ...]) -> None:
    """The function that runs with its current line lit, and above it those that called it."""
    *callers, line = calls
    above = "".join(
        f"<li><code>{html.escape(_squeezed(each.code))}</code></li>" for each in callers
    )
    function = functions(little().settings)[line.function]
    rows = textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip().split("\n")
    body = "".join(_row(row, line.first <= i <= line.last) for i, row in enumerate(rows))
    label = html.escape(t(f"{LESSON}.step.code", name=line.function, line=line.first + 1))
    st.html(
        f'<div class="listing"><ol class="callers">{above}</ol>'
        f'<pre tabindex="0" role="region" aria-label="{label}"><code>{body}</code></pre></div>'
    )


def _squeezed(code: str) -> str:
    return " ".join(code.split())


def _row(row: str, lit: bool) -> str:
    mark = ' class="lit" aria-current="true"' if lit else ""
    return f"<span{mark}>{html.escape(row) or ' '}\n</span>"


def _numbers(lines: tuple[Line, ...], at: int) -> None:
    line = lines[at]
    taken = walkthrough.reads(little(), lines, at)
    given = {
        name: x
        for name, x in line.values.items()
        if name not in taken or not np.array_equal(x, taken[name])
    }
    layer = f" · {t(f'{LESSON}.step.layer', layer=line.layer)}" if line.layer else ""
    st.markdown(f"`{_squeezed(line.code.split('  #')[0])}`{layer}")
    for name, values in (("reads", taken), ("gives", given or line.values)):
        if values:
            st.caption(t(f"{LESSON}.step.{name}"))
            arrays(values)
    if line.calls:
        st.caption(t(f"{LESSON}.step.calls", name=f"`{line.calls}`"))


# --- three ways back ---


def three_paths() -> None:
    """The gradient of batch norm by path, and what is wrong once one is dropped."""
    if value("norm") == "none":
        st.markdown(t(f"{LESSON}.paths.none"))
        return
    found = walkthrough.paths(*place())
    controls.choice(LESSON, "drop")
    dropped = walkthrough.DROPS[value("drop")]
    picture, formula = st.columns(2, gap="medium", vertical_alignment="center")
    with picture:
        st.html(_graph(found, dropped))
    with formula:
        d = "d" + symbol(f"{found.name}{walkthrough.LAYER}")
        st.markdown(f"$$\n{t(f'{LESSON}.formulas.paths.formula', d=d)}\n$$")
    _sum(found, dropped)
    _verdict(found, dropped)


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


def _graph(found: Paths, dropped: tuple[str, ...]) -> str:
    """From z_norm at the right back to z at the left; numbers of the first example and unit."""
    shares = {path: number(float(x[0, 0]), 3) for path, x in found.through.items()}
    total = number(float(found.without(*dropped).dz[0, 0]), 3)
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
    label = html.escape(t(f"{LESSON}.paths.alt", **given))
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

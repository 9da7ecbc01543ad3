"""Every line of one training step, forward and back, with the numbers it takes and gives."""

from __future__ import annotations

import html
import inspect
import textwrap
from collections.abc import Callable

import numpy as np
import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import PHASES, functions, phase
from experiments.network.walkthrough import BATCHES, EPOCHS
from experiments.network.watch import Line
from pages.inside import LESSON
from ui import controls, little, page
from ui.arrays import arrays
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t

Place = tuple[int, int, int]  # epoch, mini-batch, line
PLACE = ("epoch", "batch", "line")
WINDOW = 14  # rows of the source around the line that runs
value = LESSON.value
STAYS = True  # code and formulas, set by the app


def picture(now: Moment) -> None:
    """Buttons, the code with its current line, and the numbers of that line."""
    little.settle(LESSON)
    lines = little.lines(LESSON)
    at = value("line") - 1
    _buttons(len(lines))
    _phases(lines, at)
    code, numbers = st.columns(2, gap="medium")
    with code:
        _listing(walkthrough.stack(lines, at))
    with numbers, st.container(height=330, border=False, key="line-numbers"):
        _numbers(lines, at)


def more(now: Moment) -> None:
    """Which network, and where; how the loss goes; the whole function."""
    little.choose(LESSON)
    with st.container(horizontal=True, key="where"):
        for name in PLACE:
            controls.entry(LESSON, name, width=120)
    lines = little.lines(LESSON)
    _where(lines)
    line = lines[value("line") - 1]
    page.source(functions(little.network(LESSON).settings)[line.function], key="lines")


def _where(lines: tuple[Line, ...]) -> None:
    now = little.network(LESSON)
    known = {name: value(name) for name in PLACE}
    known |= {"batches": BATCHES[value("m")], "lines": len(lines), "lr": number(now.settings.lr)}
    st.markdown(t(f"{LESSON}.place.say", **known))
    loss = next(line.values["loss"] for line in lines if "loss" in line.values)
    before = now.losses[-BATCHES[value("m")] :]
    told = {"loss": number(float(loss)), "count": len(before)}
    told["mean"] = number(float(np.mean(before))) if before else ""
    st.markdown(t(f"{LESSON}.step.{'losses' if before else 'loss'}", **told))


# --- going on and back ---


def _buttons(last: int) -> None:
    here = value("epoch"), value("batch"), value("line")
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
                on_click=_going(goal or here),
            )
        st.markdown(t(f"{LESSON}.place.line_of", line=value("line"), lines=last), width="content")


def _going(goal: Place) -> Callable[[], None]:
    """A callback that goes there."""
    return lambda: LESSON.put(**dict(zip(PLACE, goal, strict=True)))


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
    goal = little.next_batch(epoch, batch, batches)
    return goal and (*goal, line)


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
    function = functions(little.network(LESSON).settings)[line.function]
    rows = textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip().split("\n")
    first = around(line.first, line.last, len(rows))
    shown = rows[first : first + WINDOW]
    body = "".join(_row(row, line.first <= i <= line.last) for i, row in enumerate(shown, first))
    label = html.escape(t(f"{LESSON}.step.code", name=line.function, line=line.first + 1))
    st.html(
        f'<div class="listing"><ol class="callers">{above}</ol>'
        f'<pre tabindex="0" role="region" aria-label="{label}"><code>{body}</code></pre></div>'
    )


def around(first: int, last: int, rows: int) -> int:
    """Where a window of WINDOW rows begins that has a statement of these rows in its middle."""
    return max(0, min((first + last + 1 - WINDOW) // 2, rows - WINDOW))


def _squeezed(code: str) -> str:
    return " ".join(code.split())


def _row(row: str, lit: bool) -> str:
    mark = ' class="lit" aria-current="true"' if lit else ""
    return f"<span{mark}>{html.escape(row) or ' '}\n</span>"


def _numbers(lines: tuple[Line, ...], at: int) -> None:
    line = lines[at]
    taken = walkthrough.reads(little.network(LESSON), lines, at)
    given = {
        name: x
        for name, x in line.values.items()
        if name not in taken or not np.array_equal(x, taken[name])
    }
    layer = f" · {t(f'{LESSON}.step.layer', layer=line.layer)}" if line.layer else ""
    st.markdown(f"`{_squeezed(line.code.split('  #')[0])}`{layer}")
    told = {"reads": taken, "gives": given or line.values}
    with st.container(horizontal=True, gap="small", key="taken-and-given"):
        for name, values in told.items():
            if values:
                with st.container(width="content"):
                    st.caption(t(f"{LESSON}.step.{name}"))
                    arrays(values)
    if line.calls:
        st.caption(t(f"{LESSON}.step.calls", name=f"`{line.calls}`"))

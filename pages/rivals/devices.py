"""A batch of 64 on several devices: whose μ, and what gradient comes of it."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from experiments.intervals import half_widths
from experiments.rivals import devices as experiment
from experiments.rivals.devices import Apart
from figures.digits import data_uri
from figures.theme import FAINT, INK, colour
from pages.rivals import LESSON
from ui import controls, page
from ui.files import COMPONENTS
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

STYLE = COMPONENTS / "rivals.css"
UNIT = 17  # of the first hidden layer, from 0: its mean is drawn
REACH = 3.0  # standard deviations of the whole batch on both sides of its mean
WAYS = {"parts": "bn", "accumulated": "bn", "synchronized": "z_norm", "layer": "after"}
MARKED = ()


@st.cache_resource(max_entries=1, show_spinner=False)
def measured() -> Apart:
    """A second or two, the same for everyone."""
    return experiment.apart()


def picture(now: Moment) -> None:
    """The parts with their digits; after the answer with their μ and σ, and the gradients."""
    k, draw = LESSON.value("devices"), LESSON.value("draw")
    page.at_once(f'<div class="devices" style="{_inks()}">{_parts(now, k, draw)}</div>', STYLE)
    with st.container(horizontal=True, vertical_alignment="bottom", key="devices-hand"):
        controls.choice(LESSON, "devices")
        st.button(
            t(f"{LESSON}.devices.again"),
            icon=":material/shuffle:",
            key="devices-again",
            on_click=lambda: LESSON.put(draw=(draw + 1) % 100),
        )
    body = _gradients(k) if now.seen else ""
    page.at_once(f'<div class="devices gradients" style="{_inks()}">{body}</div>', STYLE)


def _inks() -> str:
    hues = {name: colour(name, mode()) for name in ("mean", "bn", "z_norm", "after")}
    hues |= {"ink": INK[mode()], "faint": FAINT[mode()]}
    return ";".join(f"--{name}:{value}" for name, value in hues.items())


def _parts(now: Moment, k: int, draw: int) -> str:
    """A row for each device: its digits, and where its μ and σ lie on the axis of the 64."""
    x, _ = experiment.drawn(draw)
    mean, var = (each[:, UNIT] for each in experiment.means(x, k))
    (whole,), (spread,) = (each[:, UNIT] for each in experiment.means(x, 1))
    sd = float(np.sqrt(spread))

    def across(value: float) -> float:
        return float(np.clip(50 + 50 * (value - whole) / (REACH * sd), 0, 100))

    rows = []
    for part in range(k):
        own = x.reshape(k, -1, 8, 8)[part]
        source, width = data_uri(own, 32 if k == 1 else 16 if k < 8 else 8, mode())
        name = t(f"{LESSON}.devices.device", n=part + 1, m=len(own))
        marks = ""
        if now.seen:
            low, high = (across(mean[part] + side * np.sqrt(var[part])) for side in (-1, 1))
            value = f"{(mean[part] - whole) / sd:.3f}"
            marks = (
                f'<i class="spread" style="left:{low:.2f}%;width:{high - low:.2f}%"></i>'
                f'<i class="mu" style="left:{across(mean[part]):.2f}%" data-value="{value}"></i>'
            )
        scale = 2 if k < 8 else 3
        rows.append(
            f'<div class="part"><img src="{source}" width="{scale * width}" '
            f'alt="{html.escape(name)}"><span>{html.escape(name)}</span>'
            f'<div class="axis"><i class="whole"></i>{marks}</div></div>'
        )
    head = html.escape(t(f"{LESSON}.devices.axis" if now.seen else f"{LESSON}.devices.axis_before"))
    return f"<p>{head}</p>" + f'<div class="all">{"".join(rows)}</div>'


def _gradients(k: int) -> str:
    """How far each way's gradient is from that of the 64 as one batch."""
    found, at = measured(), experiment.DEVICES.index(k)
    rows = []
    for name, idea in WAYS.items():
        mean = float(getattr(found, name)[at].mean())
        wide = min(100 * mean / 1.25, 100)
        said = html.escape(t(f"{LESSON}.devices.{name}"))
        rows.append(
            f'<li style="--mine:var(--{idea})"><span>{said}</span>'
            f'<div><em style="width:{wide:.1f}%"></em></div>'
            f'<b data-value="{mean:.4g}">{written(mean)}</b></li>'
        )
    head = html.escape(t(f"{LESSON}.devices.gradients"))
    return f"<p>{head}</p><ul>{''.join(rows)}</ul>"


def written(share: float) -> str:
    """In percent; what is rounding counts as 0."""
    return percent(share, 0) if share > 1e-9 else "0%"


def said(now: Moment) -> dict[str, object]:
    """Of the devices that are chosen, and of the question."""
    found, k = measured(), LESSON.value("devices")
    at, asked = experiment.DEVICES.index(k), experiment.DEVICES.index(LESSON.default("devices"))
    return {
        "k": k,
        "part": experiment.M // k,
        "m": experiment.M,
        "apart": written(float(found.parts[at].mean())),
        "noise": percent(float(found.noise[at]), 0),
        "asked": written(float(found.parts[asked].mean())),
        "asked_part": experiment.M // LESSON.default("devices"),
        "between": number(float(found.between.max()), 1),
        "layer": number(float(found.layer.max()), 1),
    }


def more(now: Moment) -> None:
    """All of it for all numbers of devices, and the law of the noise."""
    found = measured()
    names = (*WAYS, "between")
    heads = [Cell(t(f"{LESSON}.devices.head"))]
    heads += [Cell(t(f"{LESSON}.devices.{name}")) for name in (*names, "noise", "law")]
    rows = []
    for at, k in enumerate(experiment.DEVICES):
        cells = []
        for name in names:
            values = getattr(found, name)[at]
            mean, half = float(values.mean()), float(half_widths(values))
            small = mean < 1e-9
            text = number(mean, 1) if small else f"{percent(mean, 0)} ± {100 * half:.0f}"
            cells.append(Cell(text, value=f"{mean:.4g}"))
        noise = (float(found.noise[at]), float(found.law[at]))
        cells += [Cell(percent(x, 0), value=f"{x:.4g}") for x in noise]
        rows.append([Cell(f"{k} × {experiment.M // k}"), *cells])
    table(heads, rows, name="devices", lesson=LESSON)
    known = {"draws": experiment.DRAWS, "step": experiment.STEP, "m": experiment.M}
    page.say(f"{LESSON}/devices", **known, unit=UNIT + 1)
    page.source(experiment.accumulated, experiment.together, key=f"{LESSON}-{now.name}")

"""Batch norm before the activation, after it, or not at all."""

from __future__ import annotations

import numpy as np
import streamlit as st

import figures.network as figures
from experiments import bias, placement
from experiments.placement import OverSeeds
from figures.network import Axis, Line
from figures.theme import colour
from ui import controls, network_live, page
from ui.live import percent
from ui.network_b import UNIT
from ui.network_numbers import LESSON, Over, chart, exact, over, say, share, short, unbroken, value
from ui.tables import Cell, table
from ui.text import mode, t

LOOKS = {
    "none": ("plain", "dash", "square"),
    "before": ("bn", "solid", "circle"),
    "after": ("after", "dashdot", "diamond"),
}
BESIDE = 1.0  # a b that batch norm after the activation meets
CLOSE = 0.05  # an accuracy so near to the best one still counts as trained
STUDENT = {3: 4.30, 5: 2.78}  # 97.5 % point of Student's t for so many seeds


@page.fragment(LESSON)
def before_or_after() -> None:
    """Batch norm on either side of the activation, and without: rates, seeds, both data sets."""
    page.say(f"{LESSON}/placement")
    with st.container(horizontal=True, key="placement"):
        controls.choice(LESSON, "nonlinearity")
        controls.choice(LESSON, "images")
        controls.ladder(LESSON, "rate", width=280)
    found = placement.over_seeds(value("images"))
    a = placement.ACTIVATIONS.index(value("nonlinearity"))
    r = placement.RATES.index(value("rate"))
    left, right = st.columns(2, gap="large")
    with left:
        say("placement.by_rate")
        _by_rate(found, a)
    with right:
        say("placement.by_step", lr=short(value("rate")))
        _by_step(found, a, r)
    st.caption(t(f"{LESSON}.placement.bands", seeds=len(found.seeds), steps=int(found.step[-1])))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        _placement_table(found, a, r)
    with words:
        _placement_verdict(found, a)
    _one_more_seed(found, a, r)
    page.source(placement.config, placement.train_cell, key="placement")


def _placed(values: np.ndarray) -> list[Line]:
    """A line for each placement; values (N, x, S)."""
    return [
        Line(t(f"{LESSON}.placement.{norm}"), idea, *over(rows), dash=dash)
        for (norm, (idea, dash, _)), rows in zip(LOOKS.items(), values, strict=True)
    ]


def _by_rate(found: OverSeeds, a: int) -> None:
    drawn = [
        Line(line.name, line.idea, line.mean, line.low, line.high, line.dash, symbol=symbol)
        for line, (*_, symbol) in zip(_placed(found.final[a]), LOOKS.values(), strict=True)
    ]
    rates = found.rates
    across = Axis(
        t(f"{LESSON}.axes.lr"), log=True, ends=(0.8 * rates[0], 1.25 * rates[-1]), ticks=rates
    )
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {
        f"{norm}_{end}": percent(float(line.mean[at]))
        for norm, line in zip(LOOKS, drawn, strict=True)
        for end, at in (("first", 0), ("last", -1))
    }
    known |= {"first": short(rates[0]), "last": short(rates[-1])}
    figure = figures.lines(mode(), rates, drawn, across, up, chosen=value("rate"))
    chart(figure, "by-rate", "placement.alt_by_rate", **known)


def _by_step(found: OverSeeds, a: int, r: int) -> None:
    drawn = _placed(found.accuracy[a, :, r].swapaxes(-1, -2))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {norm: percent(float(d.mean[-1])) for norm, d in zip(LOOKS, drawn, strict=True)}
    figure = figures.lines(mode(), found.step, drawn, across, up)
    chart(figure, "by-step", "placement.alt_by_step", lr=short(value("rate")), **known)


def _one_more_seed(found: OverSeeds, a: int, r: int) -> None:
    """The chosen cell, trained live, beside the seeds that were trained beforehand."""
    page.say(f"{LESSON}/live", seed=network_live.SEED, lr=short(value("rate")))
    network_live.button()
    own = network_live.shown()
    if own is None:
        return
    drawn, ends = [], []
    for n, (norm, (idea, dash, _)) in enumerate(LOOKS.items()):
        if norm in own.accuracy:
            name, run = t(f"{LESSON}.placement.{norm}"), own.accuracy[norm]
            padded = np.pad(run, (0, len(own.step) - len(run)), constant_values=np.nan)
            drawn.append(Line(name, idea, padded, dash=dash))
            label = Cell(name, colour=colour(idea, mode()))
            ends.append((label, float(run[-1]), over(found.accuracy[a, n, r, :, -1])))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(own.step[-1])))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {"seed": network_live.SEED, "lr": short(value("rate"))}
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        listed = "; ".join(f"{label.text} {percent(end)}" for label, end, _ in ends)
        figure = figures.lines(mode(), own.step, drawn, across, up)
        chart(figure, "one-more", "live.alt", ends=listed, **known)
    with right:
        heads = [Cell(""), Cell(t(f"{LESSON}.live.head_end")), Cell(t(f"{LESSON}.live.head_seeds"))]
        rows = [[label, share(end), _ends(seeds)] for label, end, seeds in ends]
        table(heads, rows, name="live")


def _ends(seeds: Over) -> Cell:
    """From the lowest seed to the highest."""
    low, high = float(seeds.low), float(seeds.high)
    return Cell(unbroken(f"{100 * low:.1f}–{percent(high)}"), value=f"{low:.4f} {high:.4f}")


def _placement_table(found: OverSeeds, a: int, r: int) -> None:
    word = f"{LESSON}.placement"
    heads = [Cell(""), Cell(t(f"{word}.head_here", lr=short(found.rates[r])))]
    heads += [Cell(t(f"{word}.head_{name}")) for name in ("best", "best_lr", "up_to")]
    rows = []
    for n, (norm, (idea, *_)) in enumerate(LOOKS.items()):
        best_lr = float(found.rates[found.best[a, n]])
        rows.append(
            [
                Cell(t(f"{word}.{norm}"), colour=colour(idea, mode())),
                _spread(found.final[a, n, r]),
                _spread(found.at_best[a, n]),
                exact(best_lr),
                exact(_up_to(found, a, n)),
            ]
        )
    table(heads, rows, name="placement")


def _spread(values: np.ndarray) -> Cell:
    """Mean ± standard deviation over the seeds."""
    mean, sd = 100 * values.mean(), 100 * values.std(ddof=1)
    return Cell(unbroken(f"{mean:.1f} ± {sd:.1f} %"), value=f"{values.mean():.4f}")


def _up_to(found: OverSeeds, a: int, n: int) -> float:
    """The largest learning rate whose mean accuracy is CLOSE to the placement's best."""
    mean = found.final[a, n].mean(axis=-1)
    return float(found.rates[mean > mean.max() - CLOSE].max())


def ahead(first: np.ndarray, second: np.ndarray) -> tuple[str, float, float]:
    """Of paired seeds: "more", "less" or "level" by a 95 % interval; its middle and half width."""
    difference = first - second
    n = len(difference)
    half = STUDENT[n] * float(difference.std(ddof=1)) / n**0.5
    mean = float(difference.mean())
    return ("level" if abs(mean) <= half else "more" if mean > 0 else "less"), mean, half


def _placement_verdict(found: OverSeeds, a: int) -> None:
    """In words, whichever way it went, for the activation and the data that are chosen."""
    none, before, after = found.at_best[a]
    which, mean, half = ahead(after, before)
    known = {"gain": points(mean, half), "seeds": len(found.seeds)}
    known["activation"] = t(f"ui.options.{value('nonlinearity')}")
    say(f"placement.{which}", **known)
    ups = {norm: _up_to(found, a, n) for n, norm in enumerate(LOOKS)}
    word = "tolerant" if ups["before"] > ups["after"] else "as_tolerant"
    say(f"placement.{word}", **{norm: short(up) for norm, up in ups.items()})
    if word == "tolerant" and value("nonlinearity") in placement.FLAT:
        say("placement.flat", activation=known["activation"])
    which, mean, half = ahead(before, none)
    say(f"placement.plain_{which}", gain=points(mean, half))
    moved = bias.drag(BESIDE, unit=UNIT, norm="after").z_tilde_moved
    say("placement.keep_b", b=short(BESIDE), moved=short(moved))


def points(mean: float, half: float) -> str:
    """+1.4 ± 0.3, in percentage points."""
    return f"{100 * mean:+.1f} ± {100 * half:.1f}".replace("-", "−")

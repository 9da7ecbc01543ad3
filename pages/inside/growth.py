"""W grows in training: ‖W‖, the effective learning rate, weight decay, and a run of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from experiments.claims.board import board
from experiments.network import scale
from experiments.network.scale import Measured, OverSeeds
from figures import graph
from figures.graph import Axis, Line
from figures.parts import guessed
from figures.theme import colour
from pages.inside import LESSON
from pages.inside import live as one_more
from pages.inside.live import Own, Section
from pages.inside.numbers import chart, over, say, value
from ui import controls, page
from ui.numbers import number, percent, short, unbroken
from ui.scenes import Moment
from ui.tables import Cell, between, exact, share, table
from ui.text import mode, prose, t


@st.cache_resource(max_entries=1, show_spinner=False)
def decay_is_a_rate() -> tuple[float, float]:
    """How far decay and a rising rate part in their losses, and decay and a constant one."""
    found = scale.decay_as_rate()
    apart = [np.abs(found.decay - other).max() for other in (found.rising, found.constant)]
    return float(apart[0]), float(apart[1])


MARKED = ("same",)


def picture(now: Moment) -> None:
    """‖W‖ over its start: shipped seeds, and a run of one's own, while it trains as well.

    At first only where all of them start.
    """
    LIVE.settle()
    with st.container(horizontal=True, key="grow"):
        for name in ("lr", "decay"):
            controls.ladder(LESSON, name, format_func=short, width=280)
    found, own = scale.over_seeds(), LIVE.shown()
    at = found.place(value("lr"), value("decay"))
    say("growth_live.norm" if now.seen else "growth_live.norm_before")
    draw = partial(_beside_shipped, found, at, now.mark(*MARKED))
    if not now.seen:
        _start(found)
    elif LIVE.live.going() is None:
        draw(own)
    else:
        LIVE.grow(draw)
    with st.container(key="grow-live"):
        if now.seen:
            LIVE.button()


def _beside_shipped(found: OverSeeds, at: Place, mark: str, own: Own | None) -> None:
    """`mark` is written where W is as long as it was."""
    if at is None and own is None:
        st.caption(t(f"{LESSON}.growth_live.beyond"))
    else:
        _live_norm(found, at, None if own is None else own.arms["before"], mark)


def _start(found: OverSeeds) -> None:
    """The axes, and the one point that all runs share."""
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_norm"), ends=(0.5, 1.5))
    point = Line(t(f"{LESSON}.growth_live.start"), "bn", np.ones(1), symbol="circle")
    figure = graph.lines(mode(), found.step[:1], [point], across, up, height=HEIGHT)
    chart(figure, "live-growth", "growth_live.alt_before")


def said(now: Moment) -> dict[str, object]:
    """At the highest shipped rate without decay: how W grew, and what is left of the rate."""
    found = scale.over_seeds()
    high = scale.RATES.index(HIGH)
    grown, rate = (x[0, high, :, -1].mean() for x in (found.growth, found.effective))
    return {"high": short(HIGH), "growth": short(float(grown)), "effective": short(float(rate))}


def more(now: Moment) -> None:
    """The law and its consequences, the effective rate, and what a run of one's own came to."""
    page.say(f"{LESSON}/growth")
    _growth_in_words()
    left, right = st.columns(2, gap="large")
    with left:
        say("growth.norm")
        _growth()
    with right:
        say("growth.effective", lr=DECAYED)
        _effective()
    found = scale.over_seeds()
    known = {"seeds": len(found.seeds), "steps": scale.STEPS}
    known |= {"looks": scale.LOOKS, "between": scale.APART}
    known |= {"layers": scale.config().depth, "width": scale.config().width}
    st.caption(t(f"{LESSON}.growth.of_run", **known))
    _growth_table()
    _one_more_seed()
    page.source(scale.growth, scale.decay_as_rate, key="growth")


STRENGTHS = (0.4, 0.6, 0.8, 1.0)  # of four lines of one idea, in order


def _growth() -> None:
    found = scale.over_seeds()
    drawn = [
        Line(t(f"{LESSON}.growth.lr", lr=short(lr)), "bn", *over(rows.T), strength=strength)
        for lr, rows, strength in zip(found.rates, found.growth[0], STRENGTHS, strict=True)
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_norm"))
    figure = graph.lines(mode(), found.step, drawn, across, up)
    ends = "; ".join(f"lr {short(lr)}: {short(d.mean[-1])}" for lr, d in _with(found.rates, drawn))
    chart(figure, "growth", "growth.alt_norm", ends=ends)


def _with(values: np.ndarray, drawn: list[Line]) -> Iterable[tuple[float, Line]]:
    return zip(values, drawn, strict=True)


DECAYED = 0.3  # the learning rate at which decays are compared
HIGH = 3.0  # the one whose growth is put into words


def _effective() -> None:
    found = scale.over_seeds()
    at = scale.RATES.index(DECAYED)
    drawn = [
        Line(
            t(f"{LESSON}.growth.decay", decay=short(decay)),
            "running",
            *over(rows.T),
            strength=strength,
        )
        for decay, rows, strength in zip(
            found.decays, found.effective[:, at], STRENGTHS, strict=True
        )
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_effective"), log=True, ticks=(0.3, 1, 3, 10))
    figure = graph.lines(mode(), found.step, drawn, across, up, level=DECAYED)
    ends = "; ".join(f"{short(x)}: {short(d.mean[-1])}" for x, d in _with(found.decays, drawn))
    chart(figure, "effective", "growth.alt_effective", ends=ends, lr=DECAYED)


def _growth_table() -> None:
    """By learning rate, without decay: growth, the effective rate, and what holding it does."""
    word, found = f"{LESSON}.growth", scale.over_seeds()
    names = ("lr", "growth", "effective", "accuracy", "held")
    rows = []
    for r, lr in enumerate(found.rates):
        grown, rate = (x[0, r, :, -1].mean() for x in (found.growth, found.effective))
        shares = (found.accuracy[0, r].mean(), found.held_accuracy[r].mean())
        cells = [exact(float(grown)), exact(float(rate)), *(share(float(x)) for x in shares)]
        rows.append([Cell(short(lr)), *cells])
    table([Cell(t(f"{word}.head_{name}")) for name in names], rows, name="growth", lesson=LESSON)


def _growth_in_words() -> None:
    found = scale.over_seeds()
    high, at = scale.RATES.index(HIGH), scale.RATES.index(DECAYED)
    error = np.abs(found.predicted / found.square - 1)[0].max()
    same, apart = decay_is_a_rate()
    known = {
        "error": number(float(error), 1),
        "high": short(HIGH),
        "steps": scale.BESIDE,
        "growth": short(found.growth[0, high, :, -1].mean()),
        "effective": short(found.effective[0, high, :, -1].mean()),
        "held": percent(float(found.held_accuracy[high].mean())),
        "free": percent(float(found.accuracy[0, high].mean())),
        "lr": DECAYED,
        "decay": short(found.decays[-1]),
        "raised": short(found.effective[-1, at, :, -1].mean()),
        "without": percent(float(found.accuracy[0, at].mean())),
        "decayed": percent(float(found.accuracy[-1, at].mean())),
        **_each_at_its_best(),
        "same": number(same, 1),
        "apart": number(apart, 2),
    }
    st.markdown(prose(f"{LESSON}/grown", **known))


def _each_at_its_best() -> dict[str, str]:
    """With decay and without, as the verdict board has it, which measured it."""
    numbers = board()["decay_regularizes"].numbers
    return {name: percent(float(numbers[name].mean())) for name in ("best_without", "best_decayed")}


# --- one more seed, live ---


def config(norm: str) -> RunConfig:
    """The run that the controls describe."""
    run = scale.config(value("lr"), value("decay"), scale.STEPS, value("run"))
    return replace(run, norm=norm)


LIVE = Section("growth", config, scale.measured)
FADED = 1e-3  # of ‖W‖ at the start: so short it gets only where decay is all that is left


def _one_more_seed() -> None:
    """The run that the picture shows, if there is one, beside the shipped ones in numbers."""
    found, own = scale.over_seeds(), LIVE.shown()
    at = found.place(value("lr"), value("decay"))
    say("growth_live.title", lr=short(value("lr")), decay=short(value("decay")))
    beyond = t(f"{LESSON}.growth_live.beyond")
    st.caption(beyond if at is None else one_more.of_seed(found.seeds))
    cut = own is not None and LIVE.stopped(own)
    if at is None and own is None:
        return
    say("growth_live.effective", lr=short(value("lr")))
    _live_effective(found, at, None if own is None else own.arms["before"])
    _live_table(found, at, own)
    if own is not None:
        _live_in_words(found, at, own, cut)


HEIGHT = 300  # px of the picture
Place = tuple[int, int] | None  # which decay and which rate of the shipped runs


def _beside(shipped: np.ndarray, at: Place, run: np.ndarray | None, idea: str) -> list[Line]:
    """The shipped seeds (D, R, S, T) pale, in a band, and the live run over them."""
    drawn = []
    if at is not None:
        name = t(f"{LESSON}.growth_live.shipped", seeds=shipped.shape[2])
        drawn.append(Line(name, idea, *over(shipped[at].T), strength=0.6))
    if run is not None:
        live = np.pad(run, (0, shipped.shape[-1] - len(run)), constant_values=np.nan)
        name = t(f"{LESSON}.live.head_seed", seed=one_more.seed())
        drawn.append(Line(name, idea, live))
    return drawn


def _live_norm(found: OverSeeds, at: Place, run: Measured | None, mark: str) -> None:
    """‖W‖ over its start, and on it, as open rings, what the gradients alone say it is."""
    drawn = _beside(found.growth, at, None if run is None else _even(run, run.length), "bn")
    ends = _ends(drawn)
    if run is not None:
        rings, predicted = np.full(len(found.step), np.nan), _even(run, run.predicted)
        rings[: len(predicted)] = predicted
        rings[np.arange(len(rings)) % 4 > 0] = np.nan
        word = t(f"{LESSON}.growth_live.law")
        drawn.append(Line(word, "error", rings, dash="", symbol="circle-open"))
    low, high = _reach(drawn)
    air = 0.06 * max(high - low, 0.2)
    up = Axis(t(f"{LESSON}.growth.axis_norm"), ends=(min(low, 0.9) - air, max(high, 1.1) + air))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    figure = graph.lines(mode(), found.step, drawn, across, up, height=HEIGHT)
    figure = guessed(figure, mark, float(found.step[-1]), 1.0, mode())
    chart(figure, "live-growth", "growth_live.alt_norm", ends=ends)


def _even(run: Measured, values: np.ndarray) -> np.ndarray:
    """At the steps of the shipped runs: a run that was stopped ends in between."""
    return values[run.step % scale.EVERY == 0]


MOST, LEAST = 300.0, 0.01  # times the learning rate: what lies beyond leaves the picture
TICKS = [float(f"{d}e{k}") for k in range(-4, 5) for d in (1, 3)]


def _live_effective(found: OverSeeds, at: Place, run: Measured | None) -> None:
    lr = value("lr")
    effective = None if run is None else _even(run, run.effective)
    drawn = _beside(found.effective, at, effective, "running")
    low, high = _reach(drawn)
    ends = (max(min(low, lr / 2), LEAST * lr) / 1.2, min(max(high, 2 * lr), MOST * lr) * 1.2)
    ticks = [tick for tick in TICKS if ends[0] <= tick <= ends[1]]
    up = Axis(t(f"{LESSON}.growth.axis_effective"), log=True, ends=ends, ticks=ticks)
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    figure = graph.lines(mode(), found.step, drawn, across, up, level=lr)
    chart(figure, "live-effective", "growth_live.alt_effective", ends=_ends(drawn), lr=short(lr))


def _ends(drawn: list[Line]) -> str:
    """The last number of each line, for those who do not see it."""
    last = [(line.name, line.mean[np.isfinite(line.mean)][-1:]) for line in drawn]
    return "; ".join(f"{name} {short(float(end[0]))}" for name, end in last if len(end))


def _reach(drawn: list[Line]) -> tuple[float, float]:
    """From the lowest to the highest number of all lines and bands."""
    values = [x for line in drawn for x in (line.mean, line.low, line.high) if x is not None]
    joined = np.concatenate(values)
    joined = joined[np.isfinite(joined)]
    return float(joined.min()), float(joined.max())


def _live_table(found: OverSeeds, at: Place, own: Own | None) -> None:
    """With batch norm, the shipped seeds, and without: what is known of each."""
    word, seed = f"{LESSON}.growth_live", one_more.seed()
    columns = []
    if own is not None:
        head = Cell(t(f"{word}.head_bn", seed=seed), colour=colour("bn", mode()))
        columns.append([head, *_of_run(own.arms["before"])])
    if at is not None:
        columns.append([Cell(t(f"{LESSON}.live.head_shipped")), *_of_shipped(found, at)])
    if own is not None:
        head = Cell(t(f"{word}.head_plain", seed=seed), colour=colour("plain", mode()))
        growth, _, misfit, accuracy = _of_run(own.arms["none"])
        columns.append([head, growth, Cell("–"), misfit, accuracy])
    names = ("growth", "effective", "misfit", "accuracy")
    rows = [
        [Cell(t(f"{word}.row_{name}")), *(column[at_row] for column in columns)]
        for at_row, name in enumerate(names, start=1)
    ]
    table([Cell(""), *(column[0] for column in columns)], rows, name="growth-live", lesson=LESSON)


def _of_run(run: Measured) -> list[Cell]:
    numbers = (float(run.length[-1]), float(run.effective[-1]))
    return [*map(exact, numbers), exact(run.misfit, 2), share(run.accuracy)]


def _of_shipped(found: OverSeeds, at: tuple[int, int]) -> list[Cell]:
    error = np.abs(found.predicted[at] / found.square[at] - 1).max(axis=(-2, -1))
    ends = (found.growth[at][:, -1], found.effective[at][:, -1])
    cells = [_range(each) for each in ends]
    most = Cell(f"≤\u00a0{number(float(error.max()), 2)}", value=f"{error.max():.4g}")
    return [*cells, most, between(found.accuracy[at])]


def _range(values: np.ndarray) -> Cell:
    low, high = float(values.min()), float(values.max())
    return Cell(unbroken(f"{short(low)}–{short(high)}"), value=f"{low:.4g} {high:.4g}")


def _live_in_words(found: OverSeeds, at: Place, own: Own, cut: bool) -> None:
    """The law, the twin for which it does not hold, and how the run ended."""
    bn, plain = own.arms["before"], own.arms["none"]
    arm = t(f"{LESSON}.optimizers.bn")
    known = {"misfit": number(bn.misfit, 2), "plain": percent(plain.misfit)}
    sentences = [t(f"{LESSON}.growth_live.holds", **known)]
    if plain.misfit > FAILS * bn.misfit:
        sentences.append(t(f"{LESSON}.growth_live.fails", **known))
    if bn.length[-1] < FADED:
        gone = {"length": number(float(bn.length[-1]), 1)}
        sentences.append(t(f"{LESSON}.growth_live.faded", **gone))
    sentences.append(one_more.fate(arm, bn.accuracy, bn.diverged_at))
    if not cut:
        shipped = None if at is None else found.accuracy[at]
        sentences.append(one_more.lies(arm, bn.accuracy, shipped))
        sentences += [] if at is None else [one_more.luck(found.seeds)]
    one_more.listed(sentences)


FAILS = 30.0  # so many times the misfit with batch norm is no rounding

"""Before or after: batch norm on either side of the activation, or not at all."""

from __future__ import annotations

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from experiments.intervals import reach
from experiments.network import bias, placement
from experiments.network.placement import OverSeeds
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.inside import LESSON
from pages.inside import live as one_more
from pages.inside.live import Own, Section
from pages.inside.numbers import chart, over, say, value
from ui import controls, page
from ui.numbers import percent, short, unbroken
from ui.scenes import Moment
from ui.tables import Cell, between, exact, share, table
from ui.text import mode, t

LOOKS = {
    "none": ("plain", "dash", "square"),
    "before": ("bn", "solid", "circle"),
    "after": ("after", "dashdot", "diamond"),
}
UNIT = 7  # of layer 1, from 0, that a b is put into
BESIDE = 1.0  # a b that batch norm after the activation meets
CLOSE = 0.05  # an accuracy so near to that at the best rate still counts as trained


def picture(now: Moment) -> None:
    """Accuracy over the learning rate; before the answer that without batch norm alone."""
    LIVE.settle()
    with st.container(horizontal=True, key="placement"):
        controls.choice(LESSON, "nonlinearity")
        controls.choice(LESSON, "images")
    say("placement.by_rate")
    _by_rate(*_chosen(), 3 if now.seen else 1)


def _chosen() -> tuple[OverSeeds, int]:
    """What was trained on the chosen images, and which activation of it is meant."""
    found = placement.over_seeds(value("images"))
    return found, placement.ACTIVATIONS.index(value("nonlinearity"))


def said(now: Moment) -> dict[str, object]:
    """Over both data sets and all activations: how far apart the two are, best against best."""
    gaps = []
    for images in placement.SEEDS:
        for _, before, after in placement.over_seeds(images).at_best:
            gaps.append(float((after - before).mean()))
    found, a = _chosen()
    ups = {norm: short(_up_to(found, a, n)) for n, norm in enumerate(LOOKS)}
    ends = {"least": f"{100 * min(gaps):+.1f}", "most": f"{100 * max(gaps):+.1f}"}
    written = {name: end.replace("-", "−") for name, end in ends.items()}
    return {**written, **ups, "points": short(100 * CLOSE)}


def more(now: Moment) -> None:
    """The course of training, the table, what it comes to, and one more seed, live."""
    found, a = _chosen()
    _placement_verdict(found, a)
    _placement_table(found, a, placement.RATES.index(value("rate")))
    depth = placement.config("relu", "before").depth
    known = {"seeds": len(found.seeds), "steps": int(found.step[-1]), "depth": depth}
    st.caption(t(f"{LESSON}.placement.bands", **known))
    controls.ladder(LESSON, "rate", width=280)
    r = placement.RATES.index(value("rate"))
    say("placement.by_step", lr=short(value("rate")))
    _by_step(found, a, r)
    _one_more_seed(found, a, r)
    page.source(placement.config, placement.train_cell, key="placement")


def _placed(values: np.ndarray) -> list[Line]:
    """A line for each placement; values (N, x, S)."""
    return [
        Line(t(f"{LESSON}.placement.{norm}"), idea, *over(rows), dash=dash)
        for (norm, (idea, dash, _)), rows in zip(LOOKS.items(), values, strict=True)
    ]


def _by_rate(found: OverSeeds, a: int, shown: int) -> None:
    """Of so many placements; the axis is the same for all."""
    drawn = [
        Line(line.name, line.idea, line.mean, line.low, line.high, line.dash, symbol=symbol)
        for line, (*_, symbol) in zip(_placed(found.final[a]), LOOKS.values(), strict=True)
    ][:shown]
    rates = found.rates
    across = Axis(
        t(f"{LESSON}.axes.lr"), log=True, ends=(0.8 * rates[0], 1.25 * rates[-1]), ticks=rates
    )
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {
        f"{norm}_{end}": percent(float(line.mean[at]))
        for norm, line in zip(LOOKS, drawn, strict=False)
        for end, at in (("first", 0), ("last", -1))
    }
    known |= {"first": short(rates[0]), "last": short(rates[-1])}
    chosen = value("rate") if shown > 1 else None
    figure = graph.lines(mode(), rates, drawn, across, up, chosen=chosen, height=330)
    alt = "placement.alt_by_rate" if shown > 1 else "placement.alt_before"
    chart(figure, "by-rate", alt, **known)


def _by_step(found: OverSeeds, a: int, r: int) -> None:
    drawn = _placed(found.accuracy[a, :, r].swapaxes(-1, -2))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {norm: percent(float(d.mean[-1])) for norm, d in zip(LOOKS, drawn, strict=True)}
    figure = graph.lines(mode(), found.step, drawn, across, up)
    chart(figure, "by-step", "placement.alt_by_step", lr=short(value("rate")), **known)


def config(norm: str) -> RunConfig:
    """The run that the controls describe."""
    chosen = (value(name) for name in ("nonlinearity", "rate", "run", "images"))
    activation, rate, seed, images = chosen
    return placement.config(activation, norm, rate, seed, images)


LIVE = Section("placement", config, placement.course, norms=("after", "before"))


def _one_more_seed(found: OverSeeds, a: int, r: int) -> None:
    """The chosen cell, trained live, beside the seeds that were trained beforehand."""
    say("live.title", lr=short(value("rate")))
    LIVE.button()
    own = LIVE.shown()
    st.caption(one_more.of_seed(found.seeds))
    if LIVE.live.going() is not None:
        LIVE.grow(_live_picture)
    elif own is not None:
        cut = LIVE.stopped(own)
        left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
        with left:
            _live_picture(own)
        with right:
            _live_table(own, found.accuracy[a, :, r, :, -1])
            if not cut:
                _live_verdict(own, found, a, r)


def _trained(own: Own) -> list[tuple[int, str, placement.Course]]:
    """Each placement that has been trained by now: its number, its name, its run."""
    names = [(n, t(f"{LESSON}.placement.{norm}"), norm) for n, norm in enumerate(LOOKS)]
    return [(n, name, own.arms[norm]) for n, name, norm in names if norm in own.arms]


def _live_picture(own: Own | None) -> None:
    if own is None:
        return
    step = np.array(own.config.record_steps)
    looks, drawn = list(LOOKS.values()), []
    for n, name, run in _trained(own):
        idea, dash, _ = looks[n]
        padded = np.pad(run.curve, (0, len(step) - len(run.curve)), constant_values=np.nan)
        drawn.append(Line(name, idea, padded, dash=dash))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(step[-1])))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    figure = graph.lines(mode(), step, drawn, across, up)
    ends = "; ".join(f"{name} {percent(run.accuracy)}" for _, name, run in _trained(own))
    known = {"seed": one_more.seed(), "lr": short(value("rate"))}
    chart(figure, "one-more", "live.alt", ends=ends, **known)


def _live_table(own: Own, shipped: np.ndarray) -> None:
    """shipped (N, S): accuracies at the end."""
    ideas, word = [idea for idea, *_ in LOOKS.values()], f"{LESSON}.live"
    rows = [
        [Cell(name, colour=colour(ideas[n], mode())), share(run.accuracy), between(shipped[n])]
        for n, name, run in _trained(own)
    ]
    seed = Cell(t(f"{word}.head_seed", seed=one_more.seed()))
    table([Cell(""), seed, Cell(t(f"{word}.head_shipped"))], rows, name="live", lesson=LESSON)


def _live_verdict(own: Own, found: OverSeeds, a: int, r: int) -> None:
    sentences = []
    for n, name, run in _trained(own):
        went = one_more.fate(name, run.accuracy, run.diverged_at)
        where = one_more.lies(name, run.accuracy, found.accuracy[a, n, r, :, -1])
        sentences += [went, where]
    one_more.listed([*sentences, one_more.luck(found.seeds)])


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
    table(heads, rows, name="placement", lesson=LESSON)


def _spread(values: np.ndarray) -> Cell:
    """Mean over the seeds and its 95 % interval."""
    mean, half = 100 * values.mean(), 100 * reach(values)
    return Cell(unbroken(f"{mean:.1f} ± {half:.1f}%"), value=f"{values.mean():.4f}")


def _up_to(found: OverSeeds, a: int, n: int) -> float:
    """The largest learning rate whose mean accuracy is CLOSE to that at the placement's best."""
    mean = found.final[a, n].mean(axis=-1)
    return float(found.rates[mean > mean[found.best[a, n]] - CLOSE].max())


def ahead(first: np.ndarray, second: np.ndarray) -> tuple[str, float, float]:
    """Of paired seeds: "more", "less" or "level" by a 95 % interval; its middle and half width."""
    difference = first - second
    mean, half = float(difference.mean()), reach(difference)
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
    say(
        f"placement.{word}",
        points=short(100 * CLOSE),
        **{norm: short(up) for norm, up in ups.items()},
    )
    if word == "tolerant" and value("nonlinearity") in placement.FLAT:
        say("placement.flat", activation=known["activation"])
    which, mean, half = ahead(before, none)
    say(f"placement.plain_{which}", gain=points(mean, half))
    moved = bias.drag(BESIDE, unit=UNIT, norm="after").z_tilde_moved
    say("placement.keep_b", b=short(BESIDE), moved=short(moved))


def points(mean: float, half: float) -> str:
    """+1.4 ± 0.3, in percentage points."""
    return f"{100 * mean:+.1f} ± {100 * half:.1f}".replace("-", "−")

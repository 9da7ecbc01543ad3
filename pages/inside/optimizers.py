"""Four optimizers train W, γ and β: what batch norm gives each of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from experiments.intervals import reach
from experiments.network import optimizers
from experiments.network.optimizers import Course, Sweep
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.inside import LESSON
from pages.inside import charts as figures
from pages.inside import live as one_more
from pages.inside.live import Own, Section
from pages.inside.numbers import chart, over, say, value
from ui import controls, page
from ui.numbers import from_to, short, unbroken
from ui.scenes import Moment
from ui.tables import Cell, between, exact, share, table
from ui.text import mode, t


def picture(now: Moment) -> None:
    """Accuracy over the learning rate for one optimizer; at first without batch norm alone."""
    LIVE.settle()
    controls.choice(LESSON, "rule", wrap=True)
    say("optimizers.by_rate", good=GOOD)
    _usable(*_chosen(), 2 if now.seen else 1)


def _chosen() -> tuple[Sweep, int]:
    return optimizers.sweep(), optimizers.shipped().index(value("rule"))


def said(now: Moment) -> dict[str, object]:
    """Of all four on the digits: what is gained in rates, and in steps."""
    found = optimizers.sweep()
    ratio = found.largest[:, 1] / found.largest[:, 0]
    adam = float(ratio[optimizers.shipped().index("adam")])
    return {"ratio": from_to(ratio), "gain": from_to(found.gain), "adam": f"{adam:.2g}"}


def more(now: Moment) -> None:
    """Best against best, γ and β layer by layer, the table, and one more seed, live."""
    found, o = _chosen()
    _optimizers_verdict(found)
    _optimizers_table(found)
    run = optimizers.config("sgd", 0.1)
    known = {"seeds": len(found.seeds), "steps": run.steps, "depth": run.depth, "width": run.width}
    st.caption(t(f"{LESSON}.optimizers.of_run", **known))
    say("optimizers.curves", target=optimizers.TARGET)
    _curves(found, o)
    left, right = st.columns(2, gap="large")
    for column, name, start in ((left, "gamma", 1.0), (right, "beta", 0.0)):
        with column:
            say(f"optimizers.{name}", lr=short(_best(found, o, 1)))
            _paths(found, o, name, start)
    _one_more_seed(found, o)
    page.source(optimizers.train_cell, optimizers.smoothed, optimizers.Sweep, key="optimizers")


GOOD = f"{optimizers.GOOD:.0%}"
ARMS = (("plain", "dash", "square"), ("bn", "solid", "circle"))


def _best(found: Sweep, o: int, n: int) -> float:
    return float(found.rates[o, found.best[o, n]])


def _usable(found: Sweep, o: int, shown: int) -> None:
    """Accuracy over the learning rate of so many arms, and the line that makes a rate usable."""
    drawn = [
        Line(t(f"{LESSON}.optimizers.{arm}"), arm, *over(rows), dash=dash, symbol=symbol)
        for (arm, dash, symbol), rows in zip(ARMS, found.accuracy[o], strict=True)
    ][:shown]
    rates = found.rates[o]
    across = Axis(t(f"{LESSON}.axes.lr"), log=True, ends=(0.8 * rates[0], 1.25 * rates[-1]))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    figure = graph.lines(mode(), rates, drawn, across, up, level=optimizers.GOOD)
    known = dict(zip(("plain", "bn"), map(short, found.largest[o]), strict=True))
    alt = "optimizers.alt_usable" if shown > 1 else "optimizers.alt_before"
    chart(figure, "usable", alt, good=GOOD, **known)


def _curves(found: Sweep, o: int) -> None:
    """Smoothed training loss, each arm at its own best learning rate."""
    drawn = []
    for n, (arm, dash, _) in enumerate(ARMS):
        mean, low, high = found.curve[o, n, found.best[o, n]]
        name = t(f"{LESSON}.optimizers.at_best_{arm}", lr=short(_best(found, o, n)))
        drawn.append(Line(name, arm, mean, low, high, dash))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.curve_step[-1])))
    up = Axis(t(f"{LESSON}.axes.loss"), log=True)
    figure = graph.lines(mode(), found.curve_step, drawn, across, up, level=optimizers.TARGET)
    known = dict(zip(("plain", "bn"), (short(d.mean[-1]) for d in drawn), strict=True))
    chart(figure, "curves", "optimizers.alt_curves", target=optimizers.TARGET, **known)


def _paths(found: Sweep, o: int, name: str, start: float) -> None:
    """γ or β of every layer, at the best learning rate with batch norm."""
    spread = getattr(found, name)[o, found.best[o, 1]]
    words = {"step": t(f"{LESSON}.axes.step"), "measure": t(f"{LESSON}.optimizers.of_{name}")}
    for layer in range(spread.shape[-1]):
        words[str(layer + 1)] = t(f"{LESSON}.optimizers.layer", layer=layer + 1)
    ends = "; ".join(
        t(f"{LESSON}.optimizers.alt_layer", layer=at + 1, mean=mean, low=low, high=high)
        for at, (mean, low, high) in enumerate(
            tuple(short(float(x)) for x in spread[:, -1, at]) for at in range(spread.shape[-1])
        )
    )
    figure = figures.layers(mode(), found.path_step, spread, start, words)
    chart(figure, name, f"optimizers.alt_{name}", ends=ends)


def _optimizers_table(found: Sweep) -> None:
    """A column for each optimizer: so it fits a phone."""
    word, names = f"{LESSON}.optimizers", optimizers.shipped()
    rates = [[exact(_best(found, o, n)) for o in range(len(names))] for n in (0, 1)]
    steps = [[_steps(judged) for judged in found.judged[:, n]] for n in (0, 1)]
    largest = [[exact(float(x)) for x in found.largest[:, n]] for n in (0, 1)]
    rows = []
    for name, (plain, bn), ratio in (
        ("best", rates, None),
        ("steps", steps, found.gain),
        ("largest", largest, found.largest[:, 1] / found.largest[:, 0]),
    ):
        rows.append([Cell(t(f"{word}.row_{name}_plain"), colour=colour("plain", mode())), *plain])
        rows.append([Cell(t(f"{word}.row_{name}_bn"), colour=colour("bn", mode())), *bn])
        if ratio is not None:
            rows.append([Cell(t(f"{word}.row_{name}_ratio")), *map(_times, ratio)])
    heads = [Cell(""), *(Cell(t(f"ui.options.{name}")) for name in names)]
    table(heads, rows, name="optimizers", lesson=LESSON)


def _times(ratio: float) -> Cell:
    return Cell(unbroken(f"{ratio:.2g} ×"), value=f"{ratio:.4g}")


def _steps(judged: np.ndarray) -> Cell:
    """Mean over the judging seeds and its 95 % interval."""
    mean = judged.mean()
    return Cell(unbroken(f"{mean:.0f} ± {reach(judged):.0f}"), value=f"{mean:.4g}")


def _optimizers_verdict(found: Sweep) -> None:
    """Tolerance on one side, best against best on the other, on both data sets."""
    known = {}
    for name, of in (("digits", found), ("mnist", optimizers.sweep("mnist"))):
        cost = optimizers.EVIDENCE.about[name]["step_cost"].values()
        known[f"{name}_gain"], known[f"{name}_cost"] = from_to(of.gain), from_to(cost)
        known[f"{name}_ratio"] = from_to(of.largest[:, 1] / of.largest[:, 0])
        for arm, steps in zip(("plain", "bn"), of.judged.mean(axis=-1).T, strict=True):
            known[f"{name}_{arm}_steps"] = f"{steps.min():.0f}–{steps.max():.0f}"
    page.say(f"{LESSON}/optimized", good=GOOD, target=optimizers.TARGET, **known)


# --- one more seed, live ---


def config(norm: str) -> RunConfig:
    """The run that the controls describe."""
    rule = value("rule")
    return optimizers.config(rule, _rate(rule, value("rung")), norm, value("run"))


def _rate(rule: str, rung: int) -> float:
    """On the ladder of an optimizer's learning rates, from 1."""
    return optimizers.rates(rule)[rung - 1]


LIVE = Section("optimizers", config, optimizers.course)


def _one_more_seed(found: Sweep, o: int) -> None:
    """The chosen optimizer at a rate of the visitor's choice, over the shipped runs there."""
    say("optimizers_live.title")
    rule, r = value("rule"), value("rung") - 1
    controls.ladder(LESSON, "rung", format_func=lambda rung: short(_rate(rule, rung)), width=480)
    LIVE.button()
    own = LIVE.shown()
    judge = one_more.seed() in found.judges
    st.caption(_say_judge() if judge else one_more.of_seed(found.seeds))
    cut = own is not None and LIVE.stopped(own)
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        say("optimizers_live.loss", rule=_called(rule), lr=short(_rate(rule, value("rung"))))
        if LIVE.live.going() is None:
            _live_curves(found, o, r, own)
        else:
            LIVE.grow(partial(_live_curves, found, o, r))
            return
    with right:
        _live_table(found, o, r, own)
        if own is not None and not cut:
            _live_verdict(found, o, r, own)
    if own is not None:
        _live_paths(found, o, r, own)


def _called(rule: str) -> str:
    return t(f"ui.options.{rule}")


def _say_judge() -> str:
    return t(f"{LESSON}.optimizers_live.judge", seed=one_more.seed())


def _course(own: Own | None, n: int) -> Course | None:
    return None if own is None else own.arms[optimizers.NORMS[n]]


def _live_curves(found: Sweep, o: int, r: int, own: Own | None) -> None:
    """Smoothed training loss: the shipped seeds pale, the live one over them."""
    word, step = f"{LESSON}.optimizers_live", found.curve_step
    drawn, ends = [], []
    for n, (arm, dash, _) in enumerate(ARMS):
        name = t(f"{word}.shipped_{arm}", seeds=len(found.seeds))
        mean, low, high = found.curve[o, n, r]
        drawn.append(Line(name, arm, mean, low, high, dash=dash, strength=0.6))
        ends.append(f"{name} {short(drawn[-1].mean[-1])}")
    for n, (arm, dash, _) in enumerate(ARMS):
        if (run := _course(own, n)) is not None:
            name = t(f"{word}.live_{arm}", seed=one_more.seed())
            drawn.append(Line(name, arm, _filled(run.curve, len(step)), dash=dash))
            ends += [f"{name} {short(run.curve[-1])}"] if len(run.curve) else []
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(step[-1])))
    up = Axis(t(f"{LESSON}.axes.loss"), log=True)
    figure = graph.lines(mode(), step, drawn, across, up, level=optimizers.TARGET)
    chart(figure, "live-curves", "optimizers_live.alt", ends="; ".join(ends))


def _filled(values: np.ndarray, length: int) -> np.ndarray:
    """NaN where a run that was stopped has no more."""
    missing = length - values.shape[-1]
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)], constant_values=np.nan)


def _live_table(found: Sweep, o: int, r: int, own: Own | None) -> None:
    """Accuracy and steps of both arms: the live seed, if there is one, and the shipped ones."""
    word, rows = f"{LESSON}.optimizers_live", []
    for name in ("accuracy", "steps"):
        for n, (arm, *_) in enumerate(ARMS):
            head = Cell(t(f"{word}.row_{name}_{arm}"), colour=colour(arm, mode()))
            run = _course(own, n)
            if name == "accuracy":
                mine = [] if run is None else [share(run.accuracy)]
                rows.append([head, *mine, between(found.accuracy[o, n, r])])
            else:
                mine = [] if run is None else [_reached(np.array([run.steps_to]))]
                rows.append([head, *mine, _reached(found.steps_to[o, n, r])])
    seed = [] if own is None else [Cell(t(f"{LESSON}.live.head_seed", seed=one_more.seed()))]
    table(
        [Cell(""), *seed, Cell(t(f"{LESSON}.live.head_shipped"))],
        rows,
        name="optimizers-live",
        lesson=LESSON,
    )


def _reached(steps: np.ndarray) -> Cell:
    """Steps (S,) to the target, from the fewest to the most; how many got there, if not all."""
    there = steps[~np.isnan(steps)]
    if not len(there):
        return Cell("–", value="nan")
    low, high = there.min(), there.max()
    text = f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"
    part = "" if len(there) == len(steps) else f" ({len(there)}/{len(steps)})"
    return Cell(unbroken(text + part), value=f"{low:.0f} {high:.0f}")


def _live_verdict(found: Sweep, o: int, r: int, own: Own) -> None:
    sentences = []
    for n, (arm, *_) in enumerate(ARMS):
        name, run = t(f"{LESSON}.optimizers.{arm}"), own.arms[optimizers.NORMS[n]]
        sentences.append(one_more.fate(name, run.accuracy, run.diverged_at))
        sentences.append(one_more.lies(name, run.accuracy, found.accuracy[o, n, r]))
    one_more.listed([*sentences, one_more.luck(found.seeds)])


def _live_paths(found: Sweep, o: int, r: int, own: Own) -> None:
    """γ and β of the live run over those of the first shipped seed at the same rate."""
    run = own.arms["before"].paths
    left, right = st.columns(2, gap="large")
    for column, name, start in ((left, "gamma", 1.0), (right, "beta", 0.0)):
        shipped, live = getattr(found, name)[o, r], getattr(run, name)
        known = {"seed": one_more.seed(), "first": int(found.seeds[0])}
        with column:
            say(f"optimizers_live.{name}", **known)
            words = {"step": t(f"{LESSON}.axes.step")}
            words["measure"] = t(f"{LESSON}.optimizers.of_{name}")
            for layer in range(live.shape[-1]):
                words[str(layer + 1)] = t(f"{LESSON}.optimizers.layer", layer=layer + 1)
            padded = _filled(live.swapaxes(1, 2), len(found.path_step)).swapaxes(1, 2)
            figure = figures.layers(mode(), found.path_step, shipped, start, words, live=padded)
            ends = "; ".join(
                t(f"{LESSON}.optimizers.alt_layer", layer=at + 1, mean=mean, low=low, high=high)
                for at, (mean, low, high) in enumerate(
                    tuple(short(float(x)) for x in live[:, -1, at]) for at in range(live.shape[-1])
                )
            )
            chart(figure, f"live-{name}", f"optimizers_live.alt_{name}", ends=ends, **known)

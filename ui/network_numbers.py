"""Four sections of the lesson on batch norm in a network: b, before or after, optimizers, scale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import figures.network as figures
from experiments import bias, evidence, optimizers, placement, scale
from experiments.bias import Drag
from experiments.optimizers import Sweep
from experiments.placement import OverSeeds
from experiments.scale import Rescaled
from figures.network import Axis, Line
from figures.theme import colour
from ui import controls, network_live, page, state
from ui.live import percent
from ui.numbers import latex, number
from ui.tables import Cell, table
from ui.text import mode, prose, t

LESSON = "network"
UNIT = 7  # of layer 1, counted from 0: it has a visible spread, and a slope with respect to β
REACH = 4.0  # of both sliders of b and of what is added to β
Z_ENDS, Z_TILDE_ENDS = (-6.0, 6.0), (-6.0, 6.0)


def value(name: str) -> Any:
    return state.value(LESSON, name)


def say(key: str, **values: object) -> None:
    st.markdown(t(f"{LESSON}.{key}", **values))


def short(x: float) -> str:
    return number(x, 3)


def chart(figure: go.Figure, key: str, alt: str, **values: object) -> None:
    """A figure with the sentence that stands for it."""
    st.plotly_chart(
        figure,
        key=f"figure-{key}",
        alt=t(f"{LESSON}.{alt}", **values),
        theme=None,
        config={"displaylogo": False},
    )


def exact(x: float, digits: int = 3) -> Cell:
    return Cell(number(x, digits), value=f"{x:.4g}")


def unbroken(text: str) -> str:
    """For a narrow cell: no line ends inside it."""
    return text.replace(" ", "\u00a0")


def from_to(values: Iterable[float], digits: int = 2) -> str:
    """The range of some numbers: 1.8–3.4."""
    low, high = min(values := list(values)), max(values)
    return f"{low:.{digits}g}–{high:.{digits}g}"


def over(values: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, least and largest over the last axis, as `Line` wants them."""
    return {"mean": values.mean(axis=-1), "low": values.min(axis=-1), "high": values.max(axis=-1)}


# --- b is cancelled ---


def b_is_cancelled() -> None:
    """Drag b: z moves and z_tilde does not. Leave it to an optimizer: rounding moves it."""
    page.say(f"{LESSON}/b")
    page.question(LESSON, "b", ("both", "beta", "none"), right="none")
    drag_b()
    b_left_in()
    page.source(bias.drag, bias.let_drift, key="b")


@page.fragment(LESSON)
def drag_b() -> None:
    with st.container(horizontal=True, key="drag-b"):
        controls.slider(LESSON, "b", width=340)
        controls.slider(LESSON, "shift", width=340)
    found = bias.drag(value("b"), value("shift"), unit=UNIT)
    left, right = st.columns(2, gap="large")
    with left:
        _moved(found.z_at_zero, found.z, Z_ENDS, "z")
    with right:
        _moved(found.z_tilde_at_zero, found.z_tilde, Z_TILDE_ENDS, "z_tilde")
    numbers, words = st.columns([4, 7], gap="large", vertical_alignment="center")
    with numbers:
        _drag_table(found)
    with words:
        _what_moved(found)


def _moved(before: np.ndarray, after: np.ndarray, ends: tuple[float, float], idea: str) -> None:
    words = {name: t(f"{LESSON}.drag.{name}") for name in ("before", "mean")}
    shifted = "after_shift" if idea == "z_tilde" and value("shift") else "after"
    signed = f"{value('shift'):+g}".replace("-", "−")
    words["after"] = t(f"{LESSON}.drag.{shifted}", b=short(value("b")), shift=signed)
    words["axis"] = t(f"{LESSON}.drag.axis_{idea}")
    known = {"before": short(before.mean()), "after": short(after.mean())}
    figure = figures.moved(mode(), before, after, ends, idea, words)
    chart(figure, f"drag-{idea}", f"drag.alt_{idea}", m=len(before), **known)


def _drag_table(found: Drag) -> None:
    word, hue = f"{LESSON}.drag", colour("z", mode())
    rows = [
        [Cell(t(f"{word}.z"), colour=hue), exact(found.z_moved)],
        [Cell(t(f"{word}.z_tilde"), colour=colour("z_tilde", mode())), exact(found.z_tilde_moved)],
        [Cell(t(f"{word}.logits")), exact(found.logits_moved)],
        [Cell(t(f"{word}.db")), exact(found.db)],
        [Cell(t(f"{word}.dbeta")), exact(found.dbeta)],
    ]
    table([Cell(t(f"{word}.head")), Cell(t(f"{word}.number"))], rows, name="drag")


def _what_moved(found: Drag) -> None:
    known = {
        "b": short(value("b")),
        "shift": short(value("shift")),
        "z_tilde": short(found.z_tilde_moved),
        "db": short(found.db),
        "dbeta": short(found.dbeta),
        "loss": number(found.loss, 4),
        "loss_at_zero": number(found.loss_at_zero, 4),
    }
    still = "still" if found.z_tilde_moved else "still_exactly"
    say(f"drag.{still}" if value("b") else "drag.at_zero", **known)
    say("drag.beta_moved" if value("shift") else "drag.beta_at_zero", **known)


def b_left_in() -> None:
    """What optimizers make of a b that nobody needs."""
    page.say(f"{LESSON}/drift")
    left, right = st.columns(2, gap="large")
    with left:
        _wander()
    with right:
        _largest_b()
    st.caption(t(f"{LESSON}.drift.of_run", seeds=len(bias.SEEDS), steps=bias.STEPS))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        _drift_table()
    with words:
        _drift_in_words()


def _wander() -> None:
    found = bias.drift("adam", "float32")
    say("drift.wander", units=bias.UNITS)
    words = {"step": t(f"{LESSON}.axes.step"), "b": t(f"{LESSON}.drift.b")}
    ends = {"low": short(float(found.path.min())), "high": short(float(found.path.max()))}
    figure = figures.wander(mode(), found.step, found.path, words)
    chart(figure, "wander", "drift.alt_wander", units=found.path.shape[1], **ends)


DASHES = {"sgd": "dot", "momentum": "dash", "rmsprop": "longdash", "adam": "solid"}


def _largest_b() -> None:
    say("drift.largest")
    drawn, ends = [], {}
    for dtype, idea in (("float32", "error"), ("float64", "plain")):
        for name in bias.RATES:
            found = bias.drift(name, dtype)
            rows = over(found.b[:, 1:].T)  # it starts at 0, which has no logarithm
            word = t(f"{LESSON}.drift.line", optimizer=t(f"ui.options.{name}"), dtype=dtype)
            drawn.append(Line(word, idea, **rows, dash=DASHES[name]))
            ends[f"{name}_{dtype}"] = short(float(rows["mean"][-1]))
    step = bias.drift().step[1:]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(step[-1])))
    up = Axis(t(f"{LESSON}.drift.largest_b"), log=True, ends=(1e-18, 3), every=3)
    figure = figures.lines(mode(), step, drawn, across, up, labelled=True, height=380)
    chart(figure, "largest-b", "drift.alt_largest", **ends)


def _drift_table() -> None:
    word = f"{LESSON}.drift"
    names = ("db", "dbeta", "b32", "b64", "logits")
    heads = [Cell(""), *(Cell(t(f"{word}.head_{name}")) for name in names)]
    rows = []
    for name in bias.RATES:
        of32, of64 = (bias.drift(name, dtype) for dtype in bias.DTYPES)
        numbers = (
            of32.db.max(),
            of32.dbeta.max(),
            of32.b[:, -1].max(),
            of64.b[:, -1].max(),
            of32.logits_moved.max(),
        )
        rows.append([Cell(t(f"ui.options.{name}")), *(exact(float(x), 2) for x in numbers)])
    table(heads, rows, name="drift")


def _drift_in_words() -> None:
    adam, sgd = (bias.drift(name, "float32") for name in ("adam", "sgd"))
    known = {
        "db": number(float(adam.db.max()), 2),
        "dbeta": number(float(adam.dbeta.max()), 2),
        "adam": number(float(adam.b[:, -1].max()), 2),
        "sgd": number(float(sgd.b[:, -1].max()), 2),
        "adam64": number(float(bias.drift("adam", "float64").b[:, -1].max()), 2),
        "db64": number(float(bias.drift("adam", "float64").db.max()), 2),
        "logits": number(float(adam.logits_moved.max()), 2),
    }
    st.markdown(prose(f"{LESSON}/drifted", **known))


# --- before the activation or after it ---

LOOKS = {
    "none": ("plain", "dash", "square"),
    "before": ("bn", "solid", "circle"),
    "after": ("after", "longdash", "diamond"),
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


def _placed(values: np.ndarray) -> list[Line]:
    """A line for each placement; values (N, x, S)."""
    return [
        Line(t(f"{LESSON}.placement.{norm}"), idea, **over(rows), dash=dash)
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
            ends.append((name, float(run[-1]), over(found.accuracy[a, n, r, :, -1])))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(own.step[-1])))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    known = {"seed": network_live.SEED, "lr": short(value("rate"))}
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        listed = "; ".join(f"{name} {percent(end)}" for name, end, _ in ends)
        figure = figures.lines(mode(), own.step, drawn, across, up)
        chart(figure, "one-more", "live.alt", ends=listed, **known)
    with right:
        heads = [Cell(""), Cell(t(f"{LESSON}.live.head_end")), Cell(t(f"{LESSON}.live.head_seeds"))]
        rows = [[Cell(name), _share(end), _ends(seeds)] for name, end, seeds in ends]
        table(heads, rows, name="live")


def _ends(seeds: dict[str, np.ndarray]) -> Cell:
    """From the lowest seed to the highest."""
    low, high = (float(seeds[end]) for end in ("low", "high"))
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
    which, mean, half = ahead(before, none)
    say(f"placement.plain_{which}", gain=points(mean, half))
    moved = bias.drag(BESIDE, unit=UNIT, norm="after").z_tilde_moved
    say("placement.keep_b", b=short(BESIDE), moved=short(moved))


def points(mean: float, half: float) -> str:
    """+1.4 ± 0.3, in percentage points."""
    return f"{100 * mean:+.1f} ± {100 * half:.1f}".replace("-", "−")


# --- four optimizers ---


@page.fragment(LESSON)
def four_optimizers() -> None:
    """The same network under SGD, momentum, RMSprop and Adam, with batch norm and without."""
    page.say(f"{LESSON}/optimizers")
    rule = controls.choice(LESSON, "rule", wrap=True)
    found, o = optimizers.sweep(), optimizers.OPTIMIZERS.index(rule)
    left, right = st.columns(2, gap="large")
    with left:
        say("optimizers.by_rate", good=GOOD)
        _usable(found, o)
    with right:
        say("optimizers.curves", target=optimizers.TARGET)
        _curves(found, o)
    left, right = st.columns(2, gap="large")
    for column, name, start in ((left, "gamma", 1.0), (right, "beta", 0.0)):
        with column:
            say(f"optimizers.{name}", lr=short(_best(found, o, 1)))
            _paths(found, o, name, start)
    st.caption(t(f"{LESSON}.optimizers.of_run", seeds=len(found.seeds), steps=optimizers.STEPS))
    _optimizers_table(found)
    _optimizers_verdict(found)


GOOD = f"{optimizers.GOOD:.0%}"
ARMS = (("plain", "dash", "square"), ("bn", "solid", "circle"))


def _best(found: Sweep, o: int, n: int) -> float:
    return float(found.rates[o, found.best[o, n]])


def _usable(found: Sweep, o: int) -> None:
    """Accuracy over the learning rate, and the line above which a rate is usable."""
    drawn = [
        Line(t(f"{LESSON}.optimizers.{arm}"), arm, **over(rows), dash=dash, symbol=symbol)
        for (arm, dash, symbol), rows in zip(ARMS, found.accuracy[o], strict=True)
    ]
    rates = found.rates[o]
    across = Axis(t(f"{LESSON}.axes.lr"), log=True, ends=(0.8 * rates[0], 1.25 * rates[-1]))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    figure = figures.lines(mode(), rates, drawn, across, up, level=optimizers.GOOD)
    known = dict(zip(("plain", "bn"), map(short, found.largest[o]), strict=True))
    chart(figure, "usable", "optimizers.alt_usable", good=GOOD, **known)


def _curves(found: Sweep, o: int) -> None:
    """Smoothed training loss, each arm at its own best learning rate."""
    drawn = []
    for n, (arm, dash, _) in enumerate(ARMS):
        mean, low, high = found.curve[o, n, found.best[o, n]]
        name = t(f"{LESSON}.optimizers.at_best_{arm}", lr=short(_best(found, o, n)))
        drawn.append(Line(name, arm, mean, low, high, dash))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.curve_step[-1])))
    up = Axis(t(f"{LESSON}.axes.loss"), log=True)
    figure = figures.lines(mode(), found.curve_step, drawn, across, up, level=optimizers.TARGET)
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
    word, names = f"{LESSON}.optimizers", optimizers.OPTIMIZERS
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
    table(heads, rows, name="optimizers")


def _times(ratio: float) -> Cell:
    return Cell(unbroken(f"{ratio:.2g} ×"), value=f"{ratio:.4g}")


def _steps(judged: np.ndarray) -> Cell:
    mean, sd = judged.mean(), judged.std(ddof=1)
    return Cell(unbroken(f"{mean:.0f} ± {sd:.0f}"), value=f"{mean:.4g}")


def _optimizers_verdict(found: Sweep) -> None:
    """Tolerance on one side, best against best on the other, on both data sets."""
    known = {}
    for name, of in (("digits", found), ("mnist", optimizers.sweep("mnist"))):
        cost = evidence.about(optimizers.EVIDENCE)[name]["step_cost"].values()
        known[f"{name}_gain"], known[f"{name}_cost"] = from_to(of.gain), from_to(cost)
        known[f"{name}_ratio"] = from_to(of.largest[:, 1] / of.largest[:, 0])
    page.say(f"{LESSON}/optimized", good=GOOD, target=optimizers.TARGET, **known)


# --- scale ---

BROKEN = 5.0  # below this many ε, the variance of a unit no longer hides ε


@st.cache_data(max_entries=2, show_spinner=False)
def rescaled() -> list[Rescaled]:
    """All of ALPHAS: half a second on a slow machine, the same for everyone."""
    return scale.curve()


@st.cache_data(max_entries=1, show_spinner=False)
def decay_is_a_rate() -> tuple[float, float]:
    """How far decay and a rising rate part in their losses, and decay and a constant one."""
    found = scale.decay_as_rate()
    apart = [np.abs(found.decay - other).max() for other in (found.rising, found.constant)]
    return float(apart[0]), float(apart[1])


def scale_invariance() -> None:
    """W → αW by hand, and what follows for W in training."""
    page.say(f"{LESSON}/scale")
    page.question(LESSON, "scale", ("same", "larger", "smaller"), right="smaller")
    rescale()
    in_training()
    page.source(scale.rescale, scale.growth, scale.decay_as_rate, key="scale")


@page.fragment(LESSON)
def rescale() -> None:
    controls.ladder(LESSON, "alpha", width=560)
    here = scale.rescale(value("alpha"))
    left, right = st.columns(2, gap="large")
    with left:
        say("scale.output")
        _output()
    with right:
        say("scale.gradient")
        _gradient()
    numbers, words = st.columns([4, 7], gap="large", vertical_alignment="center")
    with numbers:
        _scale_table(here)
    with words:
        _scaled_in_words(here)


def _alphas() -> tuple[np.ndarray, Axis]:
    ticks = (0.001, 0.01, 0.1, 1, 10, 100, 1000)
    axis = Axis(t(f"{LESSON}.scale.alpha"), log=True, ends=(0.0008, 1250), ticks=ticks)
    return np.array(scale.ALPHAS), axis


def _output() -> None:
    """How far the logits move: with batch norm, without, and where ε is scaled too."""
    alphas, across = _alphas()
    rows = {
        "plain": ("plain", "dash", "plain_logits_moved"),
        "bn": ("bn", "solid", "logits_moved"),
        "exact": ("bn", "dot", "logits_moved_exact"),
    }
    found = rescaled()
    drawn, ends = [], {}
    for name, (idea, dash, of) in rows.items():
        moved = np.array([getattr(each, of) for each in found])
        moved[moved == 0] = np.nan  # α = 1: nothing moves, and 0 has no logarithm
        drawn.append(Line(t(f"{LESSON}.scale.{name}"), idea, moved, dash=dash))
        ends |= {f"{name}_low": short(moved[0]), f"{name}_high": short(moved[-1])}
    up = Axis(t(f"{LESSON}.scale.moved"), log=True, every=4)
    figure = figures.lines(mode(), alphas, drawn, across, up, chosen=value("alpha"))
    chart(figure, "output", "scale.alt_output", **ends)


def _gradient() -> None:
    """‖dW‖ against what it was, over α, beside 1/α."""
    alphas, across = _alphas()
    ratios = np.array([each.grad_ratio for each in rescaled()])
    drawn = [Line(t(f"{LESSON}.scale.law"), "plain", 1 / alphas, dash="dot")]
    for layer, dash in enumerate(("solid", "longdash", "dash")):
        name = t(f"{LESSON}.scale.layer", layer=layer + 1)
        drawn.append(Line(name, "z", ratios[:, layer], dash=dash))
    up = Axis(t(f"{LESSON}.scale.ratio"), log=True)
    figure = figures.lines(mode(), alphas, drawn, across, up, chosen=value("alpha"))
    ends = {"low": short(ratios[0].max()), "high": short(ratios[-1].max())}
    chart(figure, "gradient", "scale.alt_gradient", **ends)


def _scale_table(here: Rescaled) -> None:
    word = f"{LESSON}.scale"
    bn, plain = (colour(idea, mode()) for idea in ("bn", "plain"))
    rows = [
        [Cell(t(f"{word}.row_logits"), colour=bn), exact(here.logits_moved)],
        [Cell(t(f"{word}.row_changed"), colour=bn), _share(here.changed)],
        [Cell(t(f"{word}.row_plain"), colour=plain), exact(here.plain_logits_moved)],
        [Cell(t(f"{word}.row_plain_changed"), colour=plain), _share(here.plain_changed)],
    ]
    for layer, ratio in enumerate(here.grad_ratio):
        name = t(f"{word}.row_ratio", layer=layer + 1)
        rows.append([Cell(name, colour=colour("z", mode())), exact(ratio * here.alpha, 4)])
    rows.append([Cell(t(f"{word}.row_var")), exact(float(here.var_ratio.min()))])
    heads = [Cell(t(f"{word}.head", alpha=short(here.alpha))), Cell(t(f"{word}.number"))]
    table(heads, rows, name="scale")


def _share(share: float) -> Cell:
    return Cell(unbroken(percent(share)), value=f"{share:.4f}")


def _scaled_in_words(here: Rescaled) -> None:
    known = {
        "alpha": latex(here.alpha, 3),
        "moved": short(here.logits_moved),
        "plain": short(here.plain_logits_moved),
        "changed": percent(here.changed),
        "inverse": latex(1 / here.alpha, 3),
        "var": short(float(here.var_ratio.min())),
        "exact": short(here.logits_moved_exact),
    }
    which = "holds" if here.var_ratio.min() > BROKEN else "breaks"
    say("scale.one" if here.alpha == 1 else f"scale.{which}", **known)


def in_training() -> None:
    """‖W‖ grows, the effective learning rate falls, weight decay raises it."""
    page.say(f"{LESSON}/growth")
    left, right = st.columns(2, gap="large")
    with left:
        say("growth.norm")
        _growth()
    with right:
        say("growth.effective", lr=DECAYED)
        _effective()
    found = scale.over_seeds()
    st.caption(t(f"{LESSON}.growth.of_run", seeds=len(found.seeds), steps=scale.STEPS))
    numbers, words = st.columns([5, 6], gap="large", vertical_alignment="center")
    with numbers:
        _growth_table()
    with words:
        _growth_in_words()


STRENGTHS = (0.4, 0.6, 0.8, 1.0)  # of four lines of one idea, in order


def _growth() -> None:
    found = scale.over_seeds()
    drawn = [
        Line(t(f"{LESSON}.growth.lr", lr=short(lr)), "bn", **over(rows.T), strength=strength)
        for lr, rows, strength in zip(found.rates, found.growth[0], STRENGTHS, strict=True)
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_norm"))
    figure = figures.lines(mode(), found.step, drawn, across, up)
    ends = "; ".join(f"lr {short(lr)}: {short(d.mean[-1])}" for lr, d in _with(found.rates, drawn))
    chart(figure, "growth", "growth.alt_norm", ends=ends)


def _with(values: np.ndarray, drawn: list[Line]) -> Iterable[tuple[float, Line]]:
    return zip(values, drawn, strict=True)


DECAYED = 0.3  # the learning rate at which decays are compared


def _effective() -> None:
    found = scale.over_seeds()
    at = scale.RATES.index(DECAYED)
    drawn = [
        Line(
            t(f"{LESSON}.growth.decay", decay=short(decay)),
            "running",
            **over(rows.T),
            strength=strength,
        )
        for decay, rows, strength in zip(
            found.decays, found.effective[:, at], STRENGTHS, strict=True
        )
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_effective"), log=True, ticks=(0.3, 1, 3, 10))
    figure = figures.lines(mode(), found.step, drawn, across, up, level=DECAYED)
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
        cells = [exact(float(grown)), exact(float(rate)), *(_share(float(x)) for x in shares)]
        rows.append([Cell(short(lr)), *cells])
    table([Cell(t(f"{word}.head_{name}")) for name in names], rows, name="growth")


def _growth_in_words() -> None:
    found = scale.over_seeds()
    high, at = scale.RATES.index(3.0), scale.RATES.index(DECAYED)
    error = np.abs(found.predicted / found.square - 1)[0].max()
    same, apart = decay_is_a_rate()
    known = {
        "error": number(float(error), 1),
        "growth": short(found.growth[0, high, :, -1].mean()),
        "effective": short(found.effective[0, high, :, -1].mean()),
        "held": percent(float(found.held_accuracy[high].mean())),
        "free": percent(float(found.accuracy[0, high].mean())),
        "lr": DECAYED,
        "decay": short(found.decays[-1]),
        "raised": short(found.effective[-1, at, :, -1].mean()),
        "without": percent(float(found.accuracy[0, at].mean())),
        "decayed": percent(float(found.accuracy[-1, at].mean())),
        "same": number(same, 1),
        "apart": number(apart, 2),
    }
    st.markdown(prose(f"{LESSON}/grown", **known))

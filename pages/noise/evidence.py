"""What the lesson on noise shows of networks that were trained beforehand, many seeds each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

from experiments.intervals import half_widths, interval
from experiments.noise import ablation, regularize
from experiments.noise.regularize import GROUPS, WHOLE, Difference, Evidence
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from ui import controls
from ui.chart import plot
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import mode, prose, t

OTHERS = ("plain", "dropout")
KEEP = regularize.ARMS["dropout"]["keep"]
# Arms of the ablation that are shown, and how they are drawn: idea, dash.
LOOKS = {
    "plain": ("plain", "dash"),
    "bn_all": ("bn", "solid"),
    "g256": ("bn", "solid"),
    "g32": ("bn", "solid"),
    "g8": ("bn", "longdash"),
    "dropout8": ("dropout", "dashdot"),
    "both8": ("z_tilde", "dot"),
}
CURVES = ("plain", "g256", "g8", "dropout8", "both8")  # more would hide each other
OFF = 0.4  # the share of units off that is put into words


def points(difference: Difference) -> str:
    """+1.4 ± 0.3, in percentage points."""
    return f"{100 * difference.mean:+.1f} ± {100 * difference.half:.1f}".replace("-", "−")


def cost(drop: Difference) -> str:
    """1.19 ± 0.07, in percentage points."""
    return f"{100 * drop.mean:.2f} ± {100 * drop.half:.2f}".replace("-", "−")


# --- does it regularize? ---


def does_it_regularize() -> None:
    """Gap and test accuracy over the size of the groups, and what they come to."""
    setting = controls.choice(LESSON, "data", wrap=True)
    found = regularize.load(setting)
    left, right = st.columns(2, gap="large")
    with left:
        by_group(found, "gap")
    with right:
        by_group(found, "test")
    config, seeds = regularize.SETTINGS[setting], len(regularize.SEEDS[setting])
    known = {"seeds": seeds, "images": config.n_train, "steps": config.steps}
    known |= {"batch": config.batch_size, "rates": len(regularize.RATES), "keep": KEEP}
    st.caption(t(f"{LESSON}.regularize.bands", **known))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        arms_table(found)
    with words:
        st.markdown(verdict(found))


def by_group(found: Evidence, measure: str) -> None:
    """One measure of all arms, as mean and its 95 % interval over the seeds."""
    word = f"{LESSON}.regularize"
    chart = {name: t(f"{word}.{name}") for name in ("bn", "axis")}
    chart |= {arm: t(f"{word}.{arm}", keep=KEEP) for arm in OTHERS}
    chart["measure"] = t(f"{word}.{measure}")
    bn = np.array([band(found, f"g{g}", measure) for g in GROUPS]).T
    others = {arm: band(found, arm, measure) for arm in OTHERS}
    ends = {"first": percent(bn[0, 0]), "last": percent(bn[0, -1])}
    ends |= {arm: percent(others[arm][0]) for arm in OTHERS}
    sizes = {"smallest": GROUPS[0], "batch": GROUPS[-1]}
    plot(
        figures.by_group(mode(), np.array(GROUPS), tuple(bn), others, chart),
        key=f"regularize-{measure}",
        alt=t(f"{word}.alt", measure=chart["measure"], **ends, **sizes),
    )


def band(found: Evidence, arm: str, measure: str) -> tuple[float, float, float]:
    """Mean, and the ends of its 95 % interval."""
    train, test = found.of(arm)
    values = train - test if measure == "gap" else test
    return float(values.mean()), *interval(values)


def arms_table(found: Evidence) -> None:
    """The arms worth reading as numbers."""
    word = f"{LESSON}.regularize"
    names = ("train", "test", "over", "rate")
    heads = [Cell("")] + [Cell(t(f"{word}.{name}", batch=GROUPS[-1])) for name in names]
    groups = dict.fromkeys((f"g{GROUPS[0]}", found.best, WHOLE))
    rows = [arm_row(found, arm) for arm in (*groups, *OTHERS)]
    table(heads, rows, name="regularize", lesson=LESSON)


def arm_row(found: Evidence, arm: str) -> list[Cell]:
    idea = arm if arm in OTHERS else "bn"
    word = f"{LESSON}.regularize"
    name = t(f"{word}.{arm}", keep=KEEP) if arm in OTHERS else t(f"{word}.group", g=arm[1:])
    train, test = (float(part.mean()) for part in found.of(arm))
    gain, rate = found.gain(arm), found.rate(arm)
    over = Cell("") if arm == WHOLE else Cell(points(gain), value=f"{gain.mean:.4g}")
    return [
        Cell(name, colour=colour(idea, mode())),
        Cell(percent(train), value=f"{train:.4f}"),
        Cell(percent(test), value=f"{test:.4f}"),
        over,
        Cell(number(rate), value=f"{rate:g}"),
    ]


def verdict(found: Evidence) -> str:
    """In words, whichever way it went: of the best groups, of the smallest, and what follows."""
    best, smallest = found.best, f"g{GROUPS[0]}"
    gain, harm, net = found.gain(best), found.gain(smallest), found.gain(best, "plain")
    helps = "helps_never" if best == WHOLE else clear(gain, "helps", "helps_not", "helps_not")
    known = {
        "g": best[1:],
        "gain": points(gain),
        "net": points(net),
        "smallest": GROUPS[0],
        "harm": points(harm),
        "gap": percent(found.gap(smallest).mean),
        "dropout": points(found.gain("dropout", "plain")),
    }
    parts = (
        helps,
        clear(net, "above", "level", "below"),
        clear(harm, "hurts_not", "hurts_not", "hurts"),
        "so",
    )
    return "\n\n".join(t(f"{LESSON}.regularize.{part}", **known) for part in parts)


def clear(found: Difference, more: str, neither: str, less: str) -> str:
    """Which of three holds: a difference counts if its 95 % interval does not hold 0."""
    if abs(found.mean) <= found.half:
        return neither
    return more if found.mean > 0 else less


# --- does it lean on single units? ---


def does_it_lean() -> None:
    """What single units are worth, and what is left with many of them fixed."""
    way = controls.choice(LESSON, "way", wrap=True)
    found = ablation.load()
    left, right = st.columns([6, 5], gap="large")
    with left:
        single_units(found, way)
    with right:
        many_units(found, way)
    known = {"seeds": found.intact.shape[1], "units": found.single.shape[-1]}
    run = ablation.BASE
    known |= {"steps": run.steps, "depth": run.depth, "width": run.width, "m": run.batch_size}
    known |= {"lr": number(run.lr)}
    st.caption(t(f"{LESSON}.ablation.of_run", **known))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        ablation_table(found, way)
    with words:
        st.markdown(lean_verdict(found, way))


def arm_names(arms: Iterable[str]) -> list[str]:
    return [t(f"{LESSON}.ablation.{arm}") for arm in arms]


def single_units(found: ablation.Evidence, way: str) -> None:
    """The cost of every unit of every network."""
    words = {name: t(f"{LESSON}.ablation.{name}") for name in ("units", "worst", "mean")}
    words["axis"] = t(f"{LESSON}.ablation.axis_drop")
    ideas = [idea for idea, _ in LOOKS.values()]
    drops = [found.drop(arm, way) for arm in LOOKS]
    worst = {arm: percent(found.worst(arm, way).mean) for arm in CURVES}
    plot(
        figures.ablated(mode(), arm_names(LOOKS), ideas, drops, words),
        key="single-units",
        alt=t(f"{LESSON}.ablation.alt_single", **worst),
    )


def many_units(found: ablation.Evidence, way: str) -> None:
    """Accuracy with more and more units fixed."""
    words = {"axis": t(f"{LESSON}.ablation.axis_share"), "measure": t(f"{LESSON}.ablation.left")}
    ideas, dashes = zip(*(LOOKS[arm] for arm in CURVES), strict=True)
    left = {arm: percent(accuracy_left(found, arm, way)) for arm in CURVES}
    plot(
        figures.switched_off(
            mode(),
            ablation.SHARES,
            arm_names(CURVES),
            ideas,
            dashes,
            [seed_band(many(found, arm, way)) for arm in CURVES],
            words,
        ),
        key="many-units",
        alt=t(f"{LESSON}.ablation.alt_many", off=percent(OFF, 0), **left),
    )


def many(found: ablation.Evidence, arm: str, way: str) -> np.ndarray:
    """(S, K) accuracy with the shares of all units fixed."""
    return found.many[ablation.WAYS.index(way), list(ablation.ARMS).index(arm)]


def accuracy_left(found: ablation.Evidence, arm: str, way: str) -> float:
    """With the share OFF of all units fixed."""
    return float(many(found, arm, way)[:, ablation.SHARES.index(OFF)].mean())


def seed_band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (K,) of values (S, K), and the ends of its 95 % interval."""
    mean, half = values.mean(axis=0), half_widths(values)
    return mean, mean - half, mean + half


def ablation_table(found: ablation.Evidence, way: str) -> None:
    """Every arm: intact, the mean unit, the unit that costs most."""
    word = f"{LESSON}.ablation"
    heads = [Cell("")] + [Cell(t(f"{word}.head_{name}")) for name in ("intact", "mean", "worst")]
    rows = []
    for arm, (idea, _) in LOOKS.items():
        intact = float(found.intact[list(ablation.ARMS).index(arm)].mean())
        drops = (found.mean(arm, way), found.worst(arm, way))
        rows.append(
            [
                Cell(t(f"{word}.{arm}"), colour=colour(idea, mode())),
                Cell(percent(intact), value=f"{intact:.4f}"),
                *(Cell(cost(drop), value=f"{drop.mean:.4g}") for drop in drops),
            ]
        )
    table(heads, rows, name="ablation", lesson=LESSON)


def lean_verdict(found: ablation.Evidence, way: str) -> str:
    """What `ablation.CLAIMS` states, with the numbers of both ways and of the one chosen."""
    zero = {f"{arm}_zero": percent(found.worst(arm, "zero").mean) for arm in ablation.ARMS}
    worst = {arm: percent(found.worst(arm, way).mean) for arm in ablation.ARMS}
    known = zero | worst | {"plain_mean": percent(found.worst("plain", "mean").mean)}
    known |= {f"{arm}_left": percent(accuracy_left(found, arm, way)) for arm in CURVES}
    few, many = (ablation.ARMS[arm]["group"] for arm in ("g8", "g256"))
    return prose(f"{LESSON}/ablated", off=percent(OFF, 0), few=few, many=many, **known)

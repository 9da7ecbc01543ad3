"""Whether the noise of small batches helps generalization, measured on unseen images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from bncore.layers import NormInGroups
from experiments.intervals import interval
from experiments.noise import regularize as experiment
from experiments.noise.regularize import GROUPS, WHOLE, Difference, Evidence
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

OTHERS = ("plain", "dropout")
KEEP = experiment.ARMS["dropout"]["keep"]


def points(difference: Difference) -> str:
    """+1.4 ± 0.3, in percentage points."""
    return f"{100 * difference.mean:+.1f} ± {100 * difference.half:.1f}".replace("-", "−")


def measured() -> Evidence:
    """Of the data that is chosen."""
    return experiment.load(LESSON.value("data"))


def picture(now: Moment) -> None:
    """Test accuracy over the size of the groups; before the answer, of the whole batch alone."""
    controls.choice(LESSON, "data", wrap=True)
    by_group(measured(), "test", now.seen)


def said(now: Moment) -> dict[str, object]:
    """What it came to: of the data that is chosen, and for the question of those it asks about."""
    data = LESSON.default("data")
    asked = experiment.load(data)
    best, smallest = asked.best, f"g{GROUPS[0]}"
    return {
        "verdict": verdict(measured()),
        "data": controls.option_label(LESSON, "data", data),
        "g": best[1:],
        "gain": points(asked.gain(best)),
        "smallest": GROUPS[0],
        "harm": points(asked.gain(smallest)),
    }


def more(now: Moment) -> None:
    """The gap, the numbers, and how all of it was measured."""
    found = measured()
    page.say(f"{LESSON}/regularize", batch=GROUPS[-1])
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        by_group(found, "gap", seen=True)
    with right:
        st.markdown(verdict(found, whole=True))
    arms_table(found)
    setting = LESSON.value("data")
    config, seeds = experiment.SETTINGS[setting], len(experiment.SEEDS[setting])
    known = {"seeds": seeds, "images": config.n_train, "steps": config.steps}
    known |= {"batch": config.batch_size, "rates": len(experiment.RATES), "keep": KEEP}
    st.caption(t(f"{LESSON}.regularize.bands", **known))
    page.source(NormInGroups, key=f"{LESSON}-{now.name}")


def by_group(found: Evidence, measure: str, seen: bool) -> None:
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
    shown = range(len(GROUPS)) if seen else range(GROUPS.index(int(WHOLE[1:])), len(GROUPS))
    alt = "alt" if seen else "alt_before"
    plot(
        figures.by_group(mode(), np.array(GROUPS), tuple(bn), others, chart, shown=shown),
        key=f"regularize-{measure}",
        alt=t(f"{word}.{alt}", measure=chart["measure"], **ends, **sizes),
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


def verdict(found: Evidence, whole: bool = False) -> str:
    """In words, whichever way it went: of the best groups; with `whole` of all that is beside."""
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
    parts = [helps]
    if whole:
        hurts = clear(harm, "hurts_not", "hurts_not", "hurts")
        parts = [clear(net, "above", "level", "below"), hurts]
    return "\n\n".join(t(f"{LESSON}.regularize.{part}", **known) for part in parts)


def clear(found: Difference, more: str, neither: str, less: str) -> str:
    """Which of three holds: a difference counts if its 95 % interval does not hold 0."""
    if abs(found.mean) <= found.half:
        return neither
    return more if found.mean > 0 else less

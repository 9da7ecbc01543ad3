"""What the lesson on noise shows of networks that were trained beforehand, many seeds each."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

import figures.noise as figures
from experiments import regularize
from experiments.regularize import GROUPS, WHOLE, Difference, Evidence
from figures.theme import colour
from ui import controls
from ui.live import percent
from ui.tables import Cell, table
from ui.text import mode, t

LESSON = "noise"
CHART: dict[str, Any] = {"theme": None, "config": {"displaylogo": False}}
OTHERS = ("plain", "dropout")


def points(difference: Difference) -> str:
    """+1.4 ± 0.3, in percentage points."""
    sign = "−" if difference.mean < 0 else "+"
    return f"{sign}{100 * abs(difference.mean):.1f} ± {100 * difference.se:.1f}"


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
    st.caption(t(f"{LESSON}.regularize.bands", **known))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        arms_table(found)
    with words:
        st.markdown(verdict(found))


def by_group(found: Evidence, measure: str) -> None:
    """One measure of all arms, as mean ± standard error over the seeds."""
    word = f"{LESSON}.regularize"
    chart = {name: t(f"{word}.{name}") for name in ("bn", "axis", *OTHERS)}
    chart["measure"] = t(f"{word}.{measure}")
    bn = np.array([band(found, f"g{g}", measure) for g in GROUPS]).T
    others = {arm: band(found, arm, measure) for arm in OTHERS}
    ends = {"first": percent(bn[0, 0]), "last": percent(bn[0, -1])}
    ends |= {arm: percent(others[arm][0]) for arm in OTHERS}
    st.plotly_chart(
        figures.by_group(mode(), np.array(GROUPS), tuple(bn), others, chart),
        key=f"regularize-{measure}",
        alt=t(f"{word}.alt", measure=chart["measure"], **ends),
        **CHART,
    )


def band(found: Evidence, arm: str, measure: str) -> tuple[float, float, float]:
    """Mean, and one standard error below and above."""
    train, test = found.of(arm)
    values = train - test if measure == "gap" else test
    mean, error = float(values.mean()), regularize.standard_error(values)
    return mean, mean - error, mean + error


def arms_table(found: Evidence) -> None:
    """The arms worth reading as numbers."""
    word = f"{LESSON}.regularize"
    heads = [Cell("")] + [Cell(t(f"{word}.{name}")) for name in ("train", "test", "over")]
    groups = dict.fromkeys((f"g{GROUPS[0]}", found.best, WHOLE))
    rows = [arm_row(found, arm) for arm in (*groups, *OTHERS)]
    table(heads, rows, name="regularize")


def arm_row(found: Evidence, arm: str) -> list[Cell]:
    idea = arm if arm in OTHERS else "bn"
    word = f"{LESSON}.regularize"
    name = t(f"{word}.{arm}") if arm in OTHERS else t(f"{word}.group", g=arm[1:])
    train, test = (float(part.mean()) for part in found.of(arm))
    gain = found.gain(arm)
    over = Cell("") if arm == WHOLE else Cell(points(gain), value=f"{gain.mean:.4g}")
    return [
        Cell(name, colour=colour(idea, mode())),
        Cell(percent(train), value=f"{train:.4f}"),
        Cell(percent(test), value=f"{test:.4f}"),
        over,
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
    """Which of three holds: a difference counts from twice its standard error on."""
    if abs(found.mean) <= 2 * found.se:
        return neither
    return more if found.mean > 0 else less

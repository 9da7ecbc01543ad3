"""A dozen shifts of the test images: what each costs with batch norm, beside what it costs without.

The names of the shifts are those of the claim on the verdict board, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.at_test_time import shifts
from experiments.claims import grading
from experiments.claims.shift import LITTLE
from experiments.intervals import half_widths
from experiments.trained import trained
from pages.at_test_time import LESSON, charts
from pages.at_test_time.common import at_once, chart, picture_of, words
from ui import page, text
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t

SHOWN = 0  # the test image that stands for all
SCALE = 5


def strengths() -> dict[str, str]:
    """How hard the shifts are, for their names."""
    return {name: number(strength) for name, strength in shifts.STRENGTHS.items()}


def names() -> list[str]:
    """Of the shifts, worded, in their order."""
    return [t(f"{LESSON}.shifts.{name}", **strengths()) for name in shifts.SHIFTS]


def picture(now: Moment) -> None:
    """One image under each shift, and once it is told, what each costs."""
    with st.container(key="dozen"):
        _pictures()
        if not now.seen:
            return
        found = shifts.over_seeds()
        worded = words("shifts", "frozen", "axis")
        worded |= {"renewed": t(f"{LESSON}.shifts.renewed", k=shifts.K)}
        bars = _bars(found.gain()), _bars(found.gain(renewed=True))
        figure = charts.shifts(text.mode(), names(), *bars, worded)
        chart(figure, "shifts", **said(now))


def said(now: Moment) -> dict[str, Any]:
    """In how many of the shifts batch norm surely helps, and surely harms."""
    found = shifts.over_seeds()
    counts = _counts(found.gain())
    counts |= {f"new_{name}": n for name, n in _counts(found.gain(renewed=True)).items()}
    return {"all": len(shifts.SHIFTS), "little": number(100 * LITTLE), "k": shifts.K} | counts


def more(now: Moment) -> None:
    """How it was measured, and what it comes to."""
    found = shifts.over_seeds()
    lr_plain, lr_bn = (number(rate) for rate in found.best)
    known: dict[str, object] = {"count": len(shifts.SHIFTS), "lr_plain": lr_plain, "lr_bn": lr_bn}
    known |= {"left": len(trained().data.x_train) - shifts.N_FIT, "seeds": len(found.choosing)}
    page.say(f"{LESSON}/shifts", **known)
    st.caption(t(f"{LESSON}.shifts.bands", networks=len(found.seeds)))
    st.markdown(t(f"{LESSON}.shifts.say", **said(now)))
    page.source(shifts.cost, shifts.validated, key="shifts")


def _pictures() -> None:
    """As it is, and the dozen: in rows of which none is left with a single image."""
    x = trained().data.x_test[[SHOWN]]
    each = zip(shifts.SHIFTS, names(), strict=True)
    shown = [(t(f"{LESSON}.shifts.intact"), x)]
    shown += [(name, shifts.shifted(shift, x)) for shift, name in each]
    intact, *dozen = (picture_of(image, 1, SCALE, alt="", caption=name) for name, image in shown)
    at_once(f'<div class="dozen">{intact}<div>{"".join(dozen)}</div></div>')


def _bars(gains: np.ndarray) -> charts.Bars:
    """Of gains (S, K), in points."""
    return 100 * gains.mean(axis=0), half_widths(100 * gains)


def _counts(gains: np.ndarray) -> dict[str, int]:
    """Of gains (S, K): in how many shifts batch norm surely helps, and surely harms."""
    return {
        "helps": sum(grading.above(gain, LITTLE) for gain in gains.T),
        "harms": sum(grading.below(gain, -LITTLE) for gain in gains.T),
    }

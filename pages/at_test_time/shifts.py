"""A dozen shifts of the test images: what each costs with batch norm, beside what it costs without.

The names of the shifts are those of the claim on the verdict board, too.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.at_test_time import shifts
from experiments.claims import grading
from experiments.claims.shift import LITTLE
from experiments.intervals import half_widths
from experiments.trained import trained
from pages.at_test_time import charts
from pages.at_test_time.company import LESSON, chart, picture, pictures, words
from ui import page, text
from ui.numbers import number
from ui.text import t

SHOWN = 0  # the test image that stands for all
SCALE = 6


def said() -> dict[str, str]:
    """How hard the shifts are, for their names."""
    return {name: number(strength) for name, strength in shifts.STRENGTHS.items()}


def names() -> list[str]:
    """Of the shifts, worded, in their order."""
    return [t(f"{LESSON}.shifts.{name}", **said()) for name in shifts.SHIFTS]


def a_dozen() -> None:
    """One image under each shift, and the costs over seeds."""
    found = shifts.over_seeds()
    lr_plain, lr_bn = (number(rate) for rate in found.best)
    known: dict[str, object] = {"count": len(shifts.SHIFTS), "lr_plain": lr_plain, "lr_bn": lr_bn}
    known |= {"left": len(trained().data.x_train) - shifts.N_FIT, "seeds": len(found.choosing)}
    page.say(f"{LESSON}/shifts", **known)
    _pictures()
    frozen, renewed = found.gain(), found.gain(renewed=True)
    said = words("shifts", "frozen", "axis") | {
        "renewed": t(f"{LESSON}.shifts.renewed", k=shifts.K)
    }
    counts = _counts(frozen) | {f"new_{name}": n for name, n in _counts(renewed).items()}
    known = {"all": len(shifts.SHIFTS), "little": number(100 * LITTLE), "k": shifts.K} | counts
    figure = charts.shifts(text.mode(), names(), _bars(frozen), _bars(renewed), said)
    chart(figure, "shifts", key="", **known)
    st.caption(t(f"{LESSON}.shifts.bands", networks=len(found.seeds)))
    st.markdown(t(f"{LESSON}.shifts.say", **known))


def _pictures() -> None:
    x = trained().data.x_test[[SHOWN]]
    each = zip(shifts.SHIFTS, names(), strict=True)
    shown = [(t(f"{LESSON}.shifts.intact"), x)]
    shown += [(name, shifts.shifted(shift, x)) for shift, name in each]
    pictures(*(picture(image, 1, SCALE, alt="", caption=name) for name, image in shown))


def _bars(gains: np.ndarray) -> charts.Bars:
    """Of gains (S, K), in points."""
    return 100 * gains.mean(axis=0), half_widths(100 * gains)


def _counts(gains: np.ndarray) -> dict[str, int]:
    """Of gains (S, K): in how many shifts batch norm surely helps, and surely harms."""
    return {
        "helps": sum(grading.above(gain, LITTLE) for gain in gains.T),
        "harms": sum(grading.below(gain, -LITTLE) for gain in gains.T),
    }

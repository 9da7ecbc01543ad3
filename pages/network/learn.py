"""γ and β are learned: one unit's four rows while RMSprop trains the little network."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.network import learned
from pages.network import LESSON, four_steps
from ui import controls, page
from ui.numbers import short
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import t

ENDS = (-5.0, 6.0)  # of the axis: room for every unit at every look
DIGITS = 3  # of z, for the browser
MARKED = ("stay", "back")  # what they say of z̃ in the end


def _unit() -> int:
    return LESSON.value("unit") - 1


def picture(now: Moment) -> None:
    """The rows at the start; once it was asked, all looks one after the other."""
    found = learned.replay()
    last = len(found.step) if now.seen else 1
    looks = [_look(found, at) for at in range(last)]
    run = f"{last} {_unit()}"
    guess = _guess(now.guess, found)
    known = {"ends": ENDS, "run": run, "guess": guess, "replay": True}
    mark = now.mark(*MARKED)
    four_steps.draw("rows-learned", looks, eps=found.eps, height=380, mark=mark, **known)
    controls.choice(LESSON, "unit")


def _look(found: learned.Replay, at: int) -> dict[str, Any]:
    unit = _unit()
    return {
        "step": int(found.step[at]),
        "z": found.z[at, :, unit].round(DIGITS).tolist(),
        "gamma": float(found.gamma[at, unit]),
        "beta": float(found.beta[at, unit]),
    }


def _guess(option: str | None, found: learned.Replay) -> dict[str, float] | None:
    """Where the reader had expected z̃ in the end: at 0 ± 1, or at z's own mean ± deviation."""
    if option == "stay":
        return {"mean": 0.0, "sd": 1.0}
    if option == "back":
        unit = _unit()
        return {"mean": float(found.mean[-1, unit]), "sd": float(found.std[-1, unit])}
    return None


def said(now: Moment) -> dict[str, object]:
    found, unit = learned.replay(), _unit()
    return {
        "gamma": short(float(found.gamma[-1, unit])),
        "beta": short(float(found.beta[-1, unit])),
        "mean": short(float(found.mean[-1, unit])),
        "std": short(float(found.std[-1, unit])),
        "steps": int(found.step[-1]),
    }


def more(now: Moment) -> None:
    """Where γ and β end for each unit, with this seed and with others."""
    word = f"{LESSON}.learn"
    found = learned.replay()
    known = {"steps": int(found.step[-1]), "seed": learned.SEED, "examples": found.z.shape[1]}
    st.markdown(t(f"{word}.of_run", every=learned.EVERY, m=learned.M, **known))
    heads = [Cell(t(f"{word}.seed"))]
    heads += [Cell(f"{sign}, {n + 1}") for sign in ("γ", "β") for n in range(learned.UNITS)]
    rows = []
    for seed in learned.SEEDS:
        run = learned.replay(seed)
        ends = [*run.gamma[-1], *run.beta[-1]]
        rows.append([Cell(str(seed)), *(exact(float(x)) for x in ends)])
    table(heads, rows, name="learned", lesson=LESSON)
    page.source(learned.replay, key="learn")

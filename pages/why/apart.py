"""Layers that depend less on each other: layer 2 is disturbed, layer 3 looks on."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.why import disturb
from experiments.why.disturb import WAYS, Disturbed
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.why import charts_speed as figures
from pages.why.parts import LESSON, stands, value
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, share, table
from ui.text import mode, t

DRAWS = 5  # of a disturbance, behind the curves over its strength
TAKEN = ("scale", "offset")  # what batch norm takes away
# How a way of being disturbed is drawn: its idea, its dash.
LOOKS = {"plain": ("plain", "dash"), "batch": ("bn", "solid"), "frozen": ("running", "dashdot")}
ROOM = 1.8  # times what layer 3 receives before
SHOWN = ("plain", "batch")  # in the picture; frozen statistics are in the drawer


@st.cache_resource(max_entries=len(disturb.KINDS), show_spinner=False)
def _sweep(kind: str) -> disturb.Sweep:
    return disturb.sweep(kind, DRAWS)


def picture(now: Moment) -> None:
    """What is done to layer 2, and what layer 3 receives; at first nothing is done."""
    kind = controls.choice(LESSON, "kind", wrap=True)
    hard, what = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with hard:
        controls.slider(LESSON, "strength")
    with what:
        amount = strength_in_words(kind, strength())
        st.markdown(t(f"{LESSON}.layers.what.{kind}", strength=amount))
    found = disturb.disturb(kind, strength() if now.seen else 0.0, value("draw"))
    ends = reach(found)
    for way, column in zip(SHOWN, st.columns(len(SHOWN), gap="small"), strict=True):
        with column:
            received(found, WAYS.index(way), ends, now.seen)


def said(now: Moment) -> dict[str, str]:
    """What the disturbance comes to for layer 3 and for the answers."""
    plain, batch, frozen = (percent(share) for share in chosen().accuracy)
    which = "none" if not strength() else "taken" if value("kind") in TAKEN else "stays"
    so = t(f"{LESSON}.layers.short.{which}", plain=plain, batch=batch, frozen=frozen)
    return {"so": so}


def chosen() -> Disturbed:
    return disturb.disturb(value("kind"), strength(), value("draw"))


def more(now: Moment) -> None:
    """Frozen statistics as well, every number, harder and harder, and other seeds."""
    if stands(now, "apart"):
        controls.entry(LESSON, "draw", width=140)
    page.say(f"{LESSON}/layers")
    found = chosen()
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        results(found)
        st.markdown(verdict(found))
        st.markdown(t(f"{LESSON}.layers.so.frozen"))
    with right:
        received(found, WAYS.index("frozen"), reach(found), True)
    by_strength(value("kind"))
    over_seeds()
    page.source(
        *(disturb.DISTURBANCES[kind] for kind in disturb.KINDS),
        disturb.disturb,
        disturb.exactness,
        key=f"{LESSON}-layers",
    )


def strength() -> float:
    """Of the chosen kind."""
    return disturb.STRENGTHS[value("kind")][value("strength")]


def strength_in_words(kind: str, amount: float) -> str:
    """Shares in percent."""
    return percent(amount, 0) if kind == "swap" else number(amount, 2)


def reach(found: Disturbed) -> tuple[float, float]:
    """One axis for all three, which does not follow the strength."""
    far = ROOM * float(np.abs(found.before).max())
    return -far, far


def received(found: Disturbed, w: int, ends: tuple[float, float], seen: bool) -> None:
    """The inputs of layer 3 for one way of being disturbed."""
    way = t(f"{LESSON}.layers.{WAYS[w]}")
    low, _, high = disturb.PERCENTILES
    words = {name: t(f"{LESSON}.layers.{name}") for name in ("unit", "z", "after")}
    words["before"] = t(f"{LESSON}.layers.before", low=low, high=high)
    before, after = percent(found.intact[w]), percent(found.accuracy[w]) if seen else "?"
    name = t(f"{LESSON}.networks.bn") if WAYS[w] == "batch" else way
    st.markdown(f"**{name}** · {before} → **{after}**")
    known = {"intact": percent(found.intact[w]), "accuracy": percent(found.accuracy[w])}
    plot(
        figures.received(mode(), found.before[w], found.after[w], ends, LOOKS[WAYS[w]][0], words),
        key=f"received-{WAYS[w]}",
        alt=t(f"{LESSON}.layers.alt", way=way, moved=number(float(found.moved[w]), 2), **known),
    )


def results(found: Disturbed) -> None:
    """Accuracy before and after, how far the inputs moved, how many answers changed."""
    heads = [Cell("")] + [
        Cell(t(f"{LESSON}.layers.{name}")) for name in ("intact", "now", "moved", "changed")
    ]
    rows = []
    for w, way in enumerate(WAYS):
        shares = (found.intact[w], found.accuracy[w])
        moved, changed = float(found.moved[w]), float(found.changed[w])
        rows.append(
            [
                Cell(t(f"{LESSON}.layers.{way}"), colour=colour(LOOKS[way][0], mode())),
                *(share(float(x)) for x in shares),
                Cell(f"{moved:.2f}", value=f"{moved:.4g}"),
                share(changed),
            ]
        )
    table(heads, rows, name="disturbed", lesson=LESSON)


def verdict(found: Disturbed) -> str:
    """Whether batch norm takes it away, with what shows it."""
    if strength() == 0:
        return t(f"{LESSON}.layers.so.none")
    plain, batch, _ = (percent(share) for share in found.changed)
    if value("kind") not in TAKEN:
        moved = number(float(found.moved[WAYS.index("batch")]), 2)
        return t(f"{LESSON}.layers.so.stays", plain=plain, batch=batch, moved=moved)
    as_is, exact = disturb.exactness(value("kind"), strength(), value("draw"))
    errors = {"as_is": number(as_is, 2), "exact": number(exact, 2)}
    return t(f"{LESSON}.layers.so.taken", **errors)


def by_strength(kind: str) -> None:
    """Test accuracy over the strength, all three ways."""
    found = _sweep(kind)
    st.markdown(t(f"{LESSON}.layers.by_strength", draws=DRAWS))
    lines = [
        Line(t(f"{LESSON}.layers.{way}"), idea, found.accuracy[w], dash=dash, symbol="circle")
        for w, (way, (idea, dash)) in enumerate(LOOKS.items())
    ]
    across = Axis(t(f"{LESSON}.layers.strength"), ticks=found.strengths)
    up = Axis(t(f"{LESSON}.layers.accuracy"), share=True, ends=(0, 1.02))
    ends = "; ".join(f"{line.name}: {percent(line.mean[-1])}" for line in lines)
    plot(
        graph.lines(mode(), found.strengths, lines, across, up, chosen=strength()),
        key="by-strength",
        alt=t(f"{LESSON}.layers.alt_sweep", draws=DRAWS, ends=ends),
    )


def over_seeds() -> None:
    """In the middle of training and at its end, over the shipped seeds."""
    found = disturb.over_seeds()
    early, late = (int(step) for step in found.steps)
    heads = [Cell(t(f"{LESSON}.layers.seeds.what"))]
    for step in (early, late):
        ways = (t(f"{LESSON}.layers.{way}") for way in WAYS)
        heads += [Cell(t(f"{LESSON}.layers.seeds.early", way=way, step=step)) for way in ways]
    rows = []
    for d, kind in enumerate(disturb.KINDS):
        at = disturb.STRENGTHS[kind].index(disturb.TYPICAL[kind])
        mean = found.accuracy[:, :, d, :, at].mean(axis=1)
        cells = [share(float(x)) for row in mean for x in row]
        rows.append([Cell(t(f"{LESSON}.controls.kind.options.{kind}")), *cells])
    table(heads, rows, name="over-seeds", lesson=LESSON)
    strength = number(disturb.TYPICAL["scale"])
    known = {"seeds": len(found.seeds), "early": early, "late": late, "strength": strength}
    st.caption(t(f"{LESSON}.layers.seeds.caption", **known))

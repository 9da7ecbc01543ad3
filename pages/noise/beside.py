"""Batch norm's noise and dropout's at the same place, on the same axis, and in numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from bncore.layers import Drop
from experiments.claims.batch import FACTOR, M_TOGETHER
from experiments.claims.board import board
from experiments.claims.told import told
from experiments.intervals import interval, mean
from experiments.noise import batches as experiment
from experiments.noise import beside_dropout
from experiments.noise.batches import Dropped, Noise
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from pages.noise.common import at_once, cells, ends, measured, place, value, words
from ui import controls, page
from ui.numbers import number, percent, short
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t


def picture(now: Moment) -> None:
    """The same image, the same unit, the same axis: batches at the left, masks at the right."""
    left, right = st.columns(2, gap="large")
    with left:
        controls.ladder(LESSON, "m")
        _spread(measured())
    with right:
        controls.ladder(LESSON, "keep")
        _masks(dropped())


def _spread(found: Noise) -> None:
    """How often the image got which z_norm."""
    shown = {"t": short(found.t), "m": value("m"), "sd": short(found.sd)}
    shown |= {"draws": len(found.z_norm)}
    chart = words("spread", "axis", "share", "exact", "alt", **shown)
    at_once(figures.distribution(mode(), found.z_norm, found.t, ends(found.t), "z_norm", chart))


def _masks(other: Dropped) -> None:
    """The same under dropout."""
    shown = {"t": short(other.t), "keep": value("keep"), "sd": short(other.sd)}
    chart = words("dropout", "axis", "share", "exact", "alt", **shown)
    at_once(figures.distribution(mode(), other.values, other.t, ends(other.t), "dropout", chart))


def dropped() -> Dropped:
    """The same image at the same unit under dropout."""
    return experiment.dropout(*place(), value("keep"), value("seed"))


def said(now: Moment) -> dict[str, object]:
    """Which multiplier spreads how much further."""
    found, other = measured(), dropped()
    ratio = number(other.sd_factor / found.sd_a, 2)
    said = "more" if other.sd_factor > found.sd_a else "less"
    known = {"ratio": ratio, "m": value("m"), "keep": value("keep")}
    return {"compared": t(f"{LESSON}.dropout.{said}", **known)}


def more(now: Moment) -> None:
    """Both multipliers in numbers, and the same for other sizes and other networks."""
    multipliers(measured(), dropped())
    beside()
    page.source(experiment.dropout, Drop, key=f"{LESSON}-{now.name}")


def multipliers(found: Noise, other: Dropped) -> None:
    """What each multiplies by, and what becomes of the value."""
    heads = [Cell(t(f"{LESSON}.dropout.{name}")) for name in ("of", "factor", "value")]
    bn, drop = (colour(idea, mode()) for idea in ("bn", "dropout"))
    name_bn = t(f"{LESSON}.dropout.row_bn", m=value("m"))
    name_dropout = t(f"{LESSON}.dropout.row_dropout", keep=value("keep"))
    rows = [
        [Cell(name_bn, colour=bn), *cells(found.sd_a, found.sd)],
        [Cell(name_dropout, colour=drop), *cells(other.sd_factor, other.sd)],
    ]
    table(heads, rows, name="dropout", lesson=LESSON)


def beside() -> None:
    """How the spreads compare over batch sizes and shares kept, in several networks."""
    row = board()["like_dropout"]
    networks = len(row.seeds)
    page.say(f"{LESSON}/beside", networks=networks)
    keeps = [t(f"{LESSON}.beside.keep", keep=keep) for keep in beside_dropout.KEEP]
    heads = [t(f"{LESSON}.beside.m"), *keeps, t(f"{LESSON}.beside.as_keep")]
    ratios = {m: row.numbers[f"ratio_{m}"] for m in beside_dropout.M}
    lines = []
    for m, ratio in ratios.items():
        middle = mean(ratio, "factor")
        spreads = [float(beside_dropout.over_keep(middle, keep)) for keep in beside_dropout.KEEP]
        numbers = [Cell(f"{spread:.2f}", value=f"{spread:.4g}") for spread in spreads]
        name = Cell(t(f"{LESSON}.beside.row", m=m))
        lines.append([name, *numbers, *cells(_as_keep(ratio))])
    table([Cell(head) for head in heads], lines, name="beside", lesson=LESSON)
    left_open = percent(max(map(_open, ratios.values())), 0)
    st.caption(t(f"{LESSON}.beside.bands", networks=networks, open=left_open))
    known: dict[str, object] = dict(told("like_dropout", row.numbers))
    as_keep = short(_as_keep(ratios[M_TOGETHER]))
    known = {**known, "times": number(FACTOR), "as_keep": as_keep}
    st.markdown(t(f"{LESSON}.beside.say", **known))


def _open(ratio: np.ndarray) -> float:
    """How far the interval reaches, as a share of the mean."""
    return interval(ratio, "factor")[1] / mean(ratio, "factor") - 1


def _as_keep(ratio: np.ndarray) -> float:
    return float(beside_dropout.as_keep(np.array(mean(ratio, "factor"))))

"""What the lesson on the noise of a mini-batch shows: its controls, charts and numbers, worded."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from experiments.claims.batch import FACTOR, M_TOGETHER
from experiments.claims.board import board
from experiments.claims.told import told
from experiments.intervals import interval, mean
from experiments.noise import batches as experiment
from experiments.noise import beside_dropout
from experiments.noise.batches import BySize, Dropped, Noise, Shared
from experiments.trained import trained
from figures.digits import data_uri
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from ui import page
from ui.chart import plot
from ui.files import COMPONENTS
from ui.numbers import latex, number, percent
from ui.tables import Cell, table
from ui.text import mode, prose, t

STYLE = COMPONENTS / "noise.css"
REACH = 3.2  # standard deviations that the axis of z_norm shows on both sides of 0


value = LESSON.value


words = LESSON.words


def short(x: float) -> str:
    return number(x, 3)


# --- one image ---


def measured() -> Noise:
    """The image, layer, unit, batch size and draw that are chosen."""
    return experiment.one_example(*place(), value("m"), value("seed"))


def place() -> tuple[int, int, int]:
    """Image, layer and unit as the experiments count them, from 0."""
    return value("image") - 1, value("layer") - 1, value("unit") - 1


@st.cache_resource(max_entries=256, show_spinner=False)
def by_size(image: int, layer: int, unit: int, seed: int) -> BySize:
    """A fifth of a second for a new image: kept for everyone."""
    return experiment.by_size(image, layer, unit, seed)


def at_once(body: str) -> None:
    page.at_once(body, STYLE)


def digit(name: str) -> None:
    """The image that a control chooses, crisp, with what it is."""
    data, image = trained().data, value(name) - 1
    source, width = data_uri(data.x_train[[image]].reshape(1, 8, 8), 1, mode())
    said = t(f"{LESSON}.digit", image=image + 1, digit=int(data.y_train[image]))
    at_once(
        f'<figure class="noise-digit"><img src="{source}" width="{12 * width}" '
        f'alt="{html.escape(said)}"><figcaption>{html.escape(said)}</figcaption></figure>'
    )


def ends(*exact: float) -> tuple[float, float]:
    """The axis of z_norm: the same for every batch size and for dropout."""
    far = max(REACH, *(abs(x) + 1 for x in exact))
    return -far, far


def spread(found: Noise) -> None:
    """How often the image got which z_norm, and what that comes to."""
    m = value("m")
    shown = {"t": short(found.t), "m": m, "sd": short(found.sd), "draws": len(found.z_norm)}
    chart = words("spread", "axis", "share", "exact", "alt", **shown)
    at_once(figures.distribution(mode(), found.z_norm, found.t, ends(found.t), "z_norm", chart))
    low, high = (short(float(end)) for end in (found.z_norm.min(), found.z_norm.max()))
    st.markdown(t(f"{LESSON}.spread.say", low=low, high=high, **shown))


def law(found: Noise) -> None:
    """The spread for all batch sizes at once, on logarithmic axes."""
    all_sizes = by_size(*place(), value("seed"))
    chart = words("law", "axis", "sd", "measured", "law", "root")
    first, last = (short(float(sd)) for sd in all_sizes.sd[[0, -1]])
    slope = short(all_sizes.slope)
    plot(
        figures.law(mode(), all_sizes.sizes, all_sizes.sd, all_sizes.law, value("m"), chart),
        key="law",
        alt=t(f"{LESSON}.law.alt", first=first, last=last, slope=slope),
    )


def law_in_numbers(found: Noise) -> None:
    """The law with this example's numbers, and where it ends."""
    slope = short(by_size(*place(), value("seed")).slope)
    st.markdown(t(f"{LESSON}.law.say", slope=slope))
    known = {
        "t": short(found.t),
        "skew": short(found.skew),
        "kurtosis": short(found.kurtosis),
        "skewed": _signed(found.t * found.skew),
        "stretched": latex(found.t**2 * (found.kurtosis - 1) / 4, 3),
        "m": value("m"),
        "law": latex(found.law, 3),
    }
    st.markdown(prose(f"{LESSON}/law", **known))
    if value("layer") > 1:
        ratio = number(measured_over_law(), 2)
        st.markdown(t(f"{LESSON}.law.deeper", layer=value("layer"), ratio=ratio))


def measured_over_law() -> float:
    """From m = 8 on, on average."""
    found = by_size(*place(), value("seed"))
    far = found.sizes >= 8
    return float(np.exp(np.log(found.sd / found.law)[far].mean()))


def _signed(x: float) -> str:
    return rf"({latex(x, 3)})" if x < 0 else latex(x, 3)


def parts(found: Noise) -> None:
    """What each batch did to the image: a factor and an offset."""
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        chart = words("parts", "a", "b", "batches", "law_a", "law_b")
        shown = {"sd_a": short(found.sd_a), "sd_b": short(found.sd_b), "m": value("m")}
        plot(
            figures.parts(mode(), found.a, found.b, found.law_a, found.law_b, chart),
            key="parts",
            alt=t(f"{LESSON}.parts.alt", **shown),
        )
    with right:
        heads = [Cell(t(f"{LESSON}.parts.{name}")) for name in ("of", "measured", "law")]
        rows = {
            "b": (found.sd_b, found.law_b, "mean"),
            "a": (found.sd_a, found.law_a, "var"),
            "z_norm": (found.sd, found.law, "z_norm"),
        }
        lines = [
            [Cell(t(f"{LESSON}.parts.row_{name}"), colour=colour(idea, mode())), *_cells(*both)]
            for name, (*both, idea) in rows.items()
        ]
        table(heads, lines, name="parts", lesson=LESSON)
        said = t(f"{LESSON}.parts.say")
        if far := figures.outside(found.a, found.b):
            said += " " + t(f"{LESSON}.parts.outside", far=far, draws=len(found.a))
        st.markdown(said)


def _cells(*numbers: float) -> list[Cell]:
    return [Cell(short(x), value=f"{x:.4g}") for x in numbers]


# --- dropout ---


def dropped() -> Dropped:
    """The same image at the same unit under dropout."""
    return experiment.dropout(*place(), value("keep"), value("seed"))


def dropout(found: Noise, other: Dropped) -> None:
    """Dropout's noise on the axis of batch norm's, and both multipliers in numbers."""
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    shown = {"t": short(other.t), "keep": value("keep"), "sd": short(other.sd)}
    with left:
        chart = words("dropout", "axis", "share", "exact", "alt", **shown)
        at_once(
            figures.distribution(mode(), other.values, other.t, ends(other.t), "dropout", chart)
        )
    with right:
        heads = [Cell(t(f"{LESSON}.dropout.{name}")) for name in ("of", "factor", "value")]
        bn, drop = (colour(idea, mode()) for idea in ("bn", "dropout"))
        name_bn = t(f"{LESSON}.dropout.row_bn", m=value("m"))
        name_dropout = t(f"{LESSON}.dropout.row_dropout", keep=value("keep"))
        rows = [
            [Cell(name_bn, colour=bn), *_cells(found.sd_a, found.sd)],
            [Cell(name_dropout, colour=drop), *_cells(other.sd_factor, other.sd)],
        ]
        table(heads, rows, name="dropout", lesson=LESSON)
        ratio = number(other.sd_factor / found.sd_a, 2)
        said = "more" if other.sd_factor > found.sd_a else "less"
        st.markdown(t(f"{LESSON}.dropout.{said}", ratio=ratio, m=value("m"), keep=value("keep")))


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
        cells = [Cell(f"{spread:.2f}", value=f"{spread:.4g}") for spread in spreads]
        name = Cell(t(f"{LESSON}.beside.row", m=m))
        lines.append([name, *cells, *_cells(_as_keep(ratio))])
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


def both() -> Shared:
    """Two images in the same batches, and under a mask each."""
    image, layer, unit = place()
    second = value("other") - 1
    return experiment.shared(image, second, layer, unit, value("m"), value("seed"), value("keep"))


def together(found: Shared) -> None:
    """Two images under batch norm, moved alike, and under dropout, each for itself."""
    known = {"first": value("image"), "second": value("other")}
    known |= {"m": value("m"), "keep": value("keep")}
    chart = words("together", "first", "second", "exact", **known)
    alone = value("m") == 2
    left, right = st.columns(2, gap="large")
    for column, idea, values, correlation in (
        (left, "bn", found.z_norm, found.correlation),
        (right, "dropout", found.dropped, found.dropped_correlation),
    ):
        with column:
            r = "–" if idea == "bn" and alone else short(correlation)
            st.markdown(t(f"{LESSON}.together.{idea}", r=r, **known))
            one, other = values.T
            plot(
                figures.together(mode(), one, other, found.t, ends(*found.t), idea, chart),
                key=f"together-{idea}",
                alt=t(f"{LESSON}.together.alt_{idea}", r=r, **known),
            )
    st.markdown(t(f"{LESSON}.together.{'alone' if alone else 'say'}", **known))

"""The charts of the lesson on the noise of a mini-batch. `words` are finished strings.

What the mean of a batch does to an example (b) has the colour of the mean, what its variance does
(a) that of the variance; laws are drawn in ink and dotted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Trace, Words, line, see_through, shade, title
from figures.theme import DASH, FAINT, INK, PAPER, Mode, colour, drawn, painted

GRAIN = 0.005  # an axis of accuracies begins and ends with a multiple of it
BIN = 0.08  # in standard deviations of the unit
DASHES = DASH | {"dropout": "dashdot"}


def edges(low: float, high: float) -> np.ndarray:
    """The bins of `distribution`: from low to high, 0 in the middle of one."""
    first, last = np.floor(low / BIN), np.ceil(high / BIN)
    return (np.arange(first, last + 1) - 0.5) * BIN


def distribution(
    mode: Mode, values: np.ndarray, exact: float, ends: tuple[float, float], idea: str, words: Words
) -> str:
    """How often one example's value (D,) fell where, with the exact value and mean ± sd marked.

    HTML, to stand on the page at once and to change without a flicker when its numbers do. Values
    beyond `ends` are counted in the outermost bars. words: axis, share, exact, alt.
    """
    bins = edges(*ends)
    inside = np.clip(values, (bins[0] + bins[1]) / 2, (bins[-2] + bins[-1]) / 2)
    share = np.histogram(inside, bins)[0] / len(values)
    top = 1.1 * float(share.max())

    def across(x: float) -> str:
        return f"{100 * (x - bins[0]) / (bins[-1] - bins[0]):.3f}%"

    wide = f"{100 / len(share):.3f}%"
    bars = [
        f'<b style="left:{across(bins[i])};width:{wide};height:{100 * share[i] / top:.3f}%" '
        f'title="{(bins[i] + bins[i + 1]) / 2:.2f}: {100 * share[i]:.1f}%" '
        f'data-share="{share[i]:.6g}"></b>'
        for i in np.flatnonzero(share)
    ]
    levels = [
        f'<i class="level" style="bottom:{100 * y / top:.3f}%"><span>{100 * y:g}%</span></i>'
        for y in _levels(top)
    ]
    ticks = [
        f'<i class="tick" style="left:{across(x)}"><span>{x:d}</span></i>'.replace("-", "−")
        for x in range(int(np.ceil(bins[0])), int(bins[-1]) + 1)
    ]
    mean, sd = float(values.mean()), float(values.std())
    marks = (
        f'<i class="exact" style="left:{across(exact)}"><span>{words["exact"]}</span></i>'
        f'<i class="spread" data-sd="{sd:.6g}" style="left:{across(mean - sd)};'
        f'width:{100 * 2 * sd / (bins[-1] - bins[0]):.3f}%"></i>'
    )
    inks = f"--hue:{colour(idea, mode)};--ink:{INK[mode]};--faint:{FAINT[mode]}"
    return (
        f'<figure class="noise-bars" role="img" aria-label="{escape(words["alt"])}" '
        f'style="{inks}"><p>{words["share"]}</p>'
        f"<div>{''.join([*levels, *ticks, *bars, marks])}</div><p>{words['axis']}</p></figure>"
    )


def _levels(top: float) -> list[float]:
    """Two to four round shares above 0 that lie below `top`."""
    step = next(s for s in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if top / s < 5)
    return [step * k for k in range(int(top / step) + 1)]


@drawn
def law(
    mode: Mode,
    sizes: np.ndarray,
    measured: np.ndarray,
    law: np.ndarray,
    chosen: int,
    words: Words,
    *,
    only: np.ndarray | None = None,
) -> go.Figure:
    """The spread (k,) over the batch size on logarithmic axes, and what the law says (k,).

    With `only` (k,) nothing is drawn but the measured spreads that it marks.
    words: axis, sd, measured, law, root (1/√m).
    """
    band = {"type": "rect", "x0": chosen / 1.18, "x1": chosen * 1.18, "y0": 0, "y1": 1}
    look = {"yref": "paper", "fillcolor": FAINT[mode], "opacity": 0.55, "line": {"width": 0}}
    hue, marks = colour("z_norm", mode), [0.05, 0.1, 0.2, 0.5, 1, 2]
    shown = np.full(len(sizes), True) if only is None else only
    dots = line(sizes[shown], measured[shown], words["measured"], hue, mode="markers")
    laws = [
        line(sizes, 1 / np.sqrt(sizes), words["root"], colour("plain", mode), "dash"),
        line(sizes, law, words["law"], INK[mode], "dot"),
    ]
    ends = np.log10(sizes[[0, -1]]) + np.array([-0.12, 0.12])
    return painted(
        [*(laws if only is None else []), dots | {"marker": {"color": hue, "size": 11}}],
        {
            "showlegend": True,
            "shapes": [band | look | {"layer": "below"}] if only is None else [],
            "xaxis": title(words["axis"])
            | {"type": "log", "tickvals": sizes, "range": list(ends), "hoverformat": "d"},
            "yaxis": title(words["sd"])
            | {"type": "log", "tickvals": marks, "ticktext": [f"{x:g}" for x in marks]}
            | {"range": [-1.6, 0.45]}
            | {"hoverformat": ".3f"},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=330,
    )


@drawn
def parts(
    mode: Mode, a: np.ndarray, b: np.ndarray, sd_a: float, sd_b: float, words: Words
) -> go.Figure:
    """Each batch's factor a (D,) over its offset b (D,), with the laws' sds as a cross at (0, 1).

    Batches far out are beyond the edges (`outside`), or tiny ones would shrink the rest to a point.
    words: a, b, batches, law.
    """
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": b,
        "y": a,
        "name": words["batches"],
        "marker": {"color": colour("z_norm", mode), "size": 7, "opacity": 0.45},
        "hovertemplate": "b = %{x:.3f}, a = %{y:.3f}<extra></extra>",
    }
    arms = [
        _arm([-sd_b, sd_b], [1, 1], "line-ns-open", colour("mean", mode), words["law_b"]),
        _arm([0, 0], [1 - sd_a, 1 + sd_a], "line-ew-open", colour("var", mode), words["law_a"]),
    ]
    return painted(
        [dots, *arms],
        {
            "xaxis": title(words["b"]) | {"range": room(b, -1.3 * sd_b, 1.3 * sd_b)},
            "yaxis": title(words["a"]) | {"range": room(a, 1 - 1.3 * sd_a, 1 + 1.3 * sd_a)},
            "hovermode": "closest",
            "margin": {"t": 64},
        },
        mode,
        height=350,
    )


def _arm(x: Sequence[float], y: Sequence[float], symbol: str, hue: str, name: str) -> Trace:
    marker = {"symbol": symbol, "size": 14, "color": hue, "line": {"width": 4, "color": hue}}
    return line(x, y, name, hue, mode="lines+markers", marker=marker) | {
        "line": {"color": hue, "width": 5}
    }


def room(values: np.ndarray, *also: float) -> list[float]:
    """An axis for nearly all values: five times the middle two thirds' half width, and `also`."""
    low, middle, high = np.percentile(values, [16, 50, 84])
    reach = 2.5 * (high - low)
    low, high = max(values.min(), middle - reach), min(values.max(), middle + reach)
    low, high = min((low, *also)), max((high, *also))
    air = 0.04 * (high - low or 1)
    return [float(low - air), float(high + air)]


def outside(a: np.ndarray, b: np.ndarray) -> int:
    """How many batches `parts` has no room for."""
    return int((_beyond(a) | _beyond(b)).sum())


def _beyond(values: np.ndarray) -> np.ndarray:
    low, high = room(values)
    return (values < low) | (values > high)


@drawn
def together(
    mode: Mode,
    first: np.ndarray,
    second: np.ndarray,
    exact: tuple[float, float],
    ends: tuple[float, float],
    idea: str,
    words: Words,
) -> go.Figure:
    """Two examples' values (D,) under the same draws; what occurs often is drawn larger.

    The cross marks their exact values. words: first, second, exact.
    """
    pairs, counts = np.unique(np.stack([first, second], 1).round(3), axis=0, return_counts=True)
    hue = colour(idea, mode)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": pairs[:, 0],
        "y": pairs[:, 1],
        "customdata": counts / len(first),
        "marker": {
            "color": hue,
            "opacity": 0.5,
            "size": np.clip(3.2 * np.sqrt(counts), 7, 60),
            "line": {"width": 0},
        },
        "hovertemplate": "(%{x:.2f}, %{y:.2f}) · %{customdata:.1%}<extra></extra>",
    }
    cross = {
        "type": "scatter",
        "mode": "markers",
        "x": [exact[0]],
        "y": [exact[1]],
        "name": words["exact"],
        "marker": {
            "symbol": "cross-thin-open",
            "size": 17,
            "color": INK[mode],
            "line": {"width": 3},
        },
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<extra>%{fullData.name}</extra>",
    }
    axis = {"range": list(ends), "dtick": 1, "zeroline": True}
    return painted(
        [dots, cross],
        {
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": title(words["first"]) | axis,
            "yaxis": title(words["second"]) | axis,
        },
        mode,
        height=310,
    )


Band = tuple[np.ndarray, np.ndarray, np.ndarray]  # mean, low, high


@drawn
def by_group(
    mode: Mode,
    groups: np.ndarray,
    bn: Band,
    others: Mapping[str, tuple[float, float, float]],
    words: Words,
    *,
    shown: range | None = None,
) -> go.Figure:
    """A measure of networks with BN over groups (k,), and of others as level bands.

    Of the groups only those `shown` are drawn; the axes are the same. Bands are (mean, low, high).
    others: plain, dropout. words: axis, measure, bn and the others. A group that failed altogether
    would flatten all the rest: it is named at the lower edge.
    """
    places = np.arange(len(groups))
    wide = np.array([-0.35, len(groups) - 0.65])
    traces: list[Trace] = []
    for name, (mean, low, high) in others.items():
        level: Band = (np.full(2, mean), np.full(2, low), np.full(2, high))
        traces += _banded(wide, *level, colour(name, mode), DASHES[name], words[name])
    hue = colour("bn", mode)
    drawn = places if shown is None else places[list(shown)]
    line_of_bn: Band = (bn[0][drawn], bn[1][drawn], bn[2][drawn])
    traces += _banded(drawn, *line_of_bn, hue, DASHES["bn"], words["bn"], points=True)
    bottom, top = _among(np.concatenate([*bn, *others.values()]))
    below = drawn[bn[0][drawn] < bottom]
    label = {"y": 0, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "showarrow": False}
    font = {"color": colour("bn", mode), "size": 14}
    return painted(
        traces,
        {
            "annotations": [
                label | {"x": float(x) + 0.12, "text": f"↓ {bn[0][x]:.0%}", "font": font}
                for x in below
            ],
            "xaxis": title(words["axis"])
            | {"tickvals": places, "ticktext": [str(g) for g in groups], "zeroline": False}
            | {"range": list(wide)},
            "yaxis": title(words["measure"])
            | SHARE
            | {"range": [bottom, top], "nticks": 6, "tickformat": ".1~%"},
            "hovermode": "x unified",
            "margin": {"t": 92},
        },
        mode,
        height=370,
    )


def _among(values: np.ndarray) -> tuple[float, float]:
    """An axis for what lies together: single values more than a fifth below the middle are out.

    Its ends are round, so that they tell no value.
    """
    kept = values[values > np.median(values) - 0.2]
    air = 0.04 * float(np.ptp(kept) or 0.01)
    low, high = (kept.min() - air) / GRAIN, (kept.max() + air) / GRAIN
    return float(np.floor(low) * GRAIN), float(np.ceil(high) * GRAIN)


def _banded(
    x: np.ndarray,
    mean: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    hue: str,
    dash: str,
    name: str,
    *,
    points: bool = False,
) -> list[Trace]:
    """A line in a pale band."""
    pale = shade(x, low, high, see_through(hue, 0.15))
    middle = line(x, mean, name, hue, dash)
    if points:
        middle |= {"mode": "lines+markers", "marker": {"color": hue, "size": 9}}
    return [pale, middle]


@drawn
def ablated(
    mode: Mode,
    names: Sequence[str],
    ideas: Sequence[str],
    drops: Sequence[np.ndarray],
    words: Words,
) -> go.Figure:
    """What each unit is worth, a row for each kind of network: drops (S, U) in accuracy.

    A bubble is as large as the number of units that cost so much; ticks above it mark the unit of
    each network that costs most, the diamond the mean. words: axis, units, worst, mean.
    """
    traces: list[Trace] = []
    for row, (name, idea, drop) in enumerate(zip(names, ideas, drops, strict=True)):
        values, counts = np.unique(drop.round(6), return_counts=True)
        hue = colour(idea, mode)
        bubbles = {"size": np.clip(np.sqrt(counts), 4, 26), "opacity": 0.4}
        ticks = {"symbol": "line-ns-open", "size": 11, "line": {"width": 2}}
        mean = {"symbol": "diamond", "size": 10, "line": {"width": 1.5, "color": PAPER[mode]}}
        for key, x, y, look, more in (
            ("units", values, row, bubbles | {"line": {"width": 0}}, {"customdata": counts}),
            ("worst", drop.max(axis=1), row - 0.34, ticks, {}),
            ("mean", [float(drop.mean())], row, mean, {}),
        ):
            count = "%{customdata} × " if key == "units" else ""
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": x,
                    "y": np.full(len(x), float(y)),
                    "name": words[key],
                    "legendgroup": key,
                    "showlegend": row == 0,
                    "marker": {"color": hue} | look,
                    "hovertemplate": f"{count}%{{x:.1%}}<extra>{name}</extra>",
                    **more,
                }
            )
    rows = {"tickvals": list(range(len(names))), "ticktext": list(names), "zeroline": False}
    return painted(
        traces,
        {
            "xaxis": title(words["axis"]) | SHARE | {"zeroline": True, "zerolinewidth": 2},
            "yaxis": rows | {"range": [len(names) - 0.5, -0.65], "showgrid": False},
            "hovermode": "closest",
            "legend": {"itemsizing": "constant"},
            "margin": {"t": 64},
        },
        mode,
        height=110 + 46 * len(names),
    )


@drawn
def switched_off(
    mode: Mode,
    shares: Sequence[float],
    names: Sequence[str],
    ideas: Sequence[str],
    dashes: Sequence[str],
    bands: Sequence[Band],
    words: Words,
) -> go.Figure:
    """Test accuracy over the share of units that are off (K,), a line in a band for each network.

    words: axis, measure.
    """
    traces: list[Trace] = []
    for name, idea, dash, band in zip(names, ideas, dashes, bands, strict=True):
        traces += _banded(np.array(shares), *band, colour(idea, mode), dash, name)
    return painted(
        traces,
        {
            "xaxis": title(words["axis"]) | {"tickformat": ".0%", "range": [0, max(shares)]},
            "yaxis": title(words["measure"]) | SHARE | {"range": [0, 1.02], "nticks": 6},
            "hovermode": "x unified",
            "margin": {"t": 92},
        },
        mode,
        height=410,
    )


def growing(
    mode: Mode,
    steps: np.ndarray,
    values: np.ndarray,
    ended: tuple[int, int],
    last: int,
    words: Words,
    *,
    draws_itself: bool = False,
) -> str:
    """Shares (T, 2) of both arms (plain, bn) up to their last record, over the steps up to `last`.

    HTML, to grow without a flicker while a network trains. `draws_itself`: from the left to the
    right, where motion is welcome. words: plain, bn, step, measure, alt.
    """
    lines = []
    for arm, name in enumerate(("plain", "bn")):
        upto = ended[arm] + 1
        x, y = 100 * steps[:upto] / last, 100 * (1 - values[:upto, arm])
        places = " ".join(f"{a:.2f},{b:.2f}" for a, b in zip(x, y, strict=True))
        lines.append(f'<polyline class="{name}" points="{places}"></polyline>')
    levels = [
        f'<i class="level" style="bottom:{y}%"><span>{y}%</span></i>' for y in range(0, 101, 20)
    ]
    ticks = [
        f'<i class="tick" style="left:{x}%"><span>{last * x // 100}</span></i>'
        for x in range(0, 101, 20)
    ]
    names = "".join(f'<b class="{name}">{words[name]}</b>' for name in ("bn", "plain"))
    hues = ";".join(f"--{name}:{colour(name, mode)}" for name in ("bn", "plain"))
    kind = "growing draws-itself" if draws_itself else "growing"
    return (
        f'<figure class="noise-bars {kind}" role="img" aria-label="{escape(words["alt"])}" '
        f'style="{hues};--ink:{INK[mode]};--faint:{FAINT[mode]}"><p>{words["measure"]}{names}</p>'
        f'<div>{"".join([*levels, *ticks])}<svg viewBox="0 0 100 100" preserveAspectRatio="none">'
        f"{''.join(lines)}</svg></div><p>{words['step']}</p></figure>"
    )


@drawn
def curves(
    mode: Mode,
    steps: np.ndarray,
    values: np.ndarray,
    ended: tuple[int, int],
    most: float,
    words: Words,
    *,
    share: bool = False,
) -> go.Figure:
    """A measure (T, 2) of both arms (plain, bn), each up to its last record, from 0 to `most`.

    words: plain, bn, step, measure.
    """
    lines = []
    for arm, name in reversed(list(enumerate(("plain", "bn")))):
        upto = ended[arm] + 1
        hue = colour(name, mode)
        lines.append(line(steps[:upto], values[:upto, arm], words[name], hue, DASH[name]))
    style = SHARE if share else {"hoverformat": ".3f"}
    return painted(
        lines,
        {
            "xaxis": title(words["step"]) | {"range": [0, float(steps[-1])]},
            "yaxis": title(words["measure"]) | style | {"range": [0, most], "nticks": 6},
            "hovermode": "x unified",
        },
        mode,
        height=320,
    )

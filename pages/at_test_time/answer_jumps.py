"""One test image among other companions: the same weights, another answer."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from bncore.batchnorm import batch_norm_inference
from experiments.at_test_time import companions
from experiments.at_test_time.companions import BySize, Meetings
from experiments.trained import trained
from figures.theme import INK, colour
from pages.at_test_time import LESSON, charts
from pages.at_test_time.common import at_once, chart, picture_of, put, value, words
from ui import controls, page, text
from ui.numbers import percent
from ui.scenes import Moment
from ui.text import t

UNKNOWN = "?"  # what is not yet told
MARKED = ("no", "little")  # the answer as in the first batch


@st.cache_resource(max_entries=64, show_spinner=False)
def meetings(image: int, m: int, seed: int, order: str) -> Meetings:
    return companions.meet(image, m, seed, order=order)


@st.cache_resource(max_entries=32, show_spinner=False)
def sizes(seed: int) -> BySize:
    return companions.by_batch_size(seed)


def met() -> Meetings:
    """The image, the size of its batches, the draw and the kind of companions that are chosen."""
    return meetings(value("image") - 1, value("m"), value("seed"), value("order"))


def picture(now: Moment) -> None:
    """Two batches with the image in them, and how often the network says which digit."""
    found = met()
    first, second = two_draws(found)
    expected = html.escape(now.mark(*MARKED))
    if expected:
        expected = f" <i>({expected}: {found.predicted[first]})</i>"
    draws = [_draw(found, first, 0, True), _draw(found, second, 1, now.seen, expected)]
    at_once(
        f'<div class="jump"><div class="draws">{"".join(draws)}</div>{_votes(found, now)}</div>'
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="company"):
        controls.entry(LESSON, "image", width=130)
        controls.ladder(LESSON, "m", width="stretch")
        st.button(
            t(f"{LESSON}.draw_again"),
            icon=":material/shuffle:",
            key="draw-again",
            on_click=put(seed=(value("seed") + 1) % 10_000),
        )


def said(now: Moment) -> dict[str, object]:
    """How often the company decided."""
    found = met()
    return {
        "changed": round(found.share_changed * len(found.predicted)),
        "draws": len(found.predicted),
        "running": found.running,
        "m": value("m"),
    }


def more(now: Moment) -> None:
    """The draws in numbers, the whole test set over m, and in a sorted stream."""
    found = met()
    st.markdown(_in_words(found))
    controls.choice(LESSON, "order")
    by_size()
    page.source(companions.meet, batch_norm_inference, key="company")


def two_draws(found: Meetings) -> list[int]:
    """One that answers as the fixed statistics do, and one that does not, where there are such."""
    differs = found.predicted != found.running
    first = int(differs.argmin())
    other = int(differs.argmax()) if differs.any() else 1
    return [first, other if other != first else first + 1]


# --- the image in two batches ---

#: m → companions in a row, and how far each is enlarged: a block as large as the image beside it
COLUMNS = {2: 1, 4: 3, 8: 4, 16: 5, 32: 8, 64: 16, 128: 16}
SCALES = {2: 8, 4: 5, 8: 4, 16: 3, 32: 2, 64: 1, 128: 1}


def _draw(found: Meetings, at: int, place: int, told: bool, expected: str = "") -> str:
    """The image with its companions in one of the draws, and the answer if it may be told.

    Beside it which one was `expected`.
    """
    data, m, image = trained().data, value("m"), value("image")
    known = {"image": image, "digit": found.digit, "others": m - 1}
    alt = t(f"{LESSON}.company.alt_image", **known)
    shown = [picture_of(data.x_test[[image - 1]], 1, 9, alt=alt, idea="bn")]
    if m > 1:
        known["digits"] = ", ".join(str(y) for y in data.y_test[found.companions[at]])
        alt = t(f"{LESSON}.company.alt_others", **known)
        others = data.x_test[found.companions[at]]
        shown.append(picture_of(others, COLUMNS[m], SCALES[m], alt=alt))
    answer = str(found.predicted[at]) if told else UNKNOWN
    hue = "error" if told and found.predicted[at] != found.running else "bn"
    name = html.escape(t(f"{LESSON}.company.answer"))
    return (
        f'<div class="draw" style="--hue: {colour(hue, text.mode())}">'
        f'<div class="digits">{"".join(shown)}</div>'
        f'<p>{name} <b class="{"late" if place else ""}">{answer}</b>{expected}</p></div>'
    )


def _votes(found: Meetings, now: Moment) -> str:
    """How often each class was answered, beside the answers that never change."""
    counts = found.counts if now.seen else None
    fixed = {"running": found.running, "exact": found.exact, "label": found.digit}
    rows = "".join(_row(digit, counts, fixed) for digit in range(10))
    columns = {"class": "", "often": "bar", "share": "share", "by": "tags"}
    known = {"draws": len(found.predicted), "m": value("m")}
    head = "".join(
        f'<th scope="col" class="{look}">{html.escape(t(f"{LESSON}.votes.{name}", **known))}</th>'
        for name, look in columns.items()
    )
    hue, label = colour("bn", text.mode()), html.escape(t(f"{LESSON}.tables.votes"))
    return (
        f'<div class="votes" style="--hue: {hue}"><table aria-label="{label}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(digit: int, counts: np.ndarray | None, fixed: dict[str, int]) -> str:
    tags = "".join(_tag(name) for name, answer in fixed.items() if answer == digit)
    if counts is None:
        bar, share = "", f'<td class="share">{UNKNOWN}</td>'
    else:
        part = counts[digit] / counts.sum()
        bar = f'<span style="width: {100 * part:.1f}%"></span>' if part else ""
        share = f'<td class="share" data-value="{counts[digit]}">{percent(part)}</td>'
    return (
        f'<tr><th scope="row">{digit}</th><td class="bar">{bar}</td>{share}'
        f'<td class="tags">{tags}</td></tr>'
    )


TAGS = {"running": "running", "exact": None, "label": "z_norm"}  # None: ink


def _tag(name: str) -> str:
    idea = TAGS[name]
    hue = colour(idea, text.mode()) if idea else INK[text.mode()]
    return (
        f'<span class="tag" style="--hue: {hue}">{html.escape(t(f"{LESSON}.votes.{name}"))}</span>'
    )


# --- in numbers ---


def _in_words(found: Meetings) -> str:
    """What the bars show, in a sentence; alone in its batch, an image is its own mean."""
    known: dict[str, object] = {
        "changed": round(found.share_changed * len(found.predicted)),
        "draws": len(found.predicted),
        "running": found.running,
        "said": int(found.predicted[0]),
    }
    if value("m") == 1:
        return t(f"{LESSON}.votes.alone", **known)
    return t(f"{LESSON}.votes.{'changed' if known['changed'] else 'never'}", **known)


def by_size() -> None:
    """Accuracy on the whole test set over m, in two orders."""
    found = sizes(value("seed"))
    names = ("own", "sorted", "running", "exact", "axis", "accuracy")
    at = list(found.sizes).index(value("m"))
    said = {"m": value("m")} | {
        "own": percent(found.accuracy[at]),
        "sorted": percent(found.sorted[at]),
        "changed": percent(found.changed[at]),
        "running": percent(found.running),
        "exact": percent(found.exact),
    }
    figure = charts.by_size(
        text.mode(),
        found.sizes,
        found.accuracy,
        found.sorted,
        found.running,
        found.exact,
        value("m"),
        words("by_size", *names),
    )
    left, right = st.columns([5, 3], gap="large", vertical_alignment="center")
    with left:
        chart(figure, "by_size", **said)
    with right:
        st.markdown(text.prose(f"{LESSON}/by_size", **said))

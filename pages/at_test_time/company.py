"""What the lesson on train and test shares between its sections, and its first section.

The others are in `running`, `conventions` and `use`.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from experiments.at_test_time import companions
from experiments.at_test_time.companions import BySize, Meetings
from experiments.trained import trained
from figures.digits import data_uri
from figures.theme import INK, colour
from pages.at_test_time import LESSON
from pages.at_test_time import charts as figures
from ui import controls, page, text
from ui.chart import plot
from ui.files import COMPONENTS
from ui.numbers import percent
from ui.tables import Cell
from ui.text import t

STYLE = COMPONENTS / "test_time.css"
DIGIT = 8  # pixels that an image is high and wide


value = LESSON.value


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: LESSON.put(**values)


words = LESSON.words


def chart(figure: go.Figure, name: str, *, key: str = "", **said: object) -> None:
    """A figure with the sentence that stands for it; `key` where there are two of a name."""
    plot(
        figure,
        key=f"figure-{name}{key}",
        alt=t(f"{LESSON}.{name}.alt", **said),
    )


def accurate(share: float) -> Cell:
    """An accuracy in a table."""
    return Cell(percent(share), value=f"{share:.4f}")


# --- digits as pictures ---


def pictures(*figures: str) -> None:
    """Figures side by side."""
    at_once(f'<div class="digits">{"".join(figures)}</div>')


def at_once(body: str) -> None:
    page.at_once(body, STYLE)


def picture(
    x: np.ndarray, columns: int, scale: int, alt: str, caption: str = "", idea: str = ""
) -> str:
    """Images x (k, 64) in rows of `columns`, `scale` times enlarged; framed where an idea is."""
    source, width = data_uri(x.reshape(-1, DIGIT, DIGIT), columns, text.mode())
    frame = f' class="subject" style="--hue: {colour(idea, text.mode())}"' if idea else ""
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure{frame}><img src="{source}" width="{width * scale}" alt="{html.escape(alt)}">'
        f"{below}</figure>"
    )


def answered(x: np.ndarray, said: np.ndarray, labels: np.ndarray, alt: str) -> None:
    """Images x (k, 64) with what the network said below each, and a mark where it is wrong."""
    hue = colour("error", text.mode())
    shown = []
    for image, answer, label in zip(x, said, labels, strict=True):
        right = answer == label
        below = f"{answer} {'✓' if right else '✗'}"
        style = "" if right else f' style="color: {hue}"'
        drawn = picture(image[None], columns=1, scale=5, alt=t(alt, digit=label, said=answer))
        below = f'<figcaption class="answer"{style}>{below}</figcaption>'
        shown.append(drawn.replace("</figure>", below + "</figure>"))
    pictures(*shown)


# --- one example has no batch ---


@st.cache_resource(max_entries=64, show_spinner=False)
def meetings(image: int, m: int, seed: int, order: str) -> Meetings:
    return companions.meet(image, m, seed, order=order)


@st.cache_resource(max_entries=32, show_spinner=False)
def sizes(seed: int) -> BySize:
    return companions.by_batch_size(seed)


def one_example() -> None:
    """The same image among many companions, and what is said of it by fixed statistics."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="company"):
        controls.entry(LESSON, "image", width=140)
        controls.ladder(LESSON, "m", width="stretch")
        controls.choice(LESSON, "order")
        again = (value("seed") + 1) % 10_000
        st.button(
            t(f"{LESSON}.draw_again"),
            icon=":material/shuffle:",
            key="draw-again",
            on_click=put(seed=again),
        )
    found = meetings(value("image") - 1, value("m"), value("seed"), value("order"))
    left, right = st.columns([4, 5], gap="large")
    with left:
        _batch(found)
        st.markdown(_changed(found, len(found.predicted)))
    with right:
        _votes(found)


#: m → companions in a row, and how far each is enlarged, so that they stand beside the image
COLUMNS = {2: 1, 4: 3, 8: 4, 16: 5, 32: 8, 64: 8, 128: 12}
SCALES = {2: 8, 4: 6, 8: 6, 16: 5, 32: 3, 64: 3, 128: 2}


def _batch(found: Meetings) -> None:
    """The image and its companions in the first of the draws."""
    data, m, image = trained().data, value("m"), value("image")
    known = {"image": image, "digit": found.digit, "m": m, "others": m - 1}
    known |= {"said": int(found.predicted[0])}
    shown = [
        picture(
            data.x_test[[image - 1]],
            columns=1,
            scale=14,
            alt=t(f"{LESSON}.company.alt_image", **known),
            idea="bn",
        )
    ]
    if m > 1:
        known["digits"] = ", ".join(str(y) for y in data.y_test[found.companions[0]])
        shown.append(
            picture(
                data.x_test[found.companions[0]],
                columns=COLUMNS[m],
                scale=SCALES[m],
                alt=t(f"{LESSON}.company.alt_others", **known),
            )
        )
    pictures(*shown)
    st.markdown(t(f"{LESSON}.company.{'alone' if m == 1 else 'batch'}", **known))


def _votes(found: Meetings) -> None:
    """How often each class was answered, beside the two answers that never change."""
    draws = len(found.predicted)
    st.markdown(f"**{t(f'{LESSON}.votes.title', draws=draws, m=value('m'))}**")
    fixed = {"running": found.running, "exact": found.exact, "label": found.digit}
    at_once(_vote_table(found.counts, fixed))


def _vote_table(counts: np.ndarray, fixed: dict[str, int]) -> str:
    total, rows = counts.sum(), []
    for digit, count in enumerate(counts):
        bar = f'<span style="width: {100 * count / total:.1f}%"></span>' if count else ""
        own = "".join(_tag(name) for name, answer in fixed.items() if answer == digit)
        rows.append(
            f'<tr><th scope="row">{digit}</th><td class="bar">{bar}</td>'
            f'<td class="share" data-value="{count}">{percent(count / total)}</td>'
            f'<td class="tags">{own}</td></tr>'
        )
    columns = {"class": "", "often": "bar", "share": "share", "by": "tags"}
    head = "".join(
        f'<th scope="col" class="{look}">{html.escape(t(f"{LESSON}.votes.{name}"))}</th>'
        for name, look in columns.items()
    )
    hue, label = colour("bn", text.mode()), html.escape(t(f"{LESSON}.tables.votes"))
    return (
        f'<div class="votes" style="--hue: {hue}"><table aria-label="{label}">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


TAGS = {"running": "running", "exact": None, "label": "z_norm"}  # None: ink


def _tag(name: str) -> str:
    idea = TAGS[name]
    hue = colour(idea, text.mode()) if idea else INK[text.mode()]
    return (
        f'<span class="tag" style="--hue: {hue}">{html.escape(t(f"{LESSON}.votes.{name}"))}</span>'
    )


def _changed(found: Meetings, draws: int) -> str:
    """What the bars show, in a sentence."""
    known = {
        "changed": round(found.share_changed * draws),
        "draws": draws,
        "share": percent(found.share_changed),
        "running": found.running,
        "different": int((found.counts > 0).sum()),
    }
    if value("m") == 1:
        return t(f"{LESSON}.votes.alone", said=int(found.predicted[0]), **known)
    return t(f"{LESSON}.votes.{'never' if not known['changed'] else 'changed'}", **known)


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
    figure = figures.by_size(
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

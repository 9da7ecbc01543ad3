"""The start page: a real pair of networks in motion, where to begin, the map of the lessons."""

from __future__ import annotations

import html
import json

import streamlit as st

from experiments import presets
from experiments.home import hero
from figures.theme import palette
from ui import page, progress, state, text
from ui.components import Component, settings
from ui.controls import option_label
from ui.files import COMPONENTS
from ui.lesson import PARTS
from ui.lessons import HOME, LESSONS
from ui.numbers import percent
from ui.outside import plain, shape
from ui.text import t

STYLE = COMPONENTS / "home" / "page.css"
GOOD = 0.8  # of unseen digits: what the first sentence counts the steps to
#: the controls that live in the picture
PLACE = ("run", "frame")
WORDS = (
    *("bn", "plain", "picture_bn", "picture_plain", "spread", "right", "axis", "chart"),
    *("play", "pause", "at", "told"),
)
# The component fills these in while time is dragged.
TOKENS = ("step", "last", "bn", "plain", "spread_bn", "spread_plain", "spread", "share")

_component = Component(
    "home",
    {"rest": shape(**dict.fromkeys(PLACE, plain))},
    css=("controls.css", "home/style.css"),
    js="home/index.js",
)


@st.cache_resource
def runs() -> dict[str, hero.Hero]:
    """What the picture offers, by preset."""
    return {name: hero.hero(name) for name in hero.RUNS}


@st.cache_resource
def _packed() -> dict[str, bytes]:
    return {name: run.to_bytes() for name, run in runs().items()}


def picture() -> None:
    """Two networks while they train, to be played and dragged."""
    st.session_state["hero.place"] = place()  # the component may be new and know none
    _picture()


def place() -> dict[str, object]:
    """Which pair is shown, and the frame at which it rests."""
    return {name: state.value(HOME, name) for name in PLACE}


@page.fragment(HOME)
def _picture() -> None:
    if place() != st.session_state.get("hero.told"):  # what it told us itself is not sent back
        st.session_state["hero.place"] = place()
    packed = _packed()
    settings = {
        "place": st.session_state["hero.place"],
        "runs": [{"name": name, "size": len(run)} for name, run in packed.items()],
        "palette": palette(text.mode()),
        "words": _words(),
    }
    head = json.dumps(settings).encode()
    data = len(head).to_bytes(4, "little") + head + b"".join(packed.values())
    _component("hero", data, on_rest=_rested)


def _rested(sent: dict[str, str]) -> None:
    """Take over where the picture was brought to rest, if that is a place at all."""
    new = settings(HOME, PLACE, sent)
    state.put(HOME, **new)
    st.session_state["hero.told"] = new


def _words() -> dict[str, object]:
    known: dict[str, object] = {token: "{" + token + "}" for token in TOKENS}
    known["images"] = len(runs()[hero.RUNS[0]].images)
    words: dict[str, object] = {word: t(f"{HOME}.hero.{word}", **known) for word in WORDS}
    words["choice"], words["scrub"] = (t(f"{HOME}.controls.{name}.label") for name in PLACE)
    words["runs"] = {name: option_label(HOME, "run", name) for name in hero.RUNS}
    words["why"] = {name: why(name) for name in hero.RUNS}
    return words


def why(name: str) -> str:
    """Why it matters: a sentence that is true of this run."""
    run = runs()[name]
    config = presets.PRESETS[name]
    measured: dict[str, object] = {
        "share": percent(GOOD, 0),
        "m": config.batch_size,
        "depth": config.depth,
    }
    for arm, accuracy, reached in zip(hero.ARMS, run.accuracy, run.reached(GOOD), strict=True):
        measured[arm], measured[f"{arm}_reached"] = percent(float(accuracy[-1])), reached
    return t(f"{HOME}.why.{name}", **measured)


def begin() -> None:
    """Where to start; for those who have been here, where to go on."""
    first, back = next(name for name in LESSONS if name != HOME), next_up()
    with st.container(horizontal=True, key="begin", vertical_alignment="center"):
        if back is not None:
            with st.container(key="continue", width="content"):
                label = t(f"{HOME}.continue", lesson=t(f"{back}.title"))
                page.link(back, label=label, icon=":material/arrow_forward:")
        with st.container(key="again" if back else "start", width="content"):
            page.link(first, label=t(f"{HOME}.start"))


def promise() -> None:
    """That nothing here is made up; with it comes the look of the page."""
    page.at_once(f'<p class="promise">{html.escape(t(f"{HOME}.promise"))}</p>', STYLE)


def next_up() -> str | None:
    """The lesson opened last; when all is answered there, the next that is not done.

    Who was last at a tool goes on where the path was left, if it was entered at all.
    """
    last, done = progress.last(), progress.done()
    order = [name for name in LESSONS if name != HOME and not tool(name)]
    if last is None or (tool(last) and not set(done) & set(order)):
        return None
    at = 0 if tool(last) else order.index(last)
    for name in (*order[at:], *order[:at]):
        if {*progress.path(name), *progress.asked(name)} - set(done.get(name, ())):
            return name
    return order[at]


def tool(lesson: str) -> bool:
    """Whether it is opened when it is needed, and not a way to be gone."""
    return LESSONS[lesson].part == PARTS[-1]


def lessons() -> None:
    """Every lesson, what it shows, and how far its reader has come; by what they are for."""
    first, *others = by_part().items()
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-head"):
        _heading(*first)
        if progress.done():
            st.button(
                t(f"{HOME}.clear"),
                on_click=progress.clear,
                key="clear-progress",
                type="tertiary",
                help=t(f"{HOME}.clear_help"),
            )
    with st.container(key="map"):
        _cards(first[1])
        for part, names in others:
            _heading(part, names)
            _cards(names)


def by_part() -> dict[str, list[str]]:
    """The lessons that there are, by what they are for."""
    taught = [name for name in LESSONS if name != HOME]
    found = {part: [name for name in taught if LESSONS[name].part == part] for part in PARTS}
    return {part: names for part, names in found.items() if names}


def _heading(part: str, names: list[str]) -> None:
    minutes = sum(LESSONS[name].minutes for name in names)
    st.header(t(f"{HOME}.parts.{part}", minutes=minutes), anchor=False)


def _cards(names: list[str]) -> None:
    for name in names:
        card(name)


def card(lesson: str) -> None:
    """A lesson on the map."""
    with st.container(border=True, key=f"card-{lesson}", gap="xxsmall", height="stretch"):
        page.link(lesson)
        far, what = _how_far(lesson), t(f"{lesson}.in_a_sentence")
        st.markdown(f"{far}\n\n{what}", unsafe_allow_html=True)


def _how_far(lesson: str) -> str:
    """One mark for every scene of the path and every verdict, filled once seen or guessed.

    The same in words; of a tool how many pages it has.
    """
    if tool(lesson):
        words = t(f"{HOME}.pages", pages=len(LESSONS[lesson].scenes))
        return f'<span class="far tool">{html.escape(words)}</span>'
    scenes, verdicts, done = progress.path(lesson), progress.asked(lesson), progress.done()
    seen, guessed = (len(set(of) & set(done.get(lesson, ()))) for of in (scenes, verdicts))
    known = {"minutes": LESSONS[lesson].minutes, "seen": seen, "scenes": len(scenes)}
    words = t(f"{HOME}.{'seen' if lesson in done else 'unopened'}", **known)
    if verdicts and lesson in done:
        words += t(f"{HOME}.guessed", guessed=guessed, verdicts=len(verdicts))
    both = (seen, len(scenes)), (guessed, len(verdicts))
    marks = " ".join("●" * full + "○" * (count - full) for full, count in both if count)
    state = "opened" if lesson in done else "new"
    return (
        f'<span class="far {state}"><span aria-hidden="true">{marks}</span> '
        f"{html.escape(words)}</span>"
    )

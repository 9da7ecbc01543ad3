"""What every lesson page shares: its frame, its address, a drawer with the code that ran."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cache, wraps
from pathlib import Path
from typing import Any

import streamlit as st

from ui import progress, scripts, state, streamlits, text
from ui.files import ASSETS, ROOT
from ui.lessons import HOME, LESSONS, script
from ui.text import prose, t


def publish(lesson: str) -> None:
    """Write what is set to the URL: all of it, or of a lesson in scenes what is not the default."""
    entry = LESSONS[lesson]
    state.publish(lesson, entry.controls, entry.default if entry.scenes else None)


def fragment(lesson: str) -> Callable[..., Any]:
    """A part of a lesson that reruns alone and keeps the URL true."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            function(*args, **kwargs)
            publish(lesson)

        return st.fragment(run)

    return decorate


def say(name: str, /, **values: object) -> None:
    """A passage of prose at a width that reads well."""
    with st.container(width=720):
        st.markdown(prose(name, **values))


def at_once(body: str, style: Path) -> None:
    """HTML on a single line, in the look of a style sheet, on screen before charts are loaded.

    `st.html`, like every widget, is a program that the browser fetches first, and React holds back
    what is ready until the slowest of its neighbours is; Markdown is there from the start.
    """
    st.markdown(f"<style>{_on_one_line(style)}</style>{body}", unsafe_allow_html=True)


@cache
def _on_one_line(file: Path) -> str:
    return " ".join(file.read_text("utf-8").split())


def title(lesson: str) -> str:
    """What the browser's tab is called: the lesson, and before it the scene of it that is open."""
    if not LESSONS[lesson].scenes or state.setting("view") == "all":
        return text.title(lesson)
    return text.title(lesson, state.value(lesson, "scene"))


@cache
def pages() -> dict[str, st.Page]:
    """What Streamlit knows of each lesson; asking the disk for all of them takes a while.

    No words and no icons: the language is known only once the lesson's link has been read, and an
    icon of a page would become the tab's, fetched from another host.
    """
    return {name: _page(name) for name in LESSONS}


def _page(lesson: str) -> st.Page:
    return st.Page(ROOT / script(lesson), title=lesson, url_path=lesson, default=lesson == HOME)


def link(
    lesson: str, label: str = "", icon: str = "", place: Mapping[str, str] | None = None
) -> None:
    """A link to a lesson: to a place in it, else to the scene where its reader was last."""
    entry, last = LESSONS[lesson], progress.place(lesson)
    st.page_link(
        pages()[lesson],
        label=label or t(f"{lesson}.title"),
        icon=icon or entry.icon,
        query_params=place or ({"scene": last} if last else None),
    )


def menu() -> None:
    """The lessons, at the side; below them whether all is shown without being asked for."""
    with st.sidebar:
        _menu()


@st.fragment(key=progress.MENU)
def _menu() -> None:
    for lesson in LESSONS:
        link(lesson)
    _show_everything()


def _show_everything() -> None:
    """For those who teach or come back."""
    key = "show-everything"
    st.session_state[key] = state.setting("show") == "everything"
    st.toggle(
        t("ui.scenes.everything"), key=key, help=t("ui.scenes.everything_help"), on_change=_switched
    )
    if st.session_state.pop("show.switched", False):
        scripts.run("show", progress.keep_show(state.setting("show")))


def _switched() -> None:
    state.put_setting("show", "everything" if st.session_state["show-everything"] else "asked")
    st.session_state["show.switched"] = True
    st.rerun()  # all of the page


def drawer(label: str, *, key: str, icon: str | None = None, opened: bool = False) -> Any:
    """What stands closed at first; None until it is opened, so that it costs nothing till then.

    Opening it draws the fragment again that it stands in.
    """
    box = st.expander(label, opened, icon=icon, key=key, on_change="rerun")
    return box if box.open else None


def source(*objects: Any, key: str) -> None:
    """A drawer with the source that ran, never a copy of it: what colours code is large."""

    @st.fragment
    def code() -> None:
        box = drawer(t("ui.source.title"), icon=":material/code:", key=f"source-{key}")
        if box is not None:
            with box:
                st.caption(t("ui.source.note"))
                for thing in objects:
                    st.code(inspect.getsource(thing), language="python")

    code()


def complain() -> None:
    """One visible notice for everything in the link that could not be used."""
    found = state.complaints()
    if found.first:
        sentences = [t(f"ui.link.{reason}", **fields) for reason, fields in found.first]
        if more := found.count - len(found.first):
            sentences.append(t("ui.link.more", count=more))
        st.warning("\n\n".join(sentences), icon=":material/link_off:")


def header(lesson: str) -> None:
    """The language switch, at the same place on every page and every screen.

    What takes no room stands in its container too, since that one is taken out of the flow. Of a
    lesson seen scene by scene each scene says what is open.
    """
    view = state.setting("view")
    with st.container(horizontal=True, horizontal_alignment="right", key="header"):
        with st.container(key=f"view-{view}", width="content") if view != "page" else nullcontext():
            _behind(lesson, view)  # styles hang on the key; without a content it would not be there
        st.segmented_control(
            t("ui.language_switch"),
            text.languages(),
            format_func=text.name_of,
            key="lang",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )


def _behind(lesson: str, view: str) -> None:
    """The scripts that a lesson needs in this view."""
    if not LESSONS[lesson].scenes or view in ("all", "embed"):
        scripts.run("scene", announcing(lesson), *progress.note(lesson))
    if view == "class":
        st.html(_script("class.js"), unsafe_allow_javascript=True)
    if view in ("class", "embed"):
        st.html(_script("room.js"), unsafe_allow_javascript=True)


def announcing(lesson: str) -> tuple[object, ...]:
    """Tells the browser, and so a screen reader, which language it is in, and what is open."""
    return scripts.call("follow", text.language(), list(LESSONS).index(lesson))


@cache
def _script(name: str) -> str:
    """A script for some pages: what a clicker turns."""
    return f"<script>{streamlits.with_names((ASSETS / name).read_text('utf-8'))}</script>"


def footer(version: str) -> None:
    """Sources and version; what the browser knows of its reader. The last thing of every run."""
    with st.container(key="footer"):
        st.caption(t("ui.footer", version=version))
        progress.settle()

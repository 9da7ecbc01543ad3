"""A scene elsewhere: its link, its QR code, its line for another page; other views of it."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from ui import qr, state
from ui.files import NOTEBOOKS
from ui.text import FALLBACK, language, t


def popover(lesson: str, take: Callable[[], None]) -> None:
    """What can be done with this scene; filled when it is opened. In class also its full screen.

    `take` offers its picture as a file.
    """
    in_class = state.setting("view") == "class"

    @st.fragment
    def draw() -> None:
        box = st.popover(
            t("ui.scenes.share"), icon=":material/ios_share:", key="share", on_change="rerun"
        )
        if box.open:
            with box:
                _offer(lesson, in_class, take)

    draw()
    if in_class:
        st.button(t("ui.scenes.full"), icon=":material/fullscreen:", key="full-screen")


def address(**changes: str) -> str:
    """This page as a link: what stands in its address, with changes."""
    query = {**st.query_params.to_dict(), **changes}
    return f"{st.context.url}?{urlencode({name: v for name, v in query.items() if v})}"


def _offer(lesson: str, in_class: bool, take: Callable[[], None]) -> None:
    link = address(view="")
    st.markdown(t("ui.scenes.link"))
    st.code(link, language=None, wrap_lines=True)
    st.html(f'<div class="qr">{_code(link, t("ui.scenes.qr"))}</div>')
    if in_class:  # what else can be done with it is nothing for a class
        back()
        return
    _switch("class", "cast_for_education", help=t("ui.scenes.class_help"))
    st.markdown(f"[{t('ui.scenes.all')}]({address(view='all')})")
    take()
    st.markdown(t("ui.scenes.embed"))
    frame = f'<iframe src="{html.escape(address(view="embed"))}" width="720" height="560"></iframe>'
    st.code(frame, language=None, wrap_lines=True)
    _notebook(lesson)


def _notebook(lesson: str) -> None:
    """The lesson's code, to be run elsewhere; in English where a language has none."""
    files = [NOTEBOOKS / code / f"{lesson}.ipynb" for code in (language(), FALLBACK)]
    if file := next(filter(Path.is_file, files), None):
        st.download_button(
            t("ui.scenes.notebook"),
            file.read_bytes,
            file_name=file.name,
            mime="application/x-ipynb+json",
            icon=":material/download:",
            key="notebook",
            on_click="ignore",
        )


def back() -> None:
    """To the scenes, as everybody sees them."""
    _switch("page", "close_fullscreen")


def on_paper() -> None:
    """Where a lesson on paper is found: its link, and the same as a QR code. No screen shows it."""
    link = address(**{**_bare(), "view": "", "scene": "", "seen": ""})
    with st.container(key="paper-address"):
        st.html(f'{_code(link)}<a href="{html.escape(link)}">{html.escape(link)}</a>')


def _code(link: str, alt: str = "") -> str:
    """The picture of a link, for cameras."""
    try:
        picture = qr.svg(link)
    except ValueError:  # what is set is too much for one; the link has it all
        picture = qr.svg(address(view="", **_bare()))
    source = f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"
    return f'<img src="{source}" alt="{html.escape(alt)}">'


def _switch(view: str, icon: str, help: str | None = None) -> None:
    if st.button(t(f"ui.scenes.{view}"), icon=f":material/{icon}:", key="view-switch", help=help):
        state.put_setting("view", view)
        st.rerun()


def _bare() -> dict[str, str]:
    """Everything out of the address but the scene."""
    kept = ("lang", "scene", "seen", "show")
    return {name: "" for name in st.query_params if name not in kept}

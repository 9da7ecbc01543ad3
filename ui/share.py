"""A scene elsewhere: its link, its QR code, its line for another page; other views of it."""

from __future__ import annotations

import html
from base64 import b64encode
from urllib.parse import urlencode

import streamlit as st

from ui import qr, state
from ui.text import t


def popover() -> None:
    """What can be done with this scene; filled when it is opened. In class also its full screen."""
    in_class = state.setting("view") == "class"

    @st.fragment
    def draw() -> None:
        box = st.popover(
            t("ui.scenes.share"), icon=":material/ios_share:", key="share", on_change="rerun"
        )
        if box.open:
            with box:
                _offer(in_class)

    draw()
    if in_class:
        st.button(t("ui.scenes.full"), icon=":material/fullscreen:", key="full-screen")


def address(**changes: str) -> str:
    """This page as a link: what stands in its address, with changes."""
    query = {**st.query_params.to_dict(), **changes}
    return f"{st.context.url}?{urlencode({name: v for name, v in query.items() if v})}"


def _offer(in_class: bool) -> None:
    link = address(view="")
    st.markdown(t("ui.scenes.link"))
    st.code(link, language=None, wrap_lines=True)
    try:
        picture = qr.svg(link)
    except ValueError:  # what is set is too much for one; the link has it all
        picture = qr.svg(address(view="", **_bare()))
    source = f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"
    st.html(f'<div class="qr"><img src="{source}" alt="{html.escape(t("ui.scenes.qr"))}"></div>')
    if in_class:  # what else can be done with it is nothing for a class
        back()
        return
    _switch("class", "cast_for_education", help=t("ui.scenes.class_help"))
    st.markdown(f"[{t('ui.scenes.all')}]({address(view='all')})")
    st.markdown(t("ui.scenes.embed"))
    frame = f'<iframe src="{html.escape(address(view="embed"))}" width="720" height="560"></iframe>'
    st.code(frame, language=None, wrap_lines=True)


def back() -> None:
    """To the scenes, as everybody sees them."""
    _switch("page", "close_fullscreen")


def _switch(view: str, icon: str, help: str | None = None) -> None:
    if st.button(t(f"ui.scenes.{view}"), icon=f":material/{icon}:", key="view-switch", help=help):
        state.put_setting("view", view)
        st.rerun()


def _bare() -> dict[str, str]:
    """Everything out of the address but the scene."""
    kept = ("lang", "scene", "seen", "show")
    return {name: "" for name in st.query_params if name not in kept}

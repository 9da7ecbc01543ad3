"""A lesson in scenes: one idea on one screen, asked before it is shown.

A scene is an entry of the lesson (`ui.lesson.Scene`) and the module of its name in the lesson's
folder, with

    before() -> None                    the picture as it stands before; nothing that gives away
    after(guess) -> dict | None         the picture that has moved; the values of the words below
    more() -> None                      the drawer "Numbers and details", where there is one

`before` draws the same elements with the same keys as `after`, so that the browser moves what
stands there. `guess` is the option that the reader has committed to, None where there was none.

What a reader has seen and guessed is the session's; the scene that is open, and whether it is
revealed, travel in the link.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import streamlit as st

from ui import page, progress, state
from ui.lesson import Lesson, Question, Scene
from ui.lessons import FOLDERS, HOME, LESSONS, script
from ui.text import has, prose, t

SEEN, GUESSED = "scenes.seen", "scenes.guessed"  # in the session: of all lessons


def run(lesson: Lesson) -> None:
    """What a lesson's page does: the way, the open scene, and on."""
    if state.setting("view") == "all":
        for scene in lesson.scenes:
            _stand(lesson, scene, whole=True)
        return
    _way(lesson)
    _stand(lesson, lesson.scene, whole=False)
    _turn(lesson)


# --- what is open, seen and guessed ---


def seen(lesson: Lesson) -> set[str]:
    """The scenes of a lesson that were revealed in this session."""
    return st.session_state.setdefault(SEEN, {}).setdefault(str(lesson), set())


def _guesses(lesson: Lesson) -> dict[str, str | None]:
    return st.session_state.setdefault(GUESSED, {}).setdefault(str(lesson), {})


def _revealed(lesson: Lesson, scene: Scene) -> bool:
    """Whether what it shows may be sent: it was asked for, or it asks nothing."""
    if scene.question is None or state.setting("show") == "everything":
        return True
    return scene.name in seen(lesson) or (scene == lesson.scene and lesson.value("seen"))


def _reveal(lesson: Lesson, scene: Scene, guess: str | None = None) -> None:
    """A callback: the reader has committed to an option, or wants to be shown."""
    seen(lesson).add(scene.name)
    _guesses(lesson)[scene.name] = guess
    if scene == lesson.scene:
        lesson.put(seen=True)


def open_scene(lesson: Lesson, name: str) -> None:
    """A callback: go to another scene of the lesson, as far as it was seen before."""
    lesson.put(scene=name, seen=name in seen(lesson))


# --- the scene ---


def _stand(lesson: Lesson, scene: Scene, *, whole: bool) -> None:
    """A scene; a control on it draws it alone again. `whole`: with its drawer open, on its own."""
    part: Any = import_module(f"pages.{FOLDERS[lesson]}.{scene.name}")

    @page.fragment(lesson)
    def stand() -> None:
        revealed = whole or _revealed(lesson, scene)
        with st.container(key=f"scene-{scene.name}-{'seen' if revealed else 'ask'}"):
            words, picture = st.columns([2, 3], gap="large")
            with picture:
                said = (part.after(_guesses(lesson).get(scene.name)) if revealed else part.before())
            with words:
                _words(lesson, scene, revealed, said or {})
            if revealed and hasattr(part, "more"):
                _drawer(part.more, scene)

    stand()


def _words(lesson: Lesson, scene: Scene, revealed: bool, values: dict[str, object]) -> None:
    base = f"{lesson}.scenes.{scene.name}"
    st.header(t(f"{base}.title"), anchor=False)
    st.markdown(t(f"{base}.task"))
    if scene.question is not None:
        (_answer if revealed else _ask)(lesson, scene, scene.question)
    if revealed and has(f"{base}.say", **values):
        st.markdown(t(f"{base}.say", **values))


def _ask(lesson: Lesson, scene: Scene, question: Question) -> None:
    """The question: each option is a button, since arrow keys would choose among radio buttons."""
    base = f"{lesson}.questions.{question.name}"
    with st.container(border=True, gap="xsmall", key=f"question-{lesson}-{question.name}"):
        st.markdown(t(f"{base}.ask"))
        for option in question.options:
            st.button(
                t(f"{base}.{option}"),
                key=f"guess-{option}",
                width="stretch",
                on_click=_reveal,
                args=(lesson, scene, option),
            )
        st.button(
            t("ui.scenes.show"),
            key="just-show-me",
            type="tertiary",
            on_click=_reveal,
            args=(lesson, scene),
        )


def _answer(lesson: Lesson, scene: Scene, question: Question) -> None:
    """What is to be said of the option that was chosen, or of the right one."""
    base, guess = f"{lesson}.questions.{question.name}", _guesses(lesson).get(scene.name)
    with st.container(key=f"answer-{lesson}-{question.name}"):
        if guess is None:
            st.markdown(f"{t(f'{base}.ask')} {t(f'{base}.{question.right}_why')}")
        elif guess == question.right:
            st.success(t(f"{base}.{guess}_why"), icon=":material/check:")
        else:
            why = t("ui.wrong_answer", why=t(f"{base}.{guess}_why"))
            st.info(f"{t('ui.scenes.guessed', guess=t(f'{base}.{guess}'))} {why}")
        st.html(progress.note(lesson, question.name), unsafe_allow_javascript=True)


def _drawer(more: Any, scene: Scene) -> None:
    box = st.expander(t("ui.scenes.more"), key=f"more-{scene.name}", on_change="rerun")
    if box.open:
        with box:
            more()


# --- the way ---


def _way(lesson: Lesson) -> None:
    """All scenes by their titles, and which were seen; the deep ones last."""
    done = seen(lesson)

    def label(name: str) -> str:
        scene = next(each for each in lesson.scenes if each.name == name)
        mark = ":material/check: " if name in done else ":material/stairs: " if scene.deep else ""
        return mark + t(f"{lesson}.scenes.{name}.title")

    key = f"{lesson}.way"
    st.session_state[key] = lesson.value("scene")
    st.segmented_control(
        t("ui.scenes.way"),
        [scene.name for scene in lesson.scenes],
        format_func=label,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: open_scene(lesson, st.session_state[key]),
    )


def _turn(lesson: Lesson) -> None:
    """Back and Next, always at the same place; from the last scene on to the next lesson."""
    at = lesson.scenes.index(lesson.scene)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="scene-turn"):
        st.button(
            t("ui.scenes.back"),
            icon=":material/arrow_back:",
            key="scene-back",
            disabled=at == 0,
            on_click=open_scene,
            args=(lesson, lesson.scenes[max(at - 1, 0)].name),
        )
        if at + 1 < len(lesson.scenes):
            following = lesson.scenes[at + 1].name
            st.button(
                t("ui.scenes.next", title=t(f"{lesson}.scenes.{following}.title")),
                icon=":material/arrow_forward:",
                key="scene-next",
                type="primary",
                on_click=open_scene,
                args=(lesson, following),
            )
        else:
            _leave(lesson)


def _leave(lesson: Lesson) -> None:
    """On to the next lesson, with what was left open; from the last one home."""
    order = list(LESSONS)
    following = order[(order.index(lesson) + 1) % len(order)]
    st.markdown(t(f"{lesson}.onward") if has(f"{lesson}.onward") else "")
    name = t(f"{following}.title")
    if st.button(t("ui.scenes.next", title=name), key="scene-next", type="primary"):
        st.switch_page(script(following))

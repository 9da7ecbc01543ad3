"""A lesson in scenes: one idea on one screen, asked before it is shown.

A scene is an entry of the lesson (`ui.lesson.Scene`) and the module of its name in the lesson's
folder, with

    picture(now) -> None          the picture and its controls, as `now` (a `Moment`) says
    said(now) -> dict             what fills the words below it; may be left out
    more(now) -> None             the drawer "Numbers and details", where there is one
    STAYS                         that its picture is nothing without the app (`ui.pieces`)
    MARKED                        the options of its question that the picture marks where they lie
                                  (`now.mark`); any other that is chosen is named below the picture

Until `now.seen` the picture stands as it was before, and sends nothing that gives the answer away.
It draws the same elements with the same keys then, so that the browser moves what stands there.

What a reader has seen and guessed is the session's; the scene that is open, and whether it is
revealed, travel in the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import streamlit as st

from ui import library, page, pieces, progress, scripts, share, state, terms
from ui.lesson import Lesson, Question, Scene
from ui.lessons import FOLDERS, HOME, LESSONS, script
from ui.text import has, t

# in the session
SEEN, GUESSED, TURNED, LEFT = "scenes.seen", "scenes.guessed", "scenes.turned", "scenes.left"
DEEP = ":material/stairs: "  # what a scene off the path is marked with


@dataclass(frozen=True)
class Moment:
    """Where a reader stands in a scene: whether it is revealed, and the option that was chosen.

    `guess` is None where nothing was asked or nothing was guessed. `whole` is the lesson opened
    out: every picture stands on one page then.
    """

    scene: Scene
    seen: bool
    guess: str | None = None
    whole: bool = False

    @property
    def name(self) -> str:
        """The scene's id."""
        return self.scene.name

    def mark(self, *options: str) -> str:
        """What is written where these options lie in the picture, if one of them was guessed.

        Empty if none was, and as long as nothing is revealed.
        """
        return t("ui.scenes.mark") if self.seen and self.guess in options else ""


def run(lesson: Lesson) -> None:
    """What a lesson's page does: the way, the open scene, and on; or all of it."""
    if following := st.session_state.pop(LEFT, None):
        st.switch_page(script(following))
    if lesson.scene.question is not None and lesson.scene.name in seen(lesson):
        lesson.put(seen=True)  # also where a link from before it was leads to it
    view = state.setting("view")
    if view == "all":
        _opened_out(lesson)
        return
    if view != "embed":
        _way(lesson)
    _stand(lesson, lesson.scene)
    if view != "embed":
        _turn(lesson)


def _opened_out(lesson: Lesson) -> None:
    """The whole lesson, revealed: to prepare, to search, to print. A shared picture stands once."""
    st.title(t(f"{lesson}.title"), anchor=False)
    share.back()
    share.on_paper()
    _contents(lesson)
    drawn: set[str] = set()
    for scene in lesson.scenes:
        _stand(lesson, scene, whole=True, picture=_picture_of(scene) not in drawn)
        drawn.add(_picture_of(scene))


def _contents(lesson: Lesson) -> None:
    """Every scene by its title, and the way to it."""
    with st.container(key="contents"):
        st.markdown(
            "\n".join(f"1. [{_named(lesson, scene)}](#{scene.name})" for scene in lesson.scenes)
        )


def _named(lesson: Lesson, scene: Scene) -> str:
    """A scene's title in the lesson opened out, where no row of scenes tells the deeper ones."""
    return DEEP * scene.deep + t(f"{lesson}.scenes.{scene.name}.title")


def _picture_of(scene: Scene) -> str:
    return scene.picture or scene.name


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
    lesson.put(seen=True)


def _open(lesson: Lesson, name: str) -> None:
    """A callback: go to another scene of the lesson, as far as it was seen before."""
    scene = lesson.scene_of(name)
    if name not in seen(lesson):
        lesson.put(**scene.sets)
    asked = scene.question is not None
    lesson.put(scene=name, seen=asked and name in seen(lesson))
    st.session_state[TURNED] = st.session_state.get(TURNED, 0) + 1


def way_to(lesson: Lesson, name: str, label: str = "") -> None:
    """A link from within a scene to another one of its lesson; where all is open, down the page."""
    label = label or t(f"{lesson}.scenes.{name}.title")
    if state.setting("view") == "all":
        st.markdown(f"[{label}](#{name})")
        return
    st.button(label, key=f"to-{name}", type="tertiary", on_click=_open, args=(lesson, name))


# --- the scene ---


def _stand(lesson: Lesson, scene: Scene, *, whole: bool = False, picture: bool = True) -> None:
    """A scene; a control on it draws it alone again."""

    @page.fragment(lesson)
    def stand() -> None:
        if not whole and scene != lesson.scene:
            st.rerun()  # turned to by the same message that a picture sent: the browser joins them
        revealed = whole or _revealed(lesson, scene)
        now = Moment(scene, revealed, _guesses(lesson).get(scene.name), whole)
        with st.container(key=f"scene-{scene.name}-{'seen' if revealed else 'ask'}"):
            _draw(lesson, now, picture)

    stand()


def _draw(lesson: Lesson, now: Moment, picture: bool) -> None:
    """Words beside the picture, or above it; in a frame elsewhere the picture alone."""
    scene = now.scene
    own, drawn = _module(lesson, scene.name), _module(lesson, _picture_of(scene))
    if state.setting("view") == "embed":
        _picture(lesson, drawn, now)
        _under(lesson, now)
        return
    words, place = _above(scene, now) if scene.wide else _beside(scene)
    with words[0]:
        _title(lesson, now)
        st.markdown(t(f"{lesson}.scenes.{scene.name}.task"))
    with words[1]:
        _words(lesson, now, own.said(now) if now.seen and hasattr(own, "said") else {})
    with place:
        if picture:
            _picture(lesson, drawn, now)
            _guess_in_words(lesson, now, getattr(drawn, "MARKED", ()))
    _drawer(lesson, own, now)  # drawn after the picture, which may set its controls right
    _note(lesson, now)


def _picture(lesson: Lesson, drawn: Any, now: Moment) -> None:
    with st.container(key=f"picture-{now.name}"), library.drawing(lesson, now.name):
        drawn.picture(now)


def _take_along(lesson: Lesson) -> None:
    """The open scene as a file; what it would show is not given away."""
    scene = lesson.scene
    own, drawn = _module(lesson, scene.name), _module(lesson, _picture_of(scene))
    if not _revealed(lesson, scene) or pieces.stays(lesson, _picture_of(scene)):
        return
    now = Moment(scene, True, _guesses(lesson).get(scene.name))

    def tell() -> dict[str, object]:
        drawn.picture(now)
        return own.said(now) if hasattr(own, "said") else {}

    pieces.offer(lesson, scene, share.address, tell)


def _guess_in_words(lesson: Lesson, now: Moment, marked: tuple[str, ...]) -> None:
    """The guess in words, where the picture has no place for it; a line is kept free before."""
    question = now.scene.question
    if question is None or not set(question.options) - set(marked) or now.whole:
        return
    words = "\u00a0"
    if now.seen and now.guess is not None and now.guess not in marked:
        option = t(f"{lesson}.questions.{question.name}.{now.guess}")
        words = t("ui.scenes.marked", guess=option)
    with st.container(key="your-guess"):
        st.caption(words)


def _under(lesson: Lesson, now: Moment) -> None:
    """What stands under a picture in a frame elsewhere: how it goes on, and where it comes from."""
    page.publish(lesson)  # before the link is read from the address
    title = t(f"{lesson}.scenes.{now.name}.title")
    with st.container(horizontal=True, vertical_alignment="center", key="under"):
        if not now.seen:
            _just_show(lesson, now)
        st.markdown(f"[{t('ui.page_title', lesson=title)}]({share.address(view='')})")


def _beside(scene: Scene) -> tuple[tuple[Any, Any], Any]:
    """Where its words stand, and where its picture."""
    with st.container(key=f"beside-{scene.name}"):
        left, right = st.columns([3, 5], gap="medium")
    return (left, left), right


def _above(scene: Scene, now: Moment) -> tuple[tuple[Any, Any], Any]:
    """The same, with the words in two columns above the picture."""
    if now.whole:
        words = st.container()
        return (words, words), st.container()
    with st.container(key=f"above-{scene.name}"):
        left, right = st.columns(2, gap="medium")
    return (left, right), st.container()


def _module(lesson: Lesson, name: str) -> Any:
    return import_module(f"pages.{FOLDERS[lesson]}.{name}")


def _words(lesson: Lesson, now: Moment, values: dict[str, object]) -> None:
    """The question, or what is to be said of the answer; what it came to; what is left open."""
    scene = now.scene
    if scene.question is not None and now.seen:
        _answer(lesson, now, scene.question, values)
    elif scene.question is not None:
        _ask(lesson, now, scene.question)
    if now.seen and has(say := f"{lesson}.scenes.{scene.name}.say"):
        st.markdown(t(say, **values))
    if now.seen and scene == lesson.path[-1] and has(f"{lesson}.onward"):
        with st.container(key="onward"):
            st.markdown(f"*{t(f'{lesson}.onward')}*")


def _title(lesson: Lesson, now: Moment) -> None:
    if now.whole:
        st.header(_named(lesson, now.scene), anchor=now.name)
    else:
        st.title(t(f"{lesson}.scenes.{now.name}.title"), anchor=False)


def _ask(lesson: Lesson, now: Moment, question: Question) -> None:
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
                args=(lesson, now.scene, option),
            )
        _just_show(lesson, now)


def _just_show(lesson: Lesson, now: Moment) -> None:
    st.button(
        t("ui.scenes.show"),
        key="just-show-me",
        type="tertiary",
        on_click=_reveal,
        args=(lesson, now.scene),
    )


def _answer(lesson: Lesson, now: Moment, question: Question, values: dict[str, object]) -> None:
    """What is to be said of the option that was chosen, or of the right one."""
    base = f"{lesson}.questions.{question.name}"
    with st.container(key=f"answer-{lesson}-{question.name}"):
        if now.guess is None:
            st.markdown(f"**{t(f'{base}.ask')}** {t(f'{base}.{question.right}')}")
            st.markdown(t(f"{base}.{question.right}_why", **values))
        elif now.guess == question.right:
            why = t("ui.right_answer", why=t(f"{base}.{now.guess}_why", **values))
            st.success(why, icon=":material/check:")
        else:
            guess = t("ui.scenes.guessed", guess=t(f"{base}.{now.guess}"))
            why = t("ui.wrong_answer", why=t(f"{base}.{now.guess}_why", **values))
            st.info(f"{guess} {why}", icon=":material/close:")


def _drawer(lesson: Lesson, own: Any, now: Moment) -> None:
    """Filled when it is opened; the lesson opened out has it open. It ends with the terms used."""
    if not (now.seen and hasattr(own, "more")):
        return
    box = page.drawer(t("ui.scenes.more"), key=f"more-{now.name}", opened=now.whole)
    if box is not None:
        with box:
            own.more(now)
            terms.line(lesson, now.scene)


def _note(lesson: Lesson, now: Moment) -> None:
    """Tell the browser what is open and was turned to; remember, here and there, what was seen."""
    if now.whole:
        return
    if now.seen:
        seen(lesson).add(now.name)
    turned = scripts.call("turned", f"{lesson} {now.name}", st.session_state.get(TURNED, 0))
    noted = progress.note(lesson, now.name if now.seen else None, now.name)
    scripts.run("scene", page.announcing(lesson), turned, *noted)


# --- the way ---


def _way(lesson: Lesson) -> None:
    """All scenes by short titles, and which were seen; the deeper ones last."""
    done = {*seen(lesson), *progress.done().get(lesson, ())}

    def label(scene: Scene) -> str:
        mark = ":material/check: " if scene.name in done else DEEP * scene.deep
        return mark + t(f"{lesson}.scenes.{scene.name}.short")

    labels = {scene.name: label(scene) for scene in lesson.scenes}  # asked for more than once
    key = f"scenes.way.{lesson}"  # no lesson has a control of that name
    st.session_state[key] = lesson.value("scene")
    with st.container(key="scene-way"):
        st.segmented_control(
            t("ui.scenes.way"),
            list(labels),
            format_func=labels.__getitem__,
            key=key,
            required=True,
            label_visibility="collapsed",
            on_change=lambda: _open(lesson, st.session_state[key]),
        )


def _turn(lesson: Lesson) -> None:
    """Back and Next, always at the same place; after the path on to the next lesson."""
    at = lesson.scenes.index(lesson.scene)
    before = lesson.scenes[at - 1] if at else None
    following = lesson.scenes[at + 1] if at + 1 < len(lesson.scenes) else None
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="scene-turn",
    ):
        st.button(
            t("ui.scenes.back"),
            icon=":material/arrow_back:",
            key="scene-back",
            disabled=before is None,
            on_click=_open,
            args=(lesson, before.name if before else ""),
        )
        with st.container(horizontal=True, wrap=False, width="content", key="scene-share"):
            share.popover(lesson, lambda: _take_along(lesson))
        if following is None or (following.deep and not lesson.scene.deep):
            _leave(lesson)
        else:
            _next(lesson, following)


def _next(lesson: Lesson, following: Scene) -> None:
    st.button(
        t("ui.scenes.next", title=t(f"{lesson}.scenes.{following.name}.short")),
        icon=":material/arrow_forward:",
        icon_position="right",
        key="scene-next",
        type="primary",
        on_click=_open,
        args=(lesson, following.name),
    )


def _leave(lesson: Lesson) -> None:
    """On to the next lesson; from the last one home."""
    order = list(LESSONS)
    following = [*order, HOME][order.index(lesson) + 1]
    st.button(
        t("ui.scenes.next", title=t(f"{following}.title")),
        icon=":material/arrow_forward:",
        icon_position="right",
        key="scene-next",  # a callback: the press that led to this scene has the same key
        type="primary",
        on_click=st.session_state.__setitem__,
        args=(LEFT, following),
    )

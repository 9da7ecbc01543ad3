"""What the HTML of a page says by itself, before the app has come: which lesson it is, which scene.

A link says where it leads and in which language; whoever shows a preview of it, and whoever waits
on a slow line, need no more than that. So the page carries the title and the description, and the
scene's title and task in the place where the app will draw them, with a calm box for the picture.
That goes as soon as the app's own words stand (`assets/shell/first.css`).

What comes from the address chooses among what is there, and is never repeated.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import Scope

from ui import state, text
from ui.lessons import HOME, LESSONS
from ui.outside import tracking
from ui.text import prose, t

LONGEST, MOST = 2000, 64  # bytes of a query that is read, and names in it
#: what a link may say without meaning another scene by it
ASIDE = {"lang", "seen", "scene", *state.SETTINGS}


class Place(NamedTuple):
    """A lesson and its scene, in a language; what is `drawn` looks as the app will.

    Without a scene, a link from before there were any leads somewhere in the lesson.
    """

    lesson: str
    scene: str
    language: str
    drawn: bool


def place(scope: Scope) -> Place | None:
    """Where a link leads; None where that is for the app to say."""
    lesson, query = _lesson(scope["path"]), scope.get("query_string", b"")
    if lesson not in LESSONS or len(query) > LONGEST:
        return None
    try:
        given = parse_qs(query.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST)
    except ValueError:
        return None
    entry, others = LESSONS[lesson], {name for name in given if not tracking(name)} - ASIDE
    if others & entry.moved.keys():
        return None
    scenes = [scene.name for scene in entry.scenes]
    if "scene" not in given:
        scene = scenes[0] if scenes and not others else ""
    elif given["scene"] in [[name] for name in scenes]:
        scene = given["scene"][0]
    else:
        return None
    drawn = given.get("view", ["page"]) == ["page"] and bool(scene or not scenes)
    return Place(lesson, scene, _language(given, Headers(scope=scope)), drawn)


def _lesson(path: str) -> str:
    base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    return path.removeprefix(base).strip("/") or HOME


def _language(given: Mapping[str, list[str]], asked: Headers) -> str:
    """As the app itself decides: by the link, else the first that the browser asks for."""
    wanted = given.get("lang", [])
    first = re.split("[,;]", asked.get("accept-language", ""), maxsplit=1)[0].strip()
    named = state.language_of(wanted[0]) if len(wanted) == 1 else None
    return named or state.language_of(first) or text.FALLBACK


def head(at: Place) -> str:
    """Title and description, for whoever shows a preview of the link."""
    about = "promise" if at.lesson == HOME else "in_a_sentence"
    with text.read_as(at.language, "light"):
        title = t("ui.page_title", lesson=text.title(at.lesson, at.scene))
        description = t(f"{at.lesson}.{about}")
    said = {"title": html.escape(plain(title)), "description": html.escape(plain(description))}
    return (
        f'<title>{said["title"]}</title><meta name="description" content="{said["description"]}">'
        '<meta property="og:type" content="website">'
    ) + "".join(f'<meta property="og:{name}" content="{words}">' for name, words in said.items())


@cache
def fonts() -> str:
    """The letters that every page has, at once: the theme names them when the app has come.

    Those of Korean, five times as heavy, wait until they are asked for.
    """
    told = st.get_option("theme.fontFaces")
    faces = filter(_every_page, told if isinstance(told, list) else [])
    return "".join(
        f'<link rel="preload" href="./{face["url"]}" as="font" type="font/woff2" crossorigin>'
        f'<style>@font-face{{font-family:"{face["family"]}";font-style:{face["style"]};'
        f"font-weight:{face.get('weight') or face['weight_range']};font-display:swap;"
        f'src:url("./{face["url"]}");unicode-range:{face["unicodeRange"]}}}</style>'
        for face in faces
    )


def _every_page(face: Mapping[str, str]) -> bool:
    return face.get("unicodeRange", "").startswith("U+0000")


def body(at: Place) -> str:
    """The title and the task where they will stand, a way above, a picture beside or below."""
    if not at.drawn:
        return ""
    scene = LESSONS[at.lesson].scene_of(at.scene) if at.scene else None
    kind = "start" if scene is None else "wide" if scene.wide else "beside"
    with text.read_as(at.language, "light"):
        said = [*words(at), t("ui.connection.slow")]
    shown = "".join(f"<p>{html.escape(each)}</p>" for each in said)
    return (
        f'<div class="lab-first {kind}" lang="{at.language}">{"<i></i>" if scene else ""}'
        f"<div><section>{shown}</section><b></b></div></div>"
    )


def words(at: Place) -> list[str]:
    """The first words of a page, as its reader has them: a scene's title and task, or the lab's."""
    if not at.scene:
        said = prose(f"{at.lesson}/what").split("\n\n")[:2]
    else:
        table = f"{at.lesson}.scenes.{at.scene}"
        said = [t(f"{table}.{name}") for name in ("title", "task")]
    return [plain(each) for each in said]


def plain(markdown: str) -> str:
    """Words without their marks, formulas as one would write them by hand: γ, z_norm."""
    bare = re.sub(r"\\textcolor\{[^{}]*\}|\\math\w+", "", markdown)
    bare = re.sub(r"\\([A-Za-z]+)", lambda found: _letter(found[1]), bare)
    bare = re.sub(r"[$*{}]|^#+ ", "", bare)
    return " ".join(bare.split())


def _letter(name: str) -> str:
    """A Greek letter by its name in a formula."""
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    except KeyError:
        return ""

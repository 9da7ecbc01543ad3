"""A picture that leaves: one HTML file that needs no server, in every language, light and dark.

It carries the scene's words, the app's own programs for its components (`ui.modules`), what Python
mounted them with, and a little host that plays Streamlit's part (`assets/piece`). Colours are those
of a light page; the host changes each idea's colour on a dark one. What a chart looks like is drawn
by the browser that saves the piece (`assets/components/piece`), beside it stands every number.

What only the app can answer (a component's `asks`) is shown as it was, and the piece says so.
"""

from __future__ import annotations

import base64
import html
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urljoin

import numpy as np
import streamlit as st

from bncore import __version__
from figures.theme import COLOURS, FAINT, INK, PAPER, Mode
from ui import modules, state, streamlits, text
from ui.components import REGISTERED, Component, Mounted, noting
from ui.files import ASSETS
from ui.lesson import Lesson, Scene
from ui.lessons import FOLDERS, LESSONS
from ui.text import has, t

FOLDER = ASSETS / "piece"
#: components that are no pictures
OTHERS = {"intake", "piece", "progress"}
#: what of Streamlit's is moved by a hand, by the names of its messages
CONTROLS = {
    *("button", "button_group", "checkbox", "number_input", "radio", "selectbox", "slider"),
    *("text_input", "text_area", "multiselect"),
}
TURN = "pieces.turn"  # in the session
#: what a component's style sheet may ask of the theme
THEME = (
    *("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "linkColor"),
    "borderColor",
)
GREEK = {
    **dict(zip(("alpha", "beta", "gamma", "epsilon", "mu", "rho"), "αβγεμρ", strict=True)),
    **{"sigma": "σ", "eta": "η", "varepsilon": "ε", "times": "×", "cdot": "·", "Delta": "Δ"},
}

_component = Component("piece", {}, html=("piece/index.html",), js="piece/index.js")


@dataclass(frozen=True)
class Still:
    """What stands in a picture beside its components: HTML, on a light and on a dark page."""

    light: str
    dark: str


@dataclass
class Seen:
    """What a picture has drawn: its parts in their order, and whether there were controls."""

    parts: list[Mounted | Still] = field(default_factory=list)
    controls: bool = False

    def note(self, mounted: Mounted) -> None:
        """A component."""
        if mounted.component.name not in OTHERS:
            self.parts.append(mounted)

    def add(self, element: Any) -> None:
        """Anything else, as Streamlit would have sent it."""
        kind = element.WhichOneof("type")
        body = {"html": element.html.body, "markdown": element.markdown.body}.get(kind, "")
        if kind == "markdown" and not element.markdown.allow_html:
            body = "" if "$$" in body else f"<p>{written(body, '')}</p>"
        if "\\" in re.sub(r"<style>.*?</style>", "", body, flags=re.DOTALL):
            body = ""  # a formula; the app sets them
        if body:
            self.parts.append(Still(body, body))
        elif kind in CONTROLS:
            self.controls = True


@dataclass(frozen=True)
class Told:
    """A scene in one language: its words, its picture, the link that leads back."""

    title: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    link: str
    seen: Seen


# --- in the app ---


def offer(
    lesson: Lesson,
    scene: Scene,
    address: Callable[..., str],
    draw: Callable[[], Mapping[str, object]],
) -> None:
    """The button; once it is pressed, what saves the file.

    `draw` draws the scene's picture and gives what fills its words; `address` is its link.
    """
    pressed = st.button(
        t("ui.pieces.take"),
        icon=":material/download:",
        key="take-along",
        help=t("ui.pieces.take_help"),
    )
    if pressed:
        turn = st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        _component("piece", sent(lesson, scene, address, draw, turn))


def sent(
    lesson: Lesson,
    scene: Scene,
    address: Callable[..., str],
    draw: Callable[[], Mapping[str, object]],
    turn: int = 1,
) -> bytes:
    """The file, and the charts that it lacks yet: what the browser needs to save it."""
    codes = sorted(text.languages(), key=lambda code: code != text.language())
    links = {code: address(view="", lang=code) for code in codes}
    found = {code: _told(lesson, scene, code, links[code], draw) for code in codes}
    about = {
        "name": file_name(lesson, scene.name),
        "charts": _charts(found),
        "turn": turn,
        "words": {name: t(f"ui.pieces.{name}") for name in ("saved", "failed")},
    }
    return zlib.compress(f"{json.dumps(about)}\n{page(found)}".encode())


def _told(
    lesson: Lesson,
    scene: Scene,
    code: str,
    link: str,
    draw: Callable[[], Mapping[str, object]],
) -> Told:
    """The scene as a reader of this language has it."""
    values = {state.key(lesson, each.name): lesson.value(each.name) for each in lesson.controls}

    def look(mode: Mode) -> tuple[Seen, Mapping[str, object]]:
        seen = Seen()

        def drawn() -> Mapping[str, object]:
            with text.read_as(code, mode), noting(seen.note):
                return draw()

        return seen, streamlits.apart(drawn, values, seen.add)

    seen, said = look("light")
    if any(isinstance(part, Still) for part in seen.parts):  # else the host knows how
        dark, _ = look("dark")
        both = zip(seen.parts, dark.parts, strict=True)
        seen.parts = [
            Still(one.light, other.dark)
            if isinstance(one, Still) and isinstance(other, Still)
            else one
            for one, other in both
        ]
    with text.read_as(code, "light"):
        return told(lesson, scene, said, link, seen)


# --- the file ---


def page(told: Mapping[str, Told]) -> str:
    """The file, with a place for its charts; the first language is the one it opens in."""
    first = next(iter(told))
    fill = {
        "language": first,
        "version": __version__,
        "name": html.escape(told[first].title),
        "style": f"{_colours()}\n{_file('style.css')}",
        "heads": "\n".join(_head(code, one, code == first) for code, one in told.items()),
        "feet": "\n".join(_foot(code, one, code == first) for code, one in told.items()),
        "payload": base64.b64encode(zlib.compress(_payload(told).encode(), 9)).decode(),
        "host": f'"use strict";\n{_file("host.js")}',
    }
    return _filled("page.html", fill)


def _filled(name: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda found: values[found[1]], _file(name))


def _head(code: str, told: Told, shown: bool) -> str:
    words = "".join(f"<p>{written(one, told.link)}</p>" for one in told.above)
    return _said(code, "header", f"<h1>{html.escape(told.title)}</h1>{words}", shown)


def _foot(code: str, told: Told, shown: bool) -> str:
    with text.read_as(code, "light"):
        live = f'<p><a href="{html.escape(told.link)}">{html.escape(t("ui.pieces.live"))}</a></p>'
        asks = told.seen.controls or any(
            isinstance(part, Mounted) and part.component.asks for part in told.seen.parts
        )
        note = f"<p>{html.escape(t('ui.pieces.asks'))}</p>" if asks else ""
        source = written(t("ui.footer", version=__version__), told.link)
    words = "".join(f"<p>{written(one, told.link)}</p>" for one in told.below)
    body = f'{words}{note}{live}<p class="source">{source}</p>'
    return _said(code, "footer", body, shown)


def _said(code: str, tag: str, body: str, shown: bool) -> str:
    hidden = "" if shown else " hidden"
    return f'<{tag} data-said lang="{code}"{hidden}>{body}</{tag}>'


def _payload(told: Mapping[str, Told]) -> str:
    """What the host reads: parts, what each was mounted with by language, and the programs."""
    codes = list(told)
    parts: list[dict[str, Any]] = []
    data: dict[str, list[dict[str, Any]]] = {code: [] for code in codes}
    for several in zip(*(one.seen.parts for one in told.values()), strict=True):
        part, each = _part(several)
        parts.append(part)
        for code, one in zip(codes, each, strict=True):
            data[code].append(one)
    names = dict.fromkeys(part["name"] for part in parts if part["kind"] == "picture")
    return json.dumps(
        {
            "parts": parts,
            "languages": {
                code: {"words": _words(code, told[code]), "parts": data[code]} for code in codes
            },
            "program": _program(tuple(names)),
            "colours": recoloured(),
        },
        ensure_ascii=False,
    )


@cache
def _program(names: tuple[str, ...]) -> str:
    return modules.programs({name: REGISTERED[name].js for name in names})


def _words(code: str, told: Told) -> dict[str, str]:
    with text.read_as(code, "light"):
        words = {name: t(f"ui.pieces.{name}") for name in ("dark", "light", "numbers")}
    return words | {"name": text.name_of(code), "title": told.title}


def _part(
    several: tuple[Mounted | Still, ...],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A part, and what there is of it in each language."""
    if isinstance(several[0], Still):
        stills = [each for each in several if isinstance(each, Still)]
        return {"kind": "still", "name": "still", "class": streamlits.MARKDOWN}, [
            vars(each) for each in stills
        ]
    mounted = [each for each in several if isinstance(each, Mounted)]
    one = mounted[0].component
    if one.name == "chart":
        charts = [unpacked(each.data) for each in mounted]
        values = [[values for _, values in table] for _, table in numbers(charts[0])]
        names = [
            {"alt": chart["alt"], "table": [_names(each) for each in numbers(chart)]}
            for chart in charts
        ]
        field = any(trace.get("z") is not None for trace in charts[0]["data"])
        part = {"kind": "chart", "name": mounted[0].key, "values": values, "field": field}
        return part, names
    part = {
        "kind": "picture",
        "name": one.name,
        "html": one.html or "",
        "css": one.css or "",
        "asks": one.asks,
    }
    given = [each.data for each in mounted]
    if not isinstance(given[0], bytes):
        return part, [{"json": json.dumps(each, ensure_ascii=False)} for each in given]
    tail = _tail(given)
    part["tail"] = base64.b64encode(given[0][len(given[0]) - tail :]).decode()
    return part, [{"head": each[: len(each) - tail].decode("latin-1")} for each in given]


def _names(table: tuple[str, list[tuple[str, list[Any]]]]) -> dict[str, Any]:
    name, columns = table
    return {"name": name, "heads": [head for head, _ in columns]}


def _tail(several: list[bytes]) -> int:
    """How many bytes at their end are the same in all of them."""
    shortest = min(map(len, several))
    arrays = [np.frombuffer(one, np.uint8)[len(one) - shortest :] for one in several]
    differs = np.flatnonzero(np.any([array != arrays[0] for array in arrays], axis=0))
    # settings stand in front: where there is one language alone they are no tail either
    return shortest - (int(differs[-1]) + 1 if len(differs) else shortest)


def recoloured() -> dict[str, str]:
    """Each colour of a light page, and what it is on a dark one."""
    pairs = [*COLOURS.values(), *((each["light"], each["dark"]) for each in (PAPER, INK, FAINT))]
    return {light.upper(): dark.upper() for light, dark in pairs}


@cache
def _file(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@cache
def _colours() -> str:
    """The theme as variables, for light and for dark, by the system's wish until a hand chooses."""

    def of(mode: str) -> str:
        names = {
            name: re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name) for name in THEME
        }
        found = {css: st.get_option(f"theme.{mode}.{name}") for name, css in names.items()}
        lines = "".join(f"--st-{css}: {value}; " for css, value in found.items())
        return f"{{ color-scheme: {mode}; {lines}}}"

    usual = "--st-font: 'Lab Sans', system-ui, sans-serif; --st-base-radius: .6rem;"
    return (
        f":root {{ {usual} }}\n:root {of('light')}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {of('dark')} }}\n"
        f":root[data-mode=light] {of('light')}\n:root[data-mode=dark] {of('dark')}"
    )


# --- charts ---


def unpacked(data: bytes) -> dict[str, Any]:
    """What a chart is drawn from, as the browser gets it (`ui.chart.finished`)."""
    found: dict[str, Any] = json.loads(zlib.decompress(data).split(b"\n", 1)[0])
    return found


def _charts(told: Mapping[str, Told]) -> dict[int, dict[str, Any]]:
    """The charts by the number of their part, in every language."""
    found: dict[int, dict[str, Any]] = {}
    for code, one in told.items():
        for at, each in enumerate(one.seen.parts):
            if isinstance(each, Mounted) and each.component.name == "chart":
                found.setdefault(at, {})[code] = unpacked(each.data)
    return found


def numbers(chart: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """Every number that a chart draws: for each trace its name and its columns, by their heads."""
    found = []
    for trace in chart["data"]:
        columns: list[tuple[str, list[Any]]] = []
        for axis in ("x", "y", "z"):
            values = _values(trace.get(axis))
            if values and isinstance(values[0], list):  # a field: a column for each place along x
                across = _values(trace.get("x")) or list(range(1, 1 + len(values[0])))
                fields = zip(across, zip(*values, strict=True), strict=True)
                columns = columns[-1:] + [(str(at), list(column)) for at, column in fields]
            elif values:
                columns.append((_axis(chart["layout"], trace, axis), values))
        if columns:
            found.append((_plain(str(trace.get("name") or "")), columns))
    return found


def _values(given: Any) -> list[Any]:
    """A trace's array as numbers or words; what is no number is nothing."""
    if isinstance(given, Mapping):
        array = np.frombuffer(base64.b64decode(given["bdata"]), dtype=f"<{given['dtype']}")
        if "shape" in given:
            array = array.reshape([int(part) for part in given["shape"].split(",")])
        given = array.tolist()
    return [_finite(one) for one in given or ()]


def _finite(one: Any) -> Any:
    if isinstance(one, list):
        return [_finite(each) for each in one]
    return None if isinstance(one, float) and not np.isfinite(one) else one


def _axis(layout: Mapping[str, Any], trace: Mapping[str, Any], axis: str) -> str:
    """What an axis is called."""
    number = str(trace.get(f"{axis}axis", axis))[1:]
    title = layout.get(f"{axis}axis{number}", {}).get("title") or {}
    return _plain(title if isinstance(title, str) else title.get("text") or "") or axis


def _plain(words: str) -> str:
    """Without the little HTML that Plotly understands."""
    return html.unescape(re.sub(r"<[^>]*>", " ", words)).strip()


# --- words ---


def told(lesson: Lesson, scene: Scene, said: Mapping[str, object], link: str, seen: Seen) -> Told:
    """A scene's words in the language of now: what to do, what comes out, and why."""
    base, below = f"{lesson}.scenes.{scene.name}", []
    if (question := scene.question) is not None:
        asked = f"{lesson}.questions.{question.name}"
        below += [f"**{t(f'{asked}.ask')}** {t(f'{asked}.{question.right}')}"]
        below += [t(f"{asked}.{question.right}_why", **said)]
    if has(say := f"{base}.say"):
        below.append(t(say, **said))
    return Told(t(f"{base}.title"), (t(f"{base}.task"),), tuple(below), link, seen)


def written(words: str, link: str) -> str:
    """The little Markdown of our sentences as HTML. Links lead to the app."""
    formulas: list[str] = []

    def keep(found: re.Match[str]) -> str:
        formulas.append(f'<i class="math">{_formula(found[1])}</i>')
        return f"\0{len(formulas) - 1}\0"

    out = re.sub(r"(?<!\\)\$([^$]+)\$", keep, words)
    out = html.escape(re.sub(r":material/\w+:\s*", "", out), quote=False)
    out = re.sub(r"`([^`]+)`", r"<code>\1</code>", out)
    out = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", out)
    out = re.sub(r"(?<![\w*])\*([^*\s]|[^*\s][^*]*?[^*\s])\*", r"<i>\1</i>", out)
    out = re.sub(
        r"\[([^\]]+)\]\(([^)\s]+)\)",
        lambda found: (
            f'<a href="{html.escape(urljoin(link, html.unescape(found[2])))}">{found[1]}</a>'
        ),
        out,
    )
    out = re.sub(r"\n\s*\n", "<br>", out.replace(r"\$", "$"))
    return re.sub(r"\0(\d+)\0", lambda found: formulas[int(found[1])], out)


def _formula(tex: str) -> str:
    """The few symbols that stand in sentences. What is not known stays readable as it is."""
    out = re.sub(r"\\(?:mathrm|text|mathbf|boldsymbol|operatorname)\{([^{}]*)\}", r"\1", tex)
    out = re.sub(r"\\textcolor\{#\w+\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", out)
    out = re.sub(r"\\(?:tilde|widetilde)\s*\{?(\\?\w+)\}?", "\\1\u0303", out)
    out = re.sub(r"\\(?:hat|widehat)\s*\{?(\\?\w+)\}?", "\\1\u0302", out)
    out = re.sub(r"\\sqrt\{((?:[^{}]|\{[^{}]*\})*)\}", r"√(\1)", out)
    out = re.sub(r"\\([A-Za-z]+)\s*", lambda found: GREEK.get(found[1], found[0]), out)
    out = html.escape(out.replace(r"\,", " ").replace("-", "−"), quote=False)
    out = re.sub(r"_(?:\{([^{}]*)\}|(\w))", lambda f: f"<sub>{f[1] or f[2]}</sub>", out)
    return re.sub(r"\^(?:\{([^{}]*)\}|(\w))", lambda f: f"<sup>{f[1] or f[2]}</sup>", out)


# --- the page that shows them ---


def leaving() -> list[tuple[str, str]]:
    """Lesson and scene of every picture that leaves, in order."""
    return [
        (str(lesson), scene.name)
        for lesson in LESSONS.values()
        for scene in lesson.scenes
        if not stays(lesson, scene.picture or scene.name)
    ]


def stays(lesson: Lesson, picture: str) -> bool:
    """Whether a scene's picture is nothing without the app, as its module says (`STAYS`)."""
    return getattr(import_module(f"pages.{FOLDERS[lesson]}.{picture}"), "STAYS", False)


def file_name(lesson: str, scene: str) -> str:
    """What a piece is called."""
    return f"{lesson}-{scene}.html"


def index(there: Callable[[str], bool]) -> str:
    """The page that shows them, beside a list in every language; `there` says which files are."""
    files = [each for each in leaving() if there(file_name(*each))]
    lists = []
    for code in text.languages():
        with text.read_as(code, "light"):
            names = {each: t(f"{each[0]}.scenes.{each[1]}.title") for each in files}
            heads = {lesson: t(f"{lesson}.title") for lesson, _ in files}
            items = [f"<h1>{html.escape(t('ui.pieces.all'))}</h1>"]
        for lesson, head in heads.items():
            links = "".join(
                f'<li><a href="{file_name(*each)}" target="piece">{html.escape(name)}</a></li>'
                for each, name in names.items()
                if each[0] == lesson
            )
            items.append(f"<h2>{html.escape(head)}</h2><ul>{links}</ul>")
        lists.append(f'<section lang="{code}">{"".join(items)}</section>')
    fill = {
        "style": f"{_colours()}\n{_file('style.css')}",
        "lists": f'<div class="lists">{"".join(lists)}</div>',
        "first": file_name(*files[0]) if files else "about:blank",
        "shows": html.escape(t("ui.pieces.all")),
    }
    return _filled("index.html", fill)

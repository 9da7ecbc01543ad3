"""A house like this one with one more lesson, language, component and claim, as files.

All that it shares with this one is linked, not copied.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.registries.dummies import NAME

ROOT = Path(__file__).parents[2]
YOUNG = "xx"  # a language that says one label and one passage of its own

ENTRY = """\
from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Integer, Number, Numbers, Switch


def controls():
    return (
        Choice("which", "a", ("a", "b", "c")),
        Choice("rung", 1, (1, 2, 4)),
        Integer("count", 3, 1, 9, was="number"),
        Number("share", 0.5, 0.0, 1.0, step=0.1),
        Switch("on", True),
        Numbers("list", (1.0, 2.0), most=4),
    )


LESSON = Lesson(
    "dummy",
    ":material/science:",
    controls,
    scenes=(
        Scene("first", 2, Question("ask", ("yes", "no"), right="yes"), owns=("which",)),
        Scene("second", deep=True, wide=True, sets={"count": 5}, owns=("list",)),
    ),
)
"""
PAGE = """\
from pages.dummy import LESSON
from ui import scenes

scenes.run(LESSON)
"""
FIRST = """\
from pages.dummy import LESSON
from ui import controls, page
from ui.components import Component
from ui.outside import count

component = Component("dummy", {"told": count}, js="dummy/index.js")


def picture(now):
    component("the-dummy", {"say": 7 if now.seen else 0}, on_told=lambda told: None)
    controls.choice(LESSON, "which")
    controls.ladder(LESSON, "rung")
    controls.entry(LESSON, "count")
    controls.slider(LESSON, "share")
    controls.switch(LESSON, "on")


def said(now):
    return {"count": LESSON.value("count")}


def more(now):
    page.source(component.hear, key="dummy")
"""
SECOND = """\
from pages.dummy import LESSON
from ui import page


def picture(now):
    page.say("dummy/intro", **{name: LESSON.value(name) for name in ("count", "list")})
"""
WORDS = """\
title = "The dummy lesson"
in_a_sentence = "It is there to be there."
onward = "Nothing is left open."

[scenes]
first = { title = "The first scene", short = "First", task = "Look.", say = "It is [[count]]." }
second = { title = "The second scene", short = "Second", task = "Look again." }

[controls]
which = { label = "Which", options = { a = "The first", b = "The second" } }
rung = { label = "Rung" }
count = { label = "Count" }
share = { label = "Share" }
on = { label = "On" }
list = { label = "List" }

[questions.ask]
ask = "Is it there?"
yes = "Yes."
yes_why = "Right: it is."
no = "No."
no_why = "It is, and it is [[count]]."
"""
CLAIM_WORDS = """
[claims.dummy]
say = "The dummy claim."
how = "It is not measured."
much = "how much"
"""


def build(at: Path) -> Path:
    """In an empty folder; returns it."""
    for name in ("bncore", "experiments", "figures", "ui", "tests"):
        (at / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "app.py", at)
    _lesson(_like(ROOT / "pages", at / "pages"))
    assets = _like(ROOT / "assets", at / "assets", but=("locales", "evidence", "components"))
    shutil.copytree(ROOT / "assets" / "locales", assets / "locales")
    _words(assets / "locales")
    components = _like(ROOT / "assets" / "components", assets / "components")
    (components / NAME).mkdir()
    (components / NAME / "index.js").write_text("export default function () {}\n", "utf-8")
    _measured(_like(ROOT / "assets" / "evidence", assets / "evidence"))
    return at


def _like(folder: Path, new: Path, but: tuple[str, ...] = ()) -> Path:
    """A folder of links to what is in the other."""
    new.mkdir()
    for file in folder.iterdir():
        if file.name not in (*but, "__pycache__"):
            (new / file.name).symlink_to(file)
    return new


def _rewrite(file: Path, text: str) -> None:
    file.unlink()  # it is a link
    file.write_text(text, "utf-8")


def _lesson(pages: Path) -> None:
    """A folder, and its name in the order of the menu."""
    order = (pages / "__init__.py").read_text("utf-8")
    _rewrite(pages / "__init__.py", f'{order}\nORDER = (*ORDER, "{NAME}")\n')
    (pages / NAME).mkdir()
    (pages / NAME / "__init__.py").write_text(ENTRY, "utf-8")
    for name, code in (("page", PAGE), ("first", FIRST), ("second", SECOND)):
        (pages / NAME / f"{name}.py").write_text(code, "utf-8")


def _words(locales: Path) -> None:
    """The lesson and the claim in English alone; a language that has hardly begun."""
    (locales / "en" / NAME).mkdir()
    (locales / "en" / NAME / "labels.toml").write_text(WORDS, "utf-8")
    (locales / "en" / NAME / "intro.md").write_text("Here are [[count]] and [[list]].", "utf-8")
    with (locales / "en" / "why" / "labels.toml").open("a", encoding="utf-8") as file:
        file.write(CLAIM_WORDS)
    (locales / YOUNG / "home").mkdir(parents=True)
    (locales / YOUNG / "ui.toml").write_text('language_switch = "Xxlang"\n', "utf-8")
    (locales / YOUNG / "home" / "what.md").write_text("Xxwhat.", "utf-8")


def _measured(evidence: Path) -> None:
    """The claim's row in the table."""
    file = evidence / "claims.json"
    table = json.loads(file.read_text("utf-8"))
    like = next(iter(table["claims"].values()))
    number = {"kind": "number", "mean": 2.0, "band": 0.1, "values": [1.0, 2.0, 3.0]}
    row = {"verdict": "weak", "lesson": NAME, "seeds": [0, 1, 2], "numbers": {"much": number}}
    table["claims"][NAME] = like | row
    _rewrite(file, json.dumps(table))

"""Modules joined: in order, each once, in scopes of their own; what cannot be joined says where."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.assets.node import NODE, needed, run
from ui import modules, page
from ui.files import COMPONENTS
from ui.modules import JoinError

Write = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path):
    """A function that writes modules, and returns where they are."""

    def write(files: Write) -> Path:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
        return tmp_path

    return write


LITTLE = {
    "kit/one.js": "const secret = 1;\nexport const one = () => secret;\n",
    "kit/two.js": (
        'import { one } from "./one.js";\n'
        "const secret = 2;\nexport function two() { return one() + secret; }\n"
    ),
    "me/index.js": (
        'import {\n  one,\n  two,\n} from "../kit/two.js";\n'.replace("  one,\n", "")
        + 'import { one } from "../kit/one.js";\n'
        "const secret = 3;\nexport class Three { sum = one() + two() + secret; }\n"
        "export default () => new Three().sum;\n"
    ),
}


def test_what_is_needed_comes_first_and_once(folder) -> None:
    text = modules.module("me/index.js", folder(LITTLE))
    places = [text.index(f"// {path}\n") for path in LITTLE]
    assert places == sorted(places)
    assert all(text.count(f"// {path}\n") == 1 for path in LITTLE)
    assert not re.search(r"^\s*import", text, re.MULTILINE)
    assert text.count("export") == 2  # of the one that is joined


@needed
def test_names_of_a_module_are_its_own(folder, tmp_path: Path) -> None:
    """Three of them have a `secret`."""
    file = tmp_path / "joined.mjs"
    file.write_text(modules.module("me/index.js", folder(LITTLE)), "utf-8")
    assert run(f'import me from "{file.as_uri()}"; console.log(me());') == "7"


@needed
def test_a_script_that_is_no_module_has_the_exports_as_an_object(folder) -> None:
    expression = modules.value("kit/two.js", folder(LITTLE))
    assert run(f"console.log(({expression}).two(), Object.keys({expression}).join());") == "3 two"
    with pytest.raises(JoinError, match=r"me/index\.js:7: only a module has a default export"):
        modules.value("me/index.js", folder(LITTLE))


def test_lines_keep_their_number_within_a_file(folder) -> None:
    text = modules.module("me/index.js", folder(LITTLE))
    own = text.partition("// me/index.js\n")[2].splitlines()
    assert own[4] == LITTLE["me/index.js"].splitlines()[4] == "const secret = 3;"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.js": 'import { b } from "./b.js";\n', "b.js": ""}, r"a\.js: b\.js does not export b"),
        ({"a.js": '\nimport { b } from "./b.js";\n'}, r"a\.js: there is no b\.js"),
        (
            {
                "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { c } from "./c/c.js";\nexport const b = 1;\n',
                "c/c.js": 'import { a } from "../a.js";\nexport const c = 1;\n',
            },
            r"a circle: a\.js → b\.js → c/c\.js → a\.js",
        ),
        (
            {"a.js": 'import { a } from "./a.js";\nexport const a = 1;\n'},
            r"a circle: a\.js → a\.js",
        ),
        ({"a.js": 'import { b } from "b.js";\n'}, r"a\.js: b\.js is no path"),
        ({"a.js": 'import { b } from "https://b.js";\n'}, r"a\.js: https://b\.js is no path"),
        ({"m/a.js": 'import { b } from "../../b.js";\n'}, r"m/a\.js: there is no \.\./b\.js"),
        ({"a.js": 'import { b as c } from "./b.js";\n', "b.js": ""}, r"a\.js:1: names alone"),
        ({"a.js": 'import { } from "./b.js";\n', "b.js": ""}, r"a\.js:1: names alone"),
        ({"a.js": '\n\nimport * as b from "./b.js";\n'}, r"a\.js:3: this way to import"),
        ({"a.js": 'import b from "./b.js";\n'}, r"a\.js:1: this way to import"),
        ({"a.js": 'import "./b.js";\n'}, r"a\.js:1: this way to import"),
        ({"a.js": 'const b =\n  await import("./b.js");\n'}, r"a\.js:2: this way to import"),
        ({"a.js": "const b = import.meta.url;\n"}, r"a\.js:1: this way to import"),
        ({"a.js": "const b = 1;\nexport { b };\n"}, r"a\.js:2: this way to import"),
        ({"a.js": 'export * from "./b.js";\n'}, r"a\.js:1: this way to import"),
        ({"a.js": "export let b = 1;\n"}, r"a\.js:1: this way to import"),
        ({"a.js": "export const { b } = {};\n"}, r"a\.js:1: this way to import"),
        (
            {"a.js": 'import { b } from "./b.js";\nimport { c } from "./b.js";\n', "b.js": ""},
            r"a\.js:2: b\.js is imported twice",
        ),
        (
            {
                "a.js": 'import { b } from "./b.js";\n',
                "b.js": "export const b = 1;\nexport default b;\n",
            },
            r"b\.js:2: a default export that nobody can import",
        ),
        ({}, r"there is no a\.js"),
    ],
)
def test_what_cannot_be_joined_says_where(folder, files: Write, says: str) -> None:
    entry = next(iter(files), "a.js")
    with pytest.raises(JoinError, match=says):
        modules.module(entry, folder(files))


def test_a_comment_may_say_what_it_likes(folder) -> None:
    text = '/** @typedef {import("./b.js").B} B */\n// import * as b\nexport default 1; // import\n'
    assert modules.module("a.js", folder({"a.js": text})).endswith(text)


def test_no_way_leads_out_of_the_folder(folder) -> None:
    folder({"b.js": "export const b = 1;\n"})
    inner = folder({"in/a.js": 'import { b } from "../b.js";\n'}) / "in"
    with pytest.raises(JoinError, match=r"\.\./b\.js: no name of a module below in"):
        modules.module("a.js", inner)


# --- ours ---


#: of every component; that they are those that are registered, tests/ui/test_components.py says
ENTRIES = sorted(f"{file.parent.name}/index.js" for file in COMPONENTS.glob("*/index.js"))
PAGES = ("kit/hear.js",)  # and what the page itself takes of it (`ui.scripts`)


def sources() -> list[Path]:
    return sorted(COMPONENTS.rglob("*.js"))


def test_every_module_is_checked_by_an_editor_and_a_glance_long() -> None:
    for file in sources():
        lines = file.read_text("utf-8").splitlines()
        assert lines[0] == "// @ts-check", file
        assert len(lines) <= 300, file


def test_every_module_belongs_to_a_component() -> None:
    used: set[str] = set()
    for entry in (*ENTRIES, *PAGES):
        used |= set(re.findall(r"^// (\S+\.js)$", modules.module(entry), re.MULTILINE))
    assert used == {file.relative_to(COMPONENTS).as_posix() for file in sources()}


def test_a_kit_knows_no_component() -> None:
    for file in (COMPONENTS / "kit").glob("*.js"):
        assert not re.search(r'from "\.\./', file.read_text("utf-8")), file


@needed
def test_every_component_loads_as_one_module(tmp_path: Path) -> None:
    """Without a page: what needs one is done when it is mounted."""
    script = []
    for number, entry in enumerate(ENTRIES):
        file = tmp_path / f"{number}.mjs"
        file.write_text(modules.module(entry), "utf-8")
        script.append(f'console.log(typeof (await import("{file.as_uri()}")).default);')
    assert run("\n".join(script)).split() == ["function"] * len(ENTRIES)


@needed
def test_what_is_pure_is_tested_where_no_page_is() -> None:
    tests = sorted(map(str, Path(__file__).parent.glob("*.test.mjs")))
    done = subprocess.run(
        [str(NODE), "--test", *tests], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_run_from_html_has_nothing_like_a_tag() -> None:
    """`Record<string, …>` in a comment once took the script with it: Streamlit cleans HTML."""
    script = page._script("class.js")
    assert re.findall(r"<[\w/!]\w*", script) == ["<script", "</script"]


def test_a_picture_knows_nothing_of_those_who_mount_it() -> None:
    """So that it can stand in any page: what Streamlit gives and is given passes one line."""
    mounting = {file for file in sources() if file.name == "index.js"}
    mounting.add(COMPONENTS / "kit" / "mount.js")
    for file in sources():
        said = re.search(r"setStateValue|setTriggerValue|parentElement", file.read_text("utf-8"))
        assert not said or file in mounting, file


@needed
def test_a_picture_can_be_had_without_streamlit() -> None:
    """As a script without imports, for a page of its own."""
    script, names = [], []
    for entry in ENTRIES:
        text = (COMPONENTS / entry).read_text("utf-8")
        if found := re.search(
            r'import { (\w+) } from "\./(\w+\.js)";\n\nexport default mounted', text
        ):
            names.append(found[1])
            one = modules.value(f"{Path(entry).parent}/{found[2]}")
            script.append(f"console.log(({one}).{found[1]}.name);")
    assert len(names) >= 6
    assert run("\n".join(script)).split() == names

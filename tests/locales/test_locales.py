"""Languages are level, and no sentence that a user reads stands in code.

A young language may lack what it likes, and says nothing else than English does.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.complete import languages
from ui import text
from ui.lessons import LESSONS
from ui.state import Choice

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "assets" / "locales"
REFERENCE = LOCALES / "en"
OTHERS = [LOCALES / code for code in text.languages() if code != "en"]
HANGUL = re.compile("[가-힣]")


def flat(table: dict, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def labels(file: Path) -> dict[str, str]:
    return dict(flat(tomllib.loads(file.read_text("utf-8"))))


def relative(folder: Path, ending: str) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob(f"*{ending}")}


@pytest.mark.parametrize("language", languages())
def test_a_complete_language_lacks_nothing(language: str) -> None:
    assert text.missing(language) == ()


@pytest.mark.parametrize("language", OTHERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("ending", [".toml", ".md"])
def test_no_language_has_a_file_of_its_own(language: Path, ending: str) -> None:
    assert relative(language, ending) <= relative(REFERENCE, ending)


@pytest.mark.parametrize("language", OTHERS, ids=lambda folder: folder.name)
def test_every_label_is_english_too_and_has_the_same_placeholders(language: Path) -> None:
    for name in sorted(relative(language, ".toml")):
        ours, theirs = labels(REFERENCE / name), labels(language / name)
        assert theirs.keys() <= ours.keys(), name
        for key in theirs:
            assert set(text.PLACEHOLDER.findall(ours[key])) == set(
                text.PLACEHOLDER.findall(theirs[key])
            ), f"{name}: {key}"


@pytest.mark.parametrize("language", OTHERS, ids=lambda folder: folder.name)
def test_every_passage_has_the_same_placeholders_and_formula_count(language: Path) -> None:
    for name in sorted(relative(language, ".md")):
        ours, theirs = (LOCALES / code / name for code in ("en", language.name))
        found = [set(text.PLACEHOLDER.findall(file.read_text("utf-8"))) for file in (ours, theirs)]
        assert found[0] == found[1], name


def test_korean_passages_are_korean_and_english_ones_are_not() -> None:
    for name in relative(REFERENCE, ".md"):
        assert HANGUL.search((LOCALES / "ko" / name).read_text("utf-8")), name
        assert not HANGUL.search((REFERENCE / name).read_text("utf-8")), name


def test_every_lesson_has_a_title_and_words_for_each_of_its_controls() -> None:
    for lesson, entry in LESSONS.items():
        words = labels(REFERENCE / lesson / "labels.toml")
        assert "title" in words
        for control in entry.declare():  # a lesson's own: the scenes have words of their own
            assert f"controls.{control.name}.label" in words, f"{lesson}: {control.name}"


#: choices that are not drawn as a list of words: nodes of a picture, claims by their number
WORDLESS = {("network", "node"), ("why", "claim")}


def test_every_option_has_words() -> None:
    """On a page, one that has none shows its id."""
    shared = labels(REFERENCE / "ui.toml")
    for lesson, entry in LESSONS.items():
        words = labels(REFERENCE / lesson / "labels.toml")
        for control in entry.declare():
            if isinstance(control, Choice) and (lesson, control.name) not in WORDLESS:
                for option in filter(lambda option: isinstance(option, str), control.options):
                    own, common = f"controls.{control.name}.options.{option}", f"options.{option}"
                    assert own in words or common in shared, f"{lesson}: {control.name} {option}"


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def keys_asked_for(file: Path) -> Iterator[str]:
    """Dotted keys written out in `t("…")`; those put together at run time meet the page tests."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and called(node) == "t" and node.args:
            yield from literals(node.args[0]) if isinstance(node.args[0], ast.Constant) else ()


def test_every_key_that_code_asks_for_exists() -> None:
    for part in ("pages", "ui"):
        for file in (ROOT / part).rglob("*.py"):
            for key in keys_asked_for(file):
                lesson, _, rest = key.partition(".")
                name = "ui.toml" if lesson == "ui" else f"{lesson}/labels.toml"
                assert rest in labels(REFERENCE / name), f"{file.name}: {key}"


#: calls whose words a user sees: a literal string in their first arguments is a fault
SHOWING = {
    *("title", "header", "subheader", "markdown", "write", "caption", "text", "latex", "error"),
    *("warning", "info", "success", "toast", "button", "download_button", "radio", "selectbox"),
    *("slider", "select_slider", "toggle", "checkbox", "number_input", "text_input", "text_area"),
    *("segmented_control", "pills", "file_uploader", "expander", "popover", "tabs", "metric"),
    *("page_link", "link_button", "progress", "spinner", "status", "update_xaxes", "update_yaxes"),
    *("add_annotation", "add_trace", "Scatter", "Bar", "Histogram", "Heatmap", "update_layout"),
    *("plot", "multiselect", "set_page_config", "Column", "NumberColumn", "TextColumn"),
}
WORD_ARGUMENTS = {
    *(
        "label",
        "help",
        "placeholder",
        "title",
        "text",
        "name",
        "alt",
        "body",
        "caption",
        "captions",
    ),
    *("page_title", "hovertemplate", "title_text", "delta", "description"),
}
WORDS = re.compile(r"[^\W\d_]{2,}")
#: what may stand in code: names of icons, formats, identifiers
NOT_WORDS = re.compile(r":material/[a-z_]+:|%\{[^}]*\}|<[^>]*>|\\[a-zA-Z]+|\$[^$]*\$")


def literals(node: ast.expr) -> Iterator[str]:
    """String constants that reach the screen as they stand (f-string parts too)."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.BinOp | ast.IfExp | ast.List | ast.Tuple):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from literals(child)


def to_the_log(node: ast.Call) -> bool:
    owner = getattr(node.func, "value", None)
    return isinstance(owner, ast.Name) and owner.id.lower() in ("log", "logger")


def sentences_in_python(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or called(node) not in SHOWING or to_the_log(node):
            continue
        shown = node.args[:1] + [k.value for k in node.keywords if k.arg in WORD_ARGUMENTS]
        for literal in (found for part in shown for found in literals(part)):
            if WORDS.search(NOT_WORDS.sub("", literal)):
                found.append(literal)
    return found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('st.button("Press me")', 1),
        ('st.button(t("ui.press"))', 0),
        ('st.markdown(f"{n} steps")', 1),
        ('go.Scatter(x=x, name="loss")', 1),
        ('st.error("가나", icon=":material/build:")', 1),
        ('LOG.error("for the developer")', 0),
        ('st.latex(r"\\mu")', 0),
    ],
)
def test_the_search_for_sentences_can_fail(source: str, count: int) -> None:
    assert len(sentences_in_python(source)) == count


def test_no_sentence_stands_in_python() -> None:
    for part in ("app.py", "pages", "ui", "figures"):
        for file in [ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*.py"):
            assert not sentences_in_python(file.read_text("utf-8")), file.relative_to(ROOT)


def strip_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", source, flags=re.DOTALL)


SHOWN_IN_JS = re.compile(
    r"(?:textContent|innerText|title|ariaLabel|placeholder|alt)\s*=\s*[\"'`]([^\"'`]*[A-Za-z]{2,})"
    r"|setAttribute\(\s*[\"']aria-label[\"']\s*,\s*[\"'`]([^\"'`$]*[A-Za-z]{2,})"
    r"|fillText\(\s*[\"'`]([^\"'`$]*[A-Za-z]{2,})"
)


def without_placeholders(code: str) -> str:
    """Drop every ${…}, whatever braces it has inside."""
    while (start := code.find("${")) >= 0:
        depth, end = 0, start + 1
        for end in range(start + 1, len(code)):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            if not depth:
                break
        code = code[:start] + code[end + 1 :]
    return code


def sentences_in_js(source: str) -> list[str]:
    code = without_placeholders(strip_comments(source))
    return [next(filter(None, match)) for match in SHOWN_IN_JS.findall(code)]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('node.textContent = "Play";', 1),
        ("node.textContent = words.play;", 0),
        ('node.setAttribute("aria-label", "Scrub");', 1),
        ("// node.textContent = 'Play'", 0),
        ("ctx.fillText('step', 1, 2)", 1),
        ("node.title = `${words.step} ${n}`;", 0),
        ("node.title = `step ${n}`;", 1),
    ],
)
def test_the_search_in_js_can_fail(source: str, count: int) -> None:
    assert len(sentences_in_js(source)) == count


#: letters that are symbols of a formula, the same in every language
FORMULA_NAMES = {"norm"}


def test_no_sentence_stands_in_a_component() -> None:
    for file in (ROOT / "assets" / "components").rglob("*"):
        if file.suffix in (".js", ".html"):
            source = file.read_text("utf-8")
            assert not HANGUL.search(strip_comments(source)), file
            assert not sentences_in_js(source), file
            if file.suffix == ".html":
                shown = re.sub(
                    r"<(style|script).*?</\1>|<!--.*?-->|<[^>]*>", " ", source, flags=re.S
                )
                assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= FORMULA_NAMES, file

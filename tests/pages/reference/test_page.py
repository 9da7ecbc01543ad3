"""The pages to look things up in: what they say is held to where it comes from."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import data
from bncore.conventions import CONVENTIONS
from pages.reference import LESSON, common, conventions, licences, misconceptions, papers
from pages.reference import terms as glossary
from tests.complete import languages
from tests.pages.helpers import ROOT, open_lesson, opened
from ui import terms, text
from ui.lessons import LESSONS

FIXTURES = ROOT / "tests" / "fixtures"
LOCALES = ROOT / "assets" / "locales"
SCENES = [(lesson, scene) for lesson in LESSONS.values() for scene in lesson.scenes]
LINK = re.compile(r'href="\./?(\w*)\?scene=(\w+)')
# what the documentation of libraries calls things that have no name in code
IN_WORDS = {
    *("input", "inputs", "outputs", "x", "y", "N", "C", "E", "Var", "batch", "groups", "True"),
    *("False", "nn", "nnx", "mean", "var"),
}


def body(at: AppTest) -> str:
    return "\n".join(each.proto.body for each in at.get("html"))


# --- terms ---


@pytest.mark.parametrize("library", ["pytorch", "keras", "flax"])
def test_the_names_are_those_of_the_libraries(library: str) -> None:
    """As `make_names_reference.py` found them in the libraries themselves."""
    known = set(json.loads((FIXTURES / "names_reference.json").read_text())[library]["names"])
    written = [one[library] for one in glossary.notation().values() if library in one]
    assert len(written) > 15
    words = {word for each in written for word in re.findall(r"[A-Za-z_]\w*", each)}
    assert words - known <= IN_WORDS


def test_the_names_of_mlx_are_those_that_were_asked() -> None:
    """The layer's are in the program that asked MLX itself; others are layers by their names."""
    asked = (FIXTURES / "make_mlx_reference.py").read_text()
    for term in ("batch_norm", "gamma", "beta", "running_mean", "running_var", "eps", "momentum"):
        assert re.search(rf"\b{re.escape(glossary.notation()[term]['mlx'])}\b", asked), term


def test_notation_speaks_of_terms_and_systems_that_there_are() -> None:
    assert set(glossary.notation()) <= set(terms.every())
    for term, written in glossary.notation().items():
        assert set(written) <= {"symbol", *glossary.SYSTEMS}, term
    assert set(text.names(terms.ENTRIES)) == set(terms.every())


@pytest.mark.parametrize("lang", languages())
def test_every_term_that_a_scene_uses_is_linked(lang: str) -> None:
    """Looked for by hand: each of its words in the scene's own title."""
    found: set[str] = set()
    for lesson, scene in SCENES:
        used = terms.used(str(lesson), scene, lang)
        assert list(used) == [term for term in terms.every() if term in used]
        found |= set(used)
        title = terms.plain(str(text.template(f"{lesson}.scenes.{scene.name}.title", lang)))
        for term in terms.every():
            for word in str(text.template(f"{terms.ENTRIES}.{term}.match", lang)).split(", "):
                alone = len(word) > 3 and not any(
                    word.lower() in other.lower() and word != other for other in _all_words(lang)
                )
                if alone and re.search(rf"(?<!\w){re.escape(word)}(?![A-Za-z])", title, re.I):
                    assert term in used, f"{lesson} {scene.name}: {term}"
    assert len(found) > 0.6 * len(terms.every())  # the others wait for lessons to come


def _all_words(lang: str) -> list[str]:
    matches = (str(text.template(f"{terms.ENTRIES}.{term}.match", lang)) for term in terms.every())
    return [word for match in matches for word in match.split(", ")]


@pytest.mark.parametrize(
    ("lang", "words", "expected"),
    [
        (
            "en",
            "Internal covariate shift is no covariate shift.",
            {"internal_shift", "covariate_shift"},
        ),
        ("en", "z_norm, z̃ and σ²", {"z_norm", "z_tilde", "var"}),
        ("en", "Two mini-batches in a row", {"mini_batch"}),
        ("en", "mzb Wm", set()),
        ("ko", "배치 정규화를 미니배치로", {"batch_norm", "mini_batch"}),
        ("ko", "BN이 γ를", {"batch_norm", "gamma"}),
    ],
)
def test_a_longer_term_is_not_the_shorter_one_within_it(
    lang: str, words: str, expected: set[str]
) -> None:
    assert terms.within(words, lang) == expected


@pytest.mark.parametrize(("lesson", "scene"), [("noise", "law"), ("network", "b")])
@pytest.mark.parametrize("lang", languages())
def test_a_drawer_ends_with_the_terms_and_a_closed_one_has_none(
    lesson: str, scene: str, lang: str
) -> None:
    entry = LESSONS[lesson]
    query = {"lang": lang, "scene": scene, "seen": 1}
    label = text.template("ui.scenes.terms", lang)
    assert not [m for m in opened(lesson, **query).markdown if m.value.startswith(f"**{label}")]
    at = opened(lesson, (f"more-{scene}",), **query)
    (line,) = [m.value for m in at.markdown if m.value.startswith(f"**{label}")]
    linked = re.findall(r"term=(\w+)&lang=(\w+)\)", line)
    assert linked == [(term, lang) for term in terms.used(lesson, entry.scene_of(scene), lang)]
    assert linked


@pytest.mark.parametrize("lang", languages())
def test_every_link_opens_its_term_marked_and_first(lang: str) -> None:
    at = open_lesson(LESSON, scene="terms", lang=lang)
    for term in terms.every():
        at.session_state[f"{LESSON}.term"] = term
        shown = body(at.run())
        assert re.findall(r'<details id="term-(\w+)"', shown)[0] == term
        assert re.findall(r'id="term-(\w+)" class="marked"[^>]* open>', shown) == [term]


def test_a_link_to_a_term_is_read() -> None:
    at = opened(LESSON, scene="terms", term="running_var", lang="en")
    assert 'id="term-running_var" class="marked"' in body(at)
    assert dict(at.query_params) == {"lang": "en", "scene": "terms", "term": "running_var"}


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        *(("moving_variance", "running_var"), ("γ", "gamma"), ("z", "z"), ("편향", "bias")),
        *(("dropout", "dropout"), ("kernel", "weight"), ("SyncBatchNorm", "synchronized")),
        *(("Ghost batch norm", "ghost"), ("learning rates", "learning_rate"), ("ε", "eps")),
    ],
)
def test_a_term_is_found_by_its_words_its_symbol_and_its_names_in_code(
    asked: str, first: str
) -> None:
    at = opened(LESSON, scene="terms", lang="ko" if asked == "편향" else "en")
    at.text_input[0].set_value(asked).run()
    assert first in re.findall(r'<details id="term-(\w+)"', body(at))[:3]


def test_what_nobody_knows_gets_a_sentence_and_an_empty_field_everything() -> None:
    at = opened(LESSON, scene="terms", lang="en")
    at.text_input[0].set_value("pizza").run()
    assert not at.exception and "<details" not in body(at)
    assert text.t(f"{LESSON}.search.nothing") in [each.value for each in at.markdown]
    at.text_input[0].set_value("").run()
    assert body(at).count("<details") == len(terms.every())


def test_what_is_typed_is_never_part_of_the_page() -> None:
    at = opened(LESSON, scene="terms", lang="en")
    at.text_input[0].set_value("<img src=x onerror=alert(1)> γ").run()
    assert "onerror" not in body(at)


def test_all_on_one_page_stands_open() -> None:
    at = opened(LESSON, view="all", lang="en")
    assert body(at).count("<details") == len(re.findall(r"<details[^>]* open>", body(at)))
    assert not at.text_input and 'tabindex="0"' not in body(at)


# --- conventions ---


def test_the_table_is_that_of_the_core_and_of_the_libraries_themselves() -> None:
    shown = body(opened(LESSON, scene="conventions", lang="en"))
    rows = dict(re.findall(r'<th[^>]*><a href="[^"]*"[^>]*>([^<]+)</a></th>(.*?)</tr>', shown))
    assert len(rows) == len(conventions.SOURCES)
    assert set(conventions.SOURCES) - set(conventions.FOLLOWS) == set(CONVENTIONS)
    for name, asked in {"PyTorch": "torch", "MLX": "mlx", "Keras": "keras", "Flax": "flax"}.items():
        with np.load(FIXTURES / f"{asked}_reference.npz") as stored:
            prefix = "convention/default/" if asked == "torch" else "default/"
            told = [float(stored[prefix + field]) for field in ("momentum", "eps")]
        values = [float(x) for x in re.findall(r'data-value="([^"]+)"', rows[name])]
        assert [values[0], values[2]] == told
        weighs_new = ">new batch<" in rows[name]
        assert values[1] == pytest.approx(told[0] if weighs_new else 1 - told[0])
        unbiased = asked in ("torch", "mlx")
        assert weighs_new == unbiased == ("m/(m − 1)" in rows[name])
    assert all(link.startswith("https://") for link in conventions.SOURCES.values())


def test_the_two_numbers_that_are_the_same_rule() -> None:
    told = conventions.said(None)  # type: ignore[arg-type]
    assert float(str(told["keras"])) == pytest.approx(1 - float(str(told["pytorch"])))


# --- misconceptions ---


def test_every_claim_that_is_not_so_is_listed_and_every_link_leads_somewhere() -> None:
    stored = json.loads((ROOT / "assets" / "evidence" / "claims.json").read_text())["claims"]
    false = {name for name, one in stored.items() if one["verdict"] in ("weak", "contradicted")}
    every = misconceptions.listed().values()
    assert {each.claim for each in every} - {""} == false
    shown = body(opened(LESSON, scene="misconceptions", lang="en"))
    assert shown.count("<li>") == len(every)
    links = LINK.findall(shown)
    assert len(links) == len(every) + len(false)
    for lesson, scene in links:
        assert scene in {each.name for each in LESSONS[lesson].scenes}, (lesson, scene)
    for verdict, word in (("weak", "Only in part"), ("contradicted", "Not true")):
        many = sum(one["verdict"] == verdict for one in stored.values())
        assert shown.count(f">{word}</a>") == many


def test_what_lessons_list_is_asked_there() -> None:
    """A wrong answer that is no question's any more would lead nowhere."""
    for lesson, entry in LESSONS.items():
        asked = {scene.question.name for scene in entry.scenes if scene.question}
        assert set(text.names(f"{lesson}.misconceptions")) <= asked, lesson
    assert set(misconceptions.TREATED) <= {each.claim for each in misconceptions.listed().values()}


@pytest.mark.parametrize("lang", languages())
def test_a_misconception_is_a_sentence_without_open_places(lang: str) -> None:
    for each in misconceptions.listed().values():
        said = str(text.template(each.key, lang))
        assert said.endswith(".") and not text.PLACEHOLDER.search(said), each.key


# --- papers ---


def test_every_paper_of_the_board_and_of_the_words_is_listed() -> None:
    stored = json.loads((ROOT / "assets" / "evidence" / "claims.json").read_text())["claims"]
    named = {one["paper"] for one in stored.values()}
    for file in (LOCALES / "en").rglob("*.*"):
        named |= set(re.findall(r"arxiv\.org/abs/([\d.]+)", file.read_text("utf-8")))
    assert named <= {each.replace("_", ".") for each in papers.listed()}


def test_papers_lead_to_scenes_that_there_are() -> None:
    """Those of a lesson that is not there are left out; in one that is there they must be right."""
    stored = tomllib.loads((ROOT / "assets" / "reference" / "papers.toml").read_text("utf-8"))
    for name, one in stored.items():
        for each in one["scenes"]:
            lesson, scene = each.split(".")
            if lesson in LESSONS:
                assert scene in {there.name for there in LESSONS[lesson].scenes}, name


@pytest.mark.parametrize("lang", languages())
def test_what_was_found_has_the_numbers_of_the_board(lang: str) -> None:
    stored = json.loads((ROOT / "assets" / "evidence" / "claims.json").read_text())["claims"]
    shown = body(opened(LESSON, scene="papers", lang=lang))
    places = 0
    for name in papers.listed():
        found = text.template(f"{LESSON}.papers.{name}.found", lang) or ""
        for place in text.PLACEHOLDER.findall(found):
            claim = max((c for c in stored if place.startswith(f"{c}_")), key=len)
            one = stored[claim]["numbers"][place.removeprefix(f"{claim}_")]
            values = np.array(one["values"])
            middle = np.exp(np.log(values).mean()) if one["kind"] == "factor" else values.mean()
            said = f"{100 * middle:.1f}%" if one["kind"] == "share" else f"{middle:.3g}"
            said = f"{100 * middle:.3g}" if one["kind"] == "points" else said
            written = {said, f"{middle:.0f}"} if said[-1] != "%" else {said}
            assert any(each in shown or f"{each[:4]}×10" in shown for each in written), place
            places += 1
    assert places > 12


# --- licences ---


def test_every_licence_in_the_tree_is_named_and_can_be_read() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = {f for f in tracked.stdout.split("\n") if "LICENSE" in Path(f).name}
    assert files == {one.file for one in licences.LICENCES.values() if one.file}
    first = {"MIT": "MIT License", "BSD-3-Clause": "BSD", "OFL 1.1": "SIL Open Font License"}
    for one in licences.LICENCES.values():
        if one.file:
            assert first[one.name] in (ROOT / one.file).read_text("utf-8")[:800]
    at = opened(LESSON, ("more-licences",), scene="licences", lang="en")
    assert len(at.code) == len(files)


def test_every_data_set_has_its_licence() -> None:
    stored = {file.stem for file in (Path(data.__file__).parent / "datasets").glob("*.npz")}
    assert stored <= set(licences.LICENCES)
    readme = (Path(data.__file__).parent / "datasets" / "README.md").read_text("utf-8")
    for name in stored:
        assert licences.LICENCES[name].link.rstrip("/") in readme


def test_a_search_finds_what_stands_within() -> None:
    entries = {"a": ["Batch norm"], "b": ["layer norm", "γ"], "c": ["m"]}
    assert common.found("", entries) == ["a", "b", "c"]
    assert common.found("Γ", entries) == ["b"]
    assert common.found("m", entries) == ["c"]
    assert common.found("norm", entries) == ["a", "b"]

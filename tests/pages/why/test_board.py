"""The verdict board: predict, uncover, compare, score; and words for every claim and number."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.network import Network
from experiments.claims import board as claims
from experiments.claims import grading
from experiments.claims.registry import CLAIMS as MEASURED
from experiments.intervals import interval, mean
from pages.why import EIGHT, LESSON
from pages.why.charts_board import AGREED, DIFFERED
from pages.why.scope import OF_ONE_NETWORK
from pages.why.stage import CLAIMS, PREDICTIONS, strip, written
from tests.complete import languages
from tests.pages.helpers import ROOT, cells, opened, said
from ui import text
from ui.lessons import LESSONS
from ui.numbers import number

LOCALES = ROOT / "assets" / "locales"
STRIPS = 'figure class="board-strips"'
LANGS = pytest.mark.parametrize("lang", languages())


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)


def board(scene: str = "board", **query: object) -> AppTest:
    """All verdicts, with the drawer open."""
    return opened("why", (f"more-{scene}",), scene=scene, **query)


def predict(at: AppTest, verdict: str) -> AppTest:
    return at.button(key=f"predict-{verdict}").click().run()


def verdict_shown(at: AppTest) -> list[str]:
    return re.findall(r'class="board-outcome" data-verdict="(\w+)"', said(at))


def on_the_board(at: AppTest) -> list[int]:
    return sorted(int(number) for number in re.findall(r'data-claim="(\d+)"', said(at)))


def another(verdict: str) -> str:
    return next(each for each in grading.VERDICTS if each != verdict)


def test_the_page_has_every_claim_that_was_measured_and_no_other() -> None:
    assert list(CLAIMS) == list(MEASURED)


@LANGS
def test_every_claim_has_its_words_and_every_number_its_name(lang: str) -> None:
    file = ROOT / "assets" / "locales" / lang / "why" / "labels.toml"
    words = tomllib.loads(file.read_text("utf-8"))
    for claim, row in claims.board().items():
        mine = words["claims"][claim]
        assert mine.keys() >= {"say", "how", row.verdict, *row.numbers}, claim
        assert row.paper.replace(".", "_") in words["papers"], claim


@LANGS
def test_evidence_stays_covered_until_one_has_predicted(lang: str) -> None:
    at = board(lang=lang, claim="divides_variance")
    assert not verdict_shown(at) and not on_the_board(at) and STRIPS not in said(at)
    predict(at, "contradicted")
    assert verdict_shown(at) == ["contradicted"] and on_the_board(at) == [2]
    assert STRIPS in said(at) and not at.exception


@LANGS
@pytest.mark.parametrize("claim", EIGHT)
def test_each_of_the_eight_is_asked_before_anything_of_it_is_sent(claim: str, lang: str) -> None:
    row = claims.board()[claim]
    at = board("verdicts", claim=claim, lang=lang)
    words = tomllib.loads((LOCALES / lang / "why" / "labels.toml").read_text("utf-8"))
    told = [words["claims"][claim][name] for name in (row.verdict, "how", *row.numbers)]
    known = [re.split(r"\[\[|\]\(", each)[0] for each in told]
    assert not verdict_shown(at) and STRIPS not in said(at)
    assert not [each for each in known if len(each) > 12 and each in said(at)]
    predict(at, another(row.verdict))
    assert verdict_shown(at) == [row.verdict] and not at.exception
    assert all(each in said(at) for each in known)


def test_the_eight_have_every_verdict_among_them() -> None:
    """So that no answer is the one to guess."""
    assert {claims.board()[claim].verdict for claim in EIGHT} == set(grading.VERDICTS)
    assert [claim for claim in CLAIMS if claim in EIGHT] == list(EIGHT)


def test_a_claim_that_is_not_among_the_eight_is_none_of_that_scene() -> None:
    at = board("verdicts", claim="folds")
    assert at.session_state["why.claim"] in EIGHT and not at.exception


def test_what_is_shown_are_the_measured_numbers() -> None:
    at = predict(board(claim="like_dropout"), "clear")
    row = claims.board()["like_dropout"]
    shown = re.findall(r'class="text" data-value="([^"]+)"', said(at))
    means = [mean(values, row.kinds[name]) for name, values in row.numbers.items()]
    assert sorted(shown) == sorted(f"{each:.4g}" for each in means)
    dots = re.findall(r'<b style="left:[\d.]+%"></b>', said(at))
    assert len(dots) == len(row.seeds) * len(row.numbers)


def test_the_score_counts_agreement_and_the_first_prediction_counts() -> None:
    at = board()
    row = claims.board()
    predict(at, row[CLAIMS[0]].verdict)
    at.button(key="board-next").click().run()
    assert at.session_state["why.claim"] == CLAIMS[1]
    predict(at, another(row[CLAIMS[1]].verdict))
    assert f"{AGREED} 1/2" in said(at) and DIFFERED in said(at)
    assert not [b for b in at.button if b.key and b.key.startswith("predict-")]
    assert at.session_state[PREDICTIONS][CLAIMS[1]] == another(row[CLAIMS[1]].verdict)
    at.button(key="board-again").click().run()
    assert not on_the_board(at) and f"{AGREED} 1/2" not in said(at)


@LANGS
def test_predictions_survive_the_language_and_another_scene(lang: str) -> None:
    at = predict(board(lang=lang), "exact")
    at.button_group(key="lang").set_value("ko" if lang == "en" else "en").run()
    at.button_group(key="scenes.way.why").set_value("bowl").run()
    at.button_group(key="scenes.way.why").set_value("board").run()
    assert on_the_board(at) == [1] and not at.exception
    at.button_group(key="scenes.way.why").set_value("verdicts").run()
    assert verdict_shown(at) == ["exact"]


@LANGS
def test_everything_can_be_uncovered_without_predicting_and_says_what_it_is_of(lang: str) -> None:
    at = board(lang=lang, all=1)
    assert on_the_board(at) == list(range(1, len(CLAIMS) + 1))
    assert f"{AGREED} 0/" not in said(at)
    (table,) = [h.proto.body for h in at.get("html") if '<table class="claims"' in h.proto.body]
    assert table.count('<tr role="row">') == 1 + sum(
        len(row.numbers) for row in claims.board().values()
    )
    assert not cells(at, "claims")
    file = ROOT / "assets" / "locales" / lang / "why" / "labels.toml"
    words = tomllib.loads(file.read_text("utf-8"))["board"]
    for claim in CLAIMS[lang == "ko" :: 2]:  # each in one language
        row = claims.board()[claim]
        at.selectbox(key="why.claim").set_value(claim).run()
        assert verdict_shown(at) == [row.verdict] and not at.exception, claim
        the_card_says_what_varied_and_on_what(at, claim, words)


def the_card_says_what_varied_and_on_what(at: AppTest, claim: str, words: dict) -> None:
    """In one line each, with every number of the scope."""
    row = claims.board()[claim]
    (caption,) = [each.value for each in at.caption if words["scope"]["line"][:3] in each.value]
    line, rest = caption.split("  \n")
    assert str(len(row.seeds)) in rest and "[[" not in caption, claim
    for _, examples in row.scope.data:
        assert str(examples) in line, claim
    for count in (*row.scope.depths, *row.scope.widths, *row.scope.steps):
        assert str(count) in line or count == 0, claim
    ends = {min(row.scope.rates), max(row.scope.rates)} if row.scope.rates else set()
    assert all(number(rate) in line for rate in ends), claim
    assert (words["one_network"] in rest) == (row.varied in OF_ONE_NETWORK), claim


def test_the_next_claim_is_the_next_one_that_is_covered() -> None:
    at = board(claim=CLAIMS[-1])
    predict(at, "weak").button(key="board-next").click().run()
    assert at.session_state["why.claim"] == CLAIMS[0]
    predict(at, "weak")
    at.selectbox(key="why.claim").set_value(CLAIMS[-1]).run()
    at.button(key="board-next").click().run()
    assert at.session_state["why.claim"] == CLAIMS[1]


def test_a_claim_leads_to_the_scene_where_one_can_try_it() -> None:
    for row in claims.board().values():
        options = LESSONS[row.lesson].options
        assert all(value in options(name) for name, value in row.place.items()), row.id
    at = predict(board(claim="smoother"), "weak")
    at.button(key="board-touch").click().run()
    assert at.session_state["why.scene"] == "smooth" and not at.session_state["why.seen"]
    assert at.button(key="just-show-me") and not at.exception


def test_a_claim_of_another_lesson_links_the_scene_that_it_names() -> None:
    elsewhere = [row for row in claims.board().values() if row.lesson != LESSON and row.place]
    assert {row.lesson for row in elsewhere} >= {"rivals", "conv"}
    for row in elsewhere:
        at = predict(board(claim=row.id, lang="en"), "weak")
        title = str(text.template(f"{row.lesson}.scenes.{row.place['scene']}.title", "en"))
        (link,) = [each.proto for each in at.get("page_link") if title in each.proto.label]
        assert link.page == row.lesson and not at.exception, row.id
        assert link.query_string.removeprefix("?") == urlencode(row.place), row.id


def test_numbers_are_written_with_what_the_seeds_leave_open() -> None:
    ratios = np.array([10, 30, 30, 10, 10 / 3])
    assert written("factor", ratios) == "12.5 (3.98–39)"
    assert written("factor", np.full(5, 0.1)) == "0.1"
    shares = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    assert written("share", shares) == "30.0 ± 19.6%"
    assert written("points", -shares) == "−30.0 ± 19.6"


def test_a_bar_is_the_interval_whatever_its_kind() -> None:
    """A factor's reaches as far up as down on its axis, about the geometric mean."""
    for claim, row in claims.board().items():
        for name, values in row.numbers.items():
            shown = strip(claim, name)
            assert shown.band == interval(values, row.kinds[name]), name
            assert row.kinds[name] != "factor" or shown.band[0] > 0, name

"""The lesson on one mini-batch in a real browser: own numbers, files, languages, phones."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from bncore import batch_norm_forward
from experiments.mini_batch import draw
from tests.browser.helpers import overflow, settled, visit
from ui import text

NewPage = Callable[..., Page]
USE = {"en": "Use these numbers", "ko": "이 수로 바꾸기"}


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/mini_batch"


def own(page: Page, lesson: str, lang: str = "en", z: str = "4,5,6") -> Page:
    return visit(page, f"{lesson}?lang={lang}&source=own&z={z}")


def z_on_stage(page: Page) -> list[float]:
    """The first row of the picture, as the marks say it, in order of the examples."""
    marks = page.locator(".mark[data-row=z]")
    marks.first.wait_for()
    return [float(value) for value in marks.evaluate_all("all => all.map(m => m.dataset.value)")]


def wait_for_z(page: Page, wanted: list[float]) -> None:
    expect(page.locator(".mark[data-row=z]")).to_have_count(len(wanted))
    page.wait_for_function(
        """wanted => {
          const find = root => [...root.querySelectorAll('*')].flatMap(
            e => [...(e.matches('.mark[data-row=z]') ? [e] : []),
                  ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
          const shown = find(document).map(mark => Number(mark.dataset.value));
          return shown.length === wanted.length && shown.every((v, i) => v === wanted[i]);
        }""",
        arg=wanted,
    )


def expect_message(page: Page, sentence: str) -> None:
    expect(page.get_by_test_id("stAlert")).to_have_text(sentence)


def give_file(page: Page, body: bytes, name: str = "batch.csv") -> None:
    page.locator(".intake input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": body}
    )


def words(lang: str, code: str, **fields: object) -> str:
    template = text._labels(lang, "mini_batch")["intake"][code]
    return text.PLACEHOLDER.sub(lambda match: str(fields[match[1]]), template)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_typed_numbers_become_the_batch_and_bad_ones_do_not(
    lesson: str, new_page: NewPage, lang: str
) -> None:
    page = own(new_page(lang=lang), lesson, lang)
    page.locator("textarea").fill("1,5; 2,7")
    page.get_by_role("button", name=USE[lang]).click()
    expect_message(page, words(lang, "decimal_comma", got="1,5"))
    assert z_on_stage(page) == [4, 5, 6]
    expect(page.locator("textarea")).to_have_value("1,5; 2,7")
    page.locator("textarea").fill("1; 2.5 -3\n0.125")
    page.get_by_role("button", name=USE[lang]).click()
    wait_for_z(page, [1, 2.5, -3, 0.125])
    expect_message(page, words(lang, "taken", count=4))
    page.wait_for_url("**z=1%2C2.5%2C-3%2C0.125**")


def test_a_draft_survives_a_change_of_language(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    page.locator("textarea").fill("7, 8, x")
    page.get_by_role("radio", name="한국어").or_(page.get_by_text("한국어")).first.click()
    expect(page.get_by_role("button", name=USE["ko"])).to_be_visible()
    expect(page.locator("textarea")).to_have_value("7, 8, x")
    assert z_on_stage(page) == [4, 5, 6]


def test_a_csv_file_becomes_the_batch(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    give_file(page, b"\xef\xbb\xbfheight\r\n1.5\r\n-2\r\n")
    wait_for_z(page, [1.5, -2])
    expect_message(page, words("en", "taken_header", count=2, header="height"))
    expect(page.locator("textarea")).to_have_value("1.5, -2")


FILES = [
    (b"a,b\n1,2\n3,4\n", "columns", {"count": 2}),
    (b"1.5\n" * 100_000, "too_many", {"count": "100,000", "most": 256}),
    (b"PK\x03\x04\x00\xff\xfe", "not_text", {}),
    (b"", "empty", {}),
]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_bad_file_gets_a_sentence_and_the_batch_stays(
    lesson: str, new_page: NewPage, tmp_path: Path, lang: str
) -> None:
    page = new_page(lang=lang)
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))),
    )
    own(page, lesson, lang)
    for body, code, fields in FILES:
        give_file(page, body)
        expect_message(page, words(lang, code, **fields))
        assert z_on_stage(page) == [4, 5, 6]

    sent.clear()  # a file of 50 MB is neither read nor sent
    (big := tmp_path / "big.csv").touch()
    os.truncate(big, 50_000_000)
    page.evaluate("() => { Blob.prototype.arrayBuffer = () => { throw new Error('read'); }; }")
    page.locator(".intake input[type=file]").set_input_files(big)
    expect_message(page, words(lang, "file_too_big", size="50", most="2"))
    assert z_on_stage(page) == [4, 5, 6]
    assert 0 < max(sent) < 100_000


def test_the_same_file_can_be_chosen_again(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    give_file(page, b"1\n2\n")
    wait_for_z(page, [1, 2])
    page.locator("textarea").fill("9")
    page.get_by_role("button", name=USE["en"]).click()
    wait_for_z(page, [9])
    give_file(page, b"1\n2\n")
    wait_for_z(page, [1, 2])


def test_a_file_can_be_dropped(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer();"
        " t.items.add(new File(['3, 1, 2'], 'a.txt', {type: 'text/plain'})); return t; }"
    )
    expect(page.locator(".choose")).not_to_be_empty()  # its words come with its script
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
    wait_for_z(page, [3, 1, 2])


def test_a_language_switch_keeps_values_and_the_place(lesson: str, new_page: NewPage) -> None:
    query = "source=bimodal&m=50&gamma=2.5&beta=-1&eps=0.25&broken=pooled_units&activation=relu"
    page = visit(new_page(), f"{lesson}?lang=en&{query}")
    page.locator("h2").last.scroll_into_view_if_needed()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
    page.wait_for_timeout(1000)  # until the charts have their height
    before = page.url.replace("lang=en", "")
    place = page.evaluate("document.querySelector('.stMain').scrollTop")
    page.get_by_role("radio", name="한국어").or_(page.get_by_text("한국어")).first.click()
    expect(page.locator("h1")).to_have_text("미니배치 하나, 네 단계")
    settled(page).wait_for_timeout(1000)
    assert page.url.replace("lang=ko", "") == before
    after = page.evaluate("document.querySelector('.stMain').scrollTop")
    assert place > 1000 and abs(after - place) < 200  # words differ in length, the place does not


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_download_holds_the_numbers_of_the_core(
    lesson: str, new_page: NewPage, lang: str
) -> None:
    page = visit(new_page(lang=lang), f"{lesson}?lang={lang}&source=skewed&gamma=2&beta=0.5&m=77")
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8"))))
    batch = draw("skewed", 1, 1, 77, 0)
    z_tilde, cache = batch_norm_forward(batch.z[:, None], [2.0], [0.5], 1e-5)
    expected = {
        "example": np.arange(1, 78),
        "digit": batch.digits,
        "z": batch.z,
        "z_centered": cache.z_centered[:, 0],
        "z_norm": cache.z_norm[:, 0],
        "z_tilde": z_tilde[:, 0],
    }
    assert list(rows[0]) == list(expected)
    for name, column in expected.items():
        assert [float(row[name]) for row in rows] == column.tolist(), name


@pytest.mark.parametrize(
    ("lang", "dark", "query"),
    [
        ("en", False, ""),
        ("ko", True, "source=own&z=-123456.789,0.000012345,999999"),
        ("ko", False, "source=bimodal&m=256&gamma=-1000000&beta=1000000&eps=10"),
        ("en", True, "source=single&broken=unbiased_variance&eps_case=shown"),
    ],
)
def test_nothing_reaches_beyond_a_phone(
    lesson: str, new_page: NewPage, lang: str, dark: bool, query: str
) -> None:
    page = visit(new_page(390, 844, lang, dark), f"{lesson}?lang={lang}&{query}")
    expect(page.locator("h2").first).to_be_visible()
    assert overflow(page) <= 0


def test_the_picture_and_its_sliders_stand_on_the_first_screen(
    lesson: str, new_page: NewPage
) -> None:
    page = visit(new_page(1440, 900), lesson)
    page.locator(".mark[data-row=z_norm]").first.wait_for()
    bottoms = page.locator(".stage .row-text, .stage .slider").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 7
    assert max(bottoms) <= 900


def test_give_back_moves_the_stage(lesson: str, new_page: NewPage) -> None:
    page = visit(new_page(), f"{lesson}?gamma=3&beta=-1")
    page.get_by_role("button", name="Give z back").click()
    page.get_by_text("z̃ is z again", exact=False).wait_for()
    last = page.locator(".mark[data-row=z_tilde]")
    page.wait_for_function("!location.search.includes('gamma=3.0')")
    page.locator(".stage[data-state=still]").wait_for()
    shown = [float(v) for v in last.evaluate_all("all => all.map(m => m.dataset.value)")]
    assert shown == pytest.approx(draw("digits", 1, 1, 32, 0).z.tolist(), abs=1e-9)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("location.search.includes('gamma=3.0')")


def test_another_eps_on_the_stage_reaches_the_whole_page(lesson: str, new_page: NewPage) -> None:
    page = visit(new_page(), f"{lesson}?eps=0.001")
    expect(page.locator("th").filter(has_text="ε = 0.001")).to_have_count(1)
    page.locator("[data-control=eps] input").press("End")
    expect(page.locator("th").filter(has_text="ε = 10")).to_have_count(1)

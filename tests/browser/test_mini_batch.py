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
from experiments.mini_batch.batch import draw
from tests.browser.helpers import overflow, settled, visit
from ui import text

NewPage = Callable[..., Page]
USE = {"en": "Use these numbers", "ko": "이 수로 바꾸기"}


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/mini_batch"


def own(page: Page, lesson: str, lang: str = "en", z: str = "4,5,6") -> Page:
    """The lesson with own numbers; a file can be given once its place has its words, which come
    with its script (that can take longer than the five seconds that `expect` waits)."""
    visit(page, f"{lesson}?lang={lang}&source=own&z={z}")
    page.locator(".choose:not(:empty)").wait_for()
    return page


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
    where = words(lang, "at_place", place=1)
    expect_message(page, words(lang, "decimal_comma", got="1,5", where=where))
    assert z_on_stage(page) == [4, 5, 6]
    expect(page.locator("textarea")).to_have_value("1,5; 2,7")
    page.get_by_role("button", name=words(lang, "offer", numbers="1.5, 2.7")).click()
    wait_for_z(page, [1.5, 2.7])
    expect(page.locator("textarea")).to_have_value("1.5, 2.7")
    page.locator("textarea").fill("87 92 78")
    page.locator("textarea").blur()  # said before it is used
    read = words(lang, "numbers", count=3, numbers="87, 92, 78")
    expect_message(page, f"{read} {words(lang, 'looked', button=USE[lang])}")
    assert z_on_stage(page) == [1.5, 2.7]
    page.locator("textarea").fill("1; 2.5 -3\n0.125")
    page.get_by_role("button", name=USE[lang]).click()
    wait_for_z(page, [1, 2.5, -3, 0.125])
    read = words(lang, "numbers", count=4, numbers="1, 2.5, −3, 0.125")
    expect_message(page, f"{read} {words(lang, 'taken')}")
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
    expect_message(page, taken("height", "1.5, −2"))
    expect(page.locator("textarea")).to_have_value("1.5, -2")


def taken(header: str, numbers: str) -> str:
    count = numbers.count(",") + 1
    said = (
        words("en", "numbers", count=count, numbers=numbers),
        words("en", "header", header=header),
    )
    return " ".join((*said, words("en", "taken")))


FILES = [
    (b"a,b\n1,2\n3,4\n", "columns", {"count": 2}),
    (b"1.5\n" * 1_000, "too_many", {"count": "1,000", "most": 256}),
    (b"1.5\n" * 100_000, "file_too_big", {"size": "400 kB", "most": "128 kB"}),
    (b"\x89PNG\r\n\x1a\n", "not_text", {}),
    (b"PK\x03\x04\x00\xff\xfe", "not_text", {}),
    (b"", "empty", {}),
]


@pytest.mark.parametrize("lang", ["ko"])
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
    expect_message(page, words(lang, "file_too_big", size="50 MB", most="128 kB"))
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


ENCODED = [
    ("utf-8", "키(cm)"),
    ("utf-8-sig", "키(cm)"),
    ("utf-16", "키(cm)"),  # with its mark, as Excel's "Unicode text"
    ("utf-16-be", "\ufeff키(cm)"),
    ("utf-16-le", "height"),  # without a mark, and surely so
    ("cp949", "몸무게(kg)"),  # what Excel writes in Korea
    ("cp1252", "Größe"),  # and what it writes in Europe
]


def test_files_of_every_encoding_can_be_dropped(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    for place, (encoding, header) in enumerate(ENCODED):
        body = f"{header}\r\n3\r\n{place}\r\n2.5\r\n".encode(encoding)
        transfer = page.evaluate_handle(
            "bytes => { const t = new DataTransfer();"
            " t.items.add(new File([new Uint8Array(bytes)], 'a.csv', {type: 'text/csv'}));"
            " return t; }",
            list(body),
        )
        page.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
        wait_for_z(page, [3, place, 2.5])
        expect_message(page, taken(header.strip("\ufeff"), f"3, {place}, 2.5"))


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


@pytest.mark.parametrize("lang", ["en"])
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
        ("ko", True, "source=own&z=-123456789.125,0.000012345,1e12"),
        ("ko", False, "source=bimodal&m=256&gamma=-10000000000000&beta=10000000000000&eps=10"),
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

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
from tests.browser.helpers import overflow, painted, settled, visit
from ui import text

NewPage = Callable[..., Page]
USE = {"en": "Use these numbers", "ko": "이 수로 바꾸기"}


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/mini_batch"


def own(page: Page, lesson: str, lang: str = "en", z: str = "4,5,6") -> Page:
    """The lesson with own numbers; a file can be given once its place has its words, which come
    with its script (that can take longer than the five seconds that `expect` waits)."""
    visit(page, f"{lesson}?lang={lang}&scene=own&z={z}")
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
    query = "view=all&source=bimodal&m=50&gamma=2.5&beta=-1&eps=0.25&activation=relu"
    page = visit(new_page(), f"{lesson}?lang=en&{query}")
    expect(page.locator(".lab-chart")).to_have_count(2)
    painted(page)
    page.locator("h2").last.scroll_into_view_if_needed()
    before = page.url.replace("lang=en", "")
    place = page.evaluate("document.querySelector('.stMain').scrollTop")
    page.get_by_role("radio", name="한국어").or_(page.get_by_text("한국어")).first.click()
    expect(page.locator("h1")).to_have_text("미니배치 하나")
    painted(settled(page))
    assert page.url.replace("lang=ko", "") == before
    after = page.evaluate("document.querySelector('.stMain').scrollTop")
    assert place > 1000 and abs(after - place) < 600  # words differ in length, the place does not


@pytest.mark.parametrize("lang", ["en"])
def test_the_download_holds_the_numbers_of_the_core(
    lesson: str, new_page: NewPage, lang: str
) -> None:
    page = visit(new_page(lang=lang), f"{lesson}?lang={lang}&source=skewed&gamma=2&beta=0.5&m=77")
    page.locator(".st-key-more-own summary").click()
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
        ("ko", True, "view=all&source=own&z=-123456789.125,0.000012345,1e12"),
        ("en", False, "view=all&source=bimodal&m=256&gamma=-10000000000000&beta=10000000000000"),
    ],
)
def test_nothing_reaches_beyond_a_phone(
    lesson: str, new_page: NewPage, lang: str, dark: bool, query: str
) -> None:
    page = visit(new_page(390, 844, lang, dark), f"{lesson}?lang={lang}&{query}")
    expect(page.locator("h2").first).to_be_visible()
    painted(page)
    assert overflow(page) <= 0


# --- the scenes ---


def test_a_reader_goes_the_whole_way(lesson: str, new_page: NewPage) -> None:
    """From question to question; the picture moves to the answer, and nothing told it before."""
    page = visit(new_page(1366, 768), lesson)
    expect(page.locator(".bowl svg[data-steps='0']")).to_have_count(2)
    assert page.locator(".bowl .way[d]:not([d=''])").count() == 0
    page.locator(".st-key-guess-both button").click()
    expect(page.locator(".bowl .told").first).to_have_text("Diverges: each step ends higher.")
    expect(page.locator(".bowl .told").last).to_have_text("Steps to the bottom: 2.")
    page.locator("[data-control=lr] input").press("Home")
    expect(page.locator(".bowl .told").first).to_contain_text("Not there")

    page.locator(".st-key-scene-next button").click()
    rows = page.locator(".mark[data-value]")
    expect(rows).to_have_count(32)
    page.locator(".st-key-guess-same button").click()
    page.wait_for_function("location.search.includes('step=4')")  # it walked by itself
    expect(rows).to_have_count(4 * 32)
    expect(page.locator(".st-key-step-card")).to_contain_text("4 · ")

    page.locator(".st-key-scene-next button").click()
    mark = page.locator(".bends .row.tilde .mark")
    expect(mark).to_have_count(32)
    page.locator(".st-key-guess-beta button").click()
    wait_for_spread(page, 2.5)
    page.locator("[data-control=gamma] input").press("End")
    page.wait_for_function("location.search.includes('gamma=10.0')")
    wait_for_spread(page, 10.0)
    page.locator(".st-key-give-back-button button").click()
    expect(page.locator(".st-key-given-back")).to_contain_text("z̃ is z again")
    wait_for_spread(page, float(draw("bimodal", 1, 1, 32, 0).z.std()))

    page.locator(".st-key-scene-next button").click()
    page.locator(".st-key-guess-far button").click()
    expect(rows).to_have_count(3 * 32)
    page.locator("[data-control=eps] input").press("End")  # ε = 10 takes all of the difference
    expect(page.locator(".row-text[data-row=z_norm] .sd dd")).to_contain_text("0.003")

    page.locator(".st-key-scene-next button").click()
    expect(page.locator(".batch")).to_have_count(1)
    page.locator(".st-key-guess-other button").click()
    expect(page.locator(".batch")).to_have_count(2)
    page.locator(".press").click()
    expect(page.locator(".batch")).to_have_count(3)
    norms = page.locator(".batch .norm").evaluate_all("all => all.map(one => one.dataset.value)")
    assert len(set(norms)) == 3
    assert (
        len(set(page.locator(".batch .same").evaluate_all("all => all.map(o => o.dataset.value)")))
        == 1
    )

    page.locator(".st-key-scene-next button").click()
    page.locator("textarea").wait_for()
    page.locator(".st-key-scene-next button").click()
    page.wait_for_url("**/network**")


def wait_for_spread(page: Page, sd: float) -> None:
    """Until z̃ on the curve has this standard deviation."""
    page.wait_for_function(
        """sd => {
          const find = root => [...root.querySelectorAll('*')].flatMap(
            e => [...(e.matches('.row.tilde .mark') ? [e] : []),
                  ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
          const values = find(document).map(mark => Number(mark.dataset.value));
          const mean = values.reduce((a, b) => a + b, 0) / values.length;
          const found = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
          return Math.abs(Math.sqrt(found) - sd) < 1e-3 * sd;
        }""",
        arg=sd,
    )


def test_a_dragged_point_can_be_taken_back(lesson: str, new_page: NewPage) -> None:
    page = own(new_page(), lesson)
    mark = page.locator(".mark[data-row=z][data-i='1']").bounding_box()
    assert mark
    x, y = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    page.wait_for_function("!location.search.includes('z=4%2C5%2C6')")
    page.locator(".st-key-undo-drag button").click()
    wait_for_z(page, [4, 5, 6])


def test_the_start_of_descent_can_be_dragged_and_taken_back(lesson: str, new_page: NewPage) -> None:
    page = visit(new_page(), f"{lesson}?scene=bowl&seen=1&lr=0.3")
    grips, ways = page.locator(".bowl .grip"), page.locator(".bowl .way")
    still = page.locator(".bowl[data-state=still]")
    still.wait_for()
    expect(page.locator(".bowl .told").last).not_to_be_empty()  # the way is walked to its end
    before = ways.last.get_attribute("d")
    box = grips.last.bounding_box()
    assert before and box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y + 30, steps=4)
    page.wait_for_timeout(100)
    held = ways.last.get_attribute("d")  # painted in the hand
    assert held != before and "start_alcohol" not in page.url
    page.mouse.up()
    page.wait_for_url("**start_alcohol**")
    still.wait_for()
    assert page.locator(".bowl svg").last.get_attribute("data-steps") != "0"
    assert ways.last.get_attribute("d") == held  # Python says the same
    told = page.locator(".bowl .told").last.text_content()

    grips.first.focus()
    was = grips.first.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    expect(grips.first).not_to_have_attribute("aria-valuetext", was or "")
    page.wait_for_function("was => location.href !== was", arg=page.url)
    still.wait_for()
    page.locator(".st-key-undo-start button").click()
    expect(grips.first).to_have_attribute("aria-valuetext", was or "")
    expect(page.locator(".bowl .told").last).to_have_text(told or "")
    page.locator(".st-key-undo-start button").click()
    page.wait_for_url(lambda url: "start_alcohol" not in url)
    expect(ways.last).to_have_attribute("d", before)

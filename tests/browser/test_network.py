"""The lesson on the little network in a real browser: by keyboard, on a phone, as text."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.network import export, learned, walkthrough
from tests.browser.helpers import overflow, settled, visit

NewPage = Callable[..., Page]
NewTab = Callable[[], Page]
DEFAULT = ("before", "tanh", "sgd", 1, 1)
NEXT_LINE = {"en": "Next line", "ko": "다음 줄"}


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/network"


def node(page: Page, name: str) -> Locator:
    return page.locator(f'.network button[data-node="{name}"]')


def expect_numbers(page: Page, name: str, array: np.ndarray, nth: int = 0) -> None:
    """The table of that name holds exactly these numbers."""
    cells = page.locator(f'table[data-name="{name}"]').nth(nth).locator("td[data-value]")
    expect(cells).to_have_count(array.size)
    expect(cells.first).to_have_attribute("data-value", repr(float(array.flat[0])))
    shown = cells.evaluate_all("all => all.map(cell => Number(cell.dataset.value))")
    np.testing.assert_array_equal(shown, array.ravel())


@pytest.mark.parametrize(
    ("lang", "width", "height"),
    [("en", 1440, 900), ("ko", 390, 844)],
    ids=["en-desktop", "ko-phone"],
)
def test_the_diagram_stands_within_the_screen_and_can_be_touched(
    lesson: str, new_page: NewPage, lang: str, width: int, height: int
) -> None:
    norm = "none" if lang == "ko" else "before"
    query = f"lang={lang}&norm={norm}&scene=map"
    page = visit(new_page(width, height, lang, dark=lang == "ko"), f"{lesson}?{query}")
    buttons = page.locator(".network .diagram button")
    wanted = len(walkthrough.nodes(norm, *DEFAULT[1:]))
    expect(buttons).to_have_count(wanted)
    boxes = buttons.evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())")
    for i, box in enumerate(boxes):
        assert box["left"] >= 0 and box["right"] <= width
        assert min(box["width"], box["height"]) >= 40
        for other in boxes[:i]:
            beside = box["left"] >= other["right"] or other["left"] >= box["right"]
            assert beside or box["top"] >= other["bottom"] or other["top"] >= box["bottom"]
    sizes = page.locator(".network svg text").evaluate_all(
        "all => all.map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert sizes and min(sizes) >= 12
    assert overflow(page) == 0


@pytest.mark.parametrize("lang", ["ko"])
def test_keys_alone_lead_through_the_diagram(lesson: str, new_tab: NewTab, lang: str) -> None:
    page = visit(new_tab(), f"{lesson}?lang={lang}&node=x")
    nodes = walkthrough.nodes(*DEFAULT)
    expect(node(page, "x")).to_have_attribute("aria-pressed", "true")
    node(page, "x").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(node(page, "z1")).to_be_focused()
    expect_numbers(page, "z1", nodes["z1"].values["z1"])
    page.wait_for_url(re.compile(r"[?&]node=z1(&|$)"))
    expect(node(page, "z1")).to_have_attribute("aria-pressed", "true")
    expect(node(page, "z1")).to_be_focused()  # still, after Python has answered
    expect(node(page, "z1")).to_have_accessible_name(re.compile("6 × 3"))
    page.keyboard.press("Tab")
    expect(node(page, "bn1")).to_be_focused()
    page.keyboard.press("Enter")
    dots = page.locator(".rows .row[data-idea='z_tilde'] .says")
    expect(dots).to_have_attribute("data-value", re.compile(r"^(0\.99|1)"))  # sd γ = 1
    page.keyboard.press("End")
    expect(node(page, "loss")).to_be_focused()
    page.wait_for_url(re.compile(r"[?&]node=loss(&|$)"))


@pytest.mark.parametrize("lang", ["en"])
def test_keys_alone_lead_through_the_step(app_url: str, new_tab: NewTab, lang: str) -> None:
    """From a link of old, which named the lesson that had the lines then."""
    page = visit(new_tab(), f"{app_url}/network?lang={lang}&node=x&line=8&norm=before&drop=nothing")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    steps = walkthrough.lines(*DEFAULT)
    lit = page.locator(".listing .lit")
    expect(lit).to_have_text(re.compile(re.escape(steps[7].code)))
    button = page.get_by_role("button", name=NEXT_LINE[lang])
    button.focus()
    page.keyboard.press("Enter")
    expect(lit).to_have_text(re.compile(re.escape(steps[8].code)))
    page.wait_for_url(re.compile(r"[?&]line=9(&|$)"))
    expect_numbers(page, "a1", steps[8].values["a1"])
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(lit).to_have_text(re.compile(re.escape(steps[9].code)))
    expect_numbers(page, "z2", steps[9].values["z2"])


def test_the_placement_changes_the_diagram_and_the_choice_stays_chosen(
    lesson: str, new_tab: NewTab
) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en&node=bn1")
    page.locator(".st-key-more-map summary").click()
    node(page, "W2").click()
    expect_numbers(page, "W2", walkthrough.nodes(*DEFAULT)["W2"].values["W2"])
    page.locator(".st-key-which-network").get_by_text("none", exact=True).click()
    expect(node(page, "bn1")).to_have_count(0)
    expect(node(page, "b2")).to_be_visible()
    expect(node(page, "W2")).to_have_attribute("aria-pressed", "true")


def test_the_program_that_is_downloaded_is_that_of_this_place(
    app_url: str, new_tab: NewTab
) -> None:
    query = "scene=programs&lang=en&epoch=2&batch=3&optimizer=adam"
    page = visit(new_tab(), f"{app_url}/inside?{query}")
    with page.expect_download() as download:
        page.locator(".st-key-download-numpy button").click()
    wanted = export.numpy_program(walkthrough.at("before", "tanh", "adam", 2, 3))
    assert download.value.path().read_text("utf-8") == wanted
    assert download.value.suggested_filename == "network_numpy.py"
    settled(page)


def test_a_line_of_the_loop_lights_the_map_and_the_replay_runs_to_its_end(
    lesson: str, new_tab: NewTab
) -> None:
    page = visit(new_tab(), f"{lesson}?scene=loop&lang=en")
    lines = page.locator(".loop .code button")
    expect(lines).to_have_count(5)
    lines.nth(3).click()
    expect(lines.nth(3)).to_have_attribute("aria-pressed", "true")
    lit = page.locator(".loop .diagram button.lit")
    expect(lit).to_have_count(5)  # W of three layers, BN of two
    page.wait_for_url(re.compile(r"[?&]phase=backward(&|$)"))
    lines.nth(3).press("ArrowUp")
    expect(lines.nth(2)).to_be_focused()
    page.wait_for_url(lambda url: "phase" not in url)  # its default
    told = page.locator(".loop .told td[data-value]")
    means = walkthrough.nodes(*DEFAULT)["bn1"].values["mean1"]
    shown = told.evaluate_all("all => all.slice(0, 3).map(cell => Number(cell.dataset.value))")
    np.testing.assert_array_equal(shown, means)

    page = visit(page, f"{lesson}?scene=learn&lang=en")
    deviation = page.locator(".rows .row[data-idea='z_tilde'] .says")
    expect(deviation).to_have_attribute("data-value", re.compile(r"^(0\.999|1)"))
    page.locator(".st-key-guess-stay button").click()
    at_end = page.locator(".rows .time .at")
    expect(at_end).to_have_text("mini-batch 320")  # it plays by itself
    found = learned.replay()
    gamma = float(found.gamma[-1, learned.UNIT - 1])
    assert float(deviation.get_attribute("data-value")) == pytest.approx(abs(gamma), abs=1e-3)
    expect(page.locator(".rows .guess")).to_contain_text("your guess")

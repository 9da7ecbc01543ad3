"""Every lesson, and each part of one that has parts: opened once, and looked at from all sides.

The opening of a page is what takes long, so the tests of one page follow each other on it: keys
while it is fresh, and with all drawers open names, axe, a finger, widths and paper. It is opened in
English in the light on a desk and in Korean in the dark in a hand: no language has a theme or a
screen of its own.

To draw charts is most of what a page costs, and a chart knows nothing of the page around it: they
are all drawn in English, for two widths and for paper; in Korean the first two.
What is checked is found in the page, not listed here; a new table, picture or lesson is covered by
being on a page of the registry.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import finger, paper
from tests.browser.conftest import PATIENCE, Profiles, fresh_pages
from tests.browser.helpers import (
    CODE,
    few_charts,
    opened_up,
    overflow,
    places,
    settled,
    visit,
)

DESKTOP, PHONE = (1280, 720), (390, 844)
#: between any two neighbouring breakpoints of ours the narrowest that is common
SIZES = [(320, 568), (360, 740), (820, 1180), (932, 430), (1024, 768), (1280, 800), (1920, 1080)]
STYLES = Path(__file__).parents[2] / "assets"
HIDDEN = ".stMain {} {{ display: none }}"
CHART = ".stElementContainer:has({})"
#: in Korean most charts
NO_UNDRAWN = HIDDEN.format(CHART.format(".lab-chart:not([data-drawn])"))
#: on the screen, after the narrowest width: all would be drawn again for each width, and once
#: more after paper
NO_CHARTS = f"@media screen {{ {HIDDEN.format(CHART.format('.lab-chart'))} }}"
#: code scrolls in its own box
NO_CODE = HIDDEN.format(CODE)
CUT = (Path(__file__).parent / "cut.js").read_text("utf-8")

HANGUL = re.compile("[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
MARKDOWN = re.compile(r"\*\*|`|\$|\\[a-z]|:material/")
PAPER = re.compile(r"(19|20)\d\d$")  # authors and year
VALUED = ("slider", "spinbutton", "combobox", "textbox")

#: names and code, the same in every language; everything else on a Korean page has Korean in it
SYMBOLS = {
    *("sigmoid", "tanh", "ReLU", "SGD", "momentum", "RMS", "RMSprop", "Adam", "Xavier", "MNIST"),
    *("PyTorch", "Keras", "Flax", "ONNX", "NumPy", "arXiv", "English", "eval", "train", "norm"),
    *("NaN", "CSV", "PNG", "Streamlit"),
    *("MLX", "MIT", "BSD", "Clause", "OFL", "Apache"),
}

#: rules that axe leaves out unless they are named
EXTRA = (
    *("label-content-name-mismatch", "focus-order-semantics", "td-has-header", "p-as-heading"),
    *("table-fake-caption", "css-orientation-lock"),
)
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {rule: {"enabled": True} for rule in EXTRA},
}

#: (rule, what its element's HTML begins with) → why it stays; all of it Streamlit's own
STREAMLITS: dict[tuple[str, str], str] = {}

ENGLISH, KOREAN = (
    [pytest.param((place, lang), id=f"{place or 'home'}-{lang}") for place in places()]
    for lang in ("en", "ko")
)
#: every lesson once: of what is dark the sheets are one picture, without links to read
IN_KOREAN = KOREAN[1::4]
PRINTED = [here for here, there in zip(ENGLISH, KOREAN, strict=True) if there not in IN_KOREAN]


@pytest.fixture(scope="module", params=ENGLISH + KOREAN)
def view(request: pytest.FixtureRequest, profiles: Profiles, app_url: str) -> Iterator[tuple]:
    """(page, language), on its way to stand."""
    place, lang = request.param
    with fresh_pages(profiles) as open_page:
        if lang == "en":
            page = open_page(*DESKTOP, lang, reduced_motion="reduce")
        else:
            page = open_page(*DESKTOP, lang, dark=True, **finger.PHONE)
            few_charts(page)
        visit(page, f"{app_url}/{place}")
        yield page, lang


def sized(page: Page, size: tuple[int, int]) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return page


def comes_to(find: Callable[[], list[str]]) -> list[str]:
    """What is still wrong once all has been drawn and named."""
    deadline = time.monotonic() + PATIENCE / 2000
    while (found := find()) and time.monotonic() < deadline:
        time.sleep(0.25)
    return found


def test_there_is_a_size_on_both_sides_of_every_breakpoint() -> None:
    found = {
        (side == "height", int(pixels) + (bound == "max"))  # the first that is beyond
        for file in STYLES.rglob("*.css")
        for query in re.findall(r"@media([^{]*)", file.read_text("utf-8"))
        for bound, side, pixels in re.findall(r"\((min|max)-(width|height): (\d+)px\)", query)
    }
    assert found
    for side, beyond in found:
        assert {size[side] < beyond for size in SIZES} == {True, False}, (side, beyond)


# --- fresh ---


def test_keys_turn_it_in_its_language_and_theme(view: tuple[Page, str]) -> None:
    page, lang = view
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.stMain').scrollTop > 100")
    white = page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert (white != "rgb(255, 255, 255)") == (lang == "ko")


# --- names, with every drawer open ---


def focusable(page: Page) -> Iterator[tuple[str, str, str]]:
    """(role, name, value) of everything that keys can reach, as Chromium tells a screen reader."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    for node in nodes:
        given = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        if not node["ignored"] and given.get("focusable"):
            told: list[Any] = [node.get(part, {}).get("value", "") for part in ("name", "value")]
            yield node["role"]["value"], str(told[0]), str(told[1])


def faults(page: Page, lang: str) -> list[str]:
    """What is wrong with the names on a page."""
    found = []
    for role, name, value in focusable(page):
        if role in ("RootWebArea", "main", "gridcell", "columnheader"):
            continue  # the page, its one landmark, and cells, which say what they hold
        words = set(LATIN_WORD.findall(name)) - SYMBOLS
        if not name.strip():
            found.append(f"a {role} without a name (value {value!r})")
        elif MARKDOWN.search(name):
            found.append(f"a {role} with Markdown in its name: {name}")
        elif role in VALUED and not re.search(r"[^\W\d_]", name.replace(value, "")):
            found.append(f"a {role} named by its value: {name}")
        elif lang == "ko" and words and not (HANGUL.search(name) or PAPER.search(name)):
            found.append(f"a {role} in English: {name}")
        elif lang == "en" and HANGUL.search(name) and name != "한국어":
            found.append(f"a {role} in Korean: {name}")
    return found


def tables_without_a_name(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('.stMain table')]
          .filter(table => !table.closest('canvas') && !table.caption && !table.ariaLabel)
          .map(table => table.outerHTML.slice(0, 200))"""
    )


def test_everything_that_keys_reach_has_a_name(view: tuple[Page, str]) -> None:
    page, lang = view
    opened_up(sized(page, DESKTOP))
    assert comes_to(lambda: faults(page, lang)) == []
    assert comes_to(lambda: tables_without_a_name(page)) == []


# --- axe ---


def findings(page: Page) -> Iterator[str]:
    """What axe finds that is ours, a line each."""
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        for node in violation["nodes"]:
            known = any(
                violation["id"] == rule and node["html"].startswith(html)
                for rule, html in STREAMLITS
            )
            if not known:
                yield f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"


def test_axe_finds_nothing(view: tuple[Page, str]) -> None:
    """On a desk in English and the light, in a hand in Korean and the dark."""
    page, lang = view
    opened_up(sized(page, DESKTOP if lang == "en" else PHONE))
    assert comes_to(lambda: list(findings(page))) == []


# --- a finger ---


@pytest.mark.parametrize("view", KOREAN, indirect=True)
def test_a_swipe_scrolls_the_page_and_changes_nothing(view: tuple[Page, str]) -> None:
    page = opened_up(sized(view[0], PHONE))
    before = finger.at_rest(page)
    assert finger.places(page)
    assert finger.faults(page) == []
    page.wait_for_timeout(400)  # a component tells Python of what was set after 250 ms
    assert settled(page).evaluate(finger.STATE) == before
    expect(page.locator(".lab-chart").locator("button, a, [tabindex]")).to_have_count(0)


@pytest.mark.parametrize("view", KOREAN, indirect=True)
def test_whatever_is_touched_is_large_enough(view: tuple[Page, str]) -> None:
    page = opened_up(sized(view[0], PHONE))
    assert page.evaluate(finger.SMALL, finger.LEAST) == []


# --- widths; from here on charts are not on the screen, and code not on the page ---


def test_nothing_is_cut_or_pushed_sideways_in_any_width(view: tuple[Page, str]) -> None:
    page, _ = view
    opened_up(page)
    page.add_style_tag(content=NO_CODE)
    found = {}
    for size in SIZES:
        if wrong := lasting(sized(page, size)):
            found["×".join(map(str, size))] = wrong
        if size == SIZES[0]:
            page.add_style_tag(content=NO_CHARTS)
    assert not found


def lasting(page: Page) -> list[str]:
    """What is wrong with the layout, once charts and pictures have followed the window."""

    def wrong() -> list[str]:
        sideways = overflow(page)
        pushed = [f"the page can be pushed {sideways} px sideways"] if sideways else []
        return page.evaluate(CUT) + pushed

    page.wait_for_timeout(150)
    return comes_to(wrong)


# --- paper; the last, since nothing is drawn for the screen again ---


@pytest.mark.parametrize("view", [*PRINTED, *IN_KOREAN], indirect=True)
def test_it_is_printed_whole(view: tuple[Page, str]) -> None:
    """0.3.0 printed one window's height of it, with the menu beside; later letters of 5 pt."""
    page, _ = view
    opened_up(page)
    for sheet in (NO_CODE, NO_UNDRAWN, NO_CHARTS):
        page.add_style_tag(content=sheet)
    page.locator(":root[data-paper]").wait_for(state="attached")
    assert paper.faults(page) == []

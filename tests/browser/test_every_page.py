"""Every lesson, and each part of one that has parts: opened once, and looked at from all sides.

The opening of a page is what takes long, so the tests of one page follow each other on it: keys
while it is fresh, widths, paper, and with all drawers open names and axe. It is opened in English
in the light and in Korean in the dark: no language has a theme of its own, and no theme a language.
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

from tests.browser import paper
from tests.browser.conftest import PATIENCE, Profiles, fresh_pages
from tests.browser.helpers import drawn_out, opened_up, overflow, painted, places, visit

DESKTOP, PHONE = (1280, 720), (390, 844)
#: between any two neighbouring breakpoints of ours the narrowest that is common; to paint all
#: charts anew is what takes long
SIZES = [(320, 568), (360, 740), (820, 1180), (932, 430), (1024, 768), (1280, 800), (1920, 1080)]
STYLES = Path(__file__).parents[2] / "assets"
#: to paint them anew is nine tenths of what another width costs
SHOW_CHARTS = """shown => {
  const rule = '.stMain .stElementContainer:has(.stPlotlyChart)';
  (window.sheet ??= document.head.appendChild(document.createElement('style'))).textContent =
    shown ? '' : `${rule} { display: none; }`;
}"""
CUT = (Path(__file__).parent / "cut.js").read_text("utf-8")

HANGUL = re.compile("[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
MARKDOWN = re.compile(r"\*\*|`|\$|\\[a-z]|:material/")
PAPER = re.compile(r"(19|20)\d\d$")  # authors and year
VALUED = ("slider", "spinbutton", "combobox", "textbox")

#: names and code, the same in every language; everything else on a Korean page has Korean in it
SYMBOLS = {
    *("sigmoid", "tanh", "ReLU", "SGD", "momentum", "RMSprop", "Adam", "Xavier", "MNIST"),
    *("PyTorch", "Keras", "Flax", "ONNX", "NumPy", "arXiv", "English", "eval", "train", "norm"),
    *("NaN", "CSV", "PNG", "Streamlit"),
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
    [pytest.param((place, lang, dark), id=f"{place or 'home'}-{lang}") for place in places()]
    for lang, dark in (("en", False), ("ko", True))
)


@pytest.fixture(scope="module", params=ENGLISH + KOREAN)
def view(request: pytest.FixtureRequest, profiles: Profiles, app_url: str) -> Iterator[tuple]:
    """(page, language, whether it is dark), on its way to stand."""
    place, lang, dark = request.param
    with fresh_pages(profiles) as open_page:
        page = open_page(*DESKTOP, lang, dark)
        visit(page, f"{app_url}/{place}")
        yield page, lang, dark


def sized(page: Page, size: tuple[int, int]) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return page


def comes_to(find: Callable[[], list[str]]) -> list[str]:
    """What is still wrong once all has been drawn and named."""
    deadline = time.monotonic() + PATIENCE / 2000
    while (found := find()) and time.monotonic() < deadline:
        time.sleep(0.15)
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


def test_keys_turn_it_in_its_language_and_theme(view: tuple[Page, str, bool]) -> None:
    page, lang, dark = view
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.stMain').scrollTop > 100")
    white = page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert (white != "rgb(255, 255, 255)") == dark


# --- widths, with all drawers open but those of code, which scrolls in its own box ---


def open_drawers(page: Page) -> Page:
    return painted(drawn_out(page, ".stExpander:not([class*='st-key-source']) details"))


def test_nothing_is_cut_or_pushed_sideways_in_any_width(view: tuple[Page, str, bool]) -> None:
    """In Korean charts are there in the narrowest only: their boxes have no language."""
    page, lang, _ = view
    open_drawers(painted(page))
    found = {}
    for size in SIZES:
        if wrong := lasting(sized(page, size)):
            found["×".join(map(str, size))] = wrong
        if lang != "en":
            page.evaluate(SHOW_CHARTS, False)
    page.evaluate(SHOW_CHARTS, True)
    sized(page, DESKTOP)
    assert not found


def lasting(page: Page) -> list[str]:
    """What is wrong with the layout, once charts and pictures have followed the window."""

    def wrong() -> list[str]:
        sideways = overflow(page)
        pushed = [f"the page can be pushed {sideways} px sideways"] if sideways else []
        return page.evaluate(CUT) + pushed

    page.wait_for_timeout(150)
    return comes_to(wrong)


# --- paper ---


@pytest.mark.parametrize("view", [*ENGLISH[::2], *KOREAN[1::2]], indirect=True)
def test_it_is_printed_whole(view: tuple[Page, str, bool]) -> None:
    """0.3.0 printed one window's height of it, with the menu beside; later letters of 5 pt."""
    page, _, _ = view
    page.locator(":root[data-paper]").wait_for(state="attached")
    assert paper.faults(page) == []


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


def test_everything_that_keys_reach_has_a_name(view: tuple[Page, str, bool]) -> None:
    page, lang, _ = view
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


def test_axe_finds_nothing(view: tuple[Page, str, bool]) -> None:
    """On a desk in English and the light, in a hand in Korean and the dark."""
    page, lang, _ = view
    opened_up(sized(page, DESKTOP if lang == "en" else PHONE))
    assert comes_to(lambda: list(findings(page))) == []

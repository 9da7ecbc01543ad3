"""The lesson on noise in a real browser: it fits, it answers, and it trains while one watches."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.noise import batches as experiment
from experiments.noise import small_batches
from experiments.pair import train_pair
from tests.browser.helpers import overflow, settled, still, visit

NewPage = Callable[..., Page]
CHARTS = 10  # law, parts, together 2, groups 2, units 2, curves 2; two histograms are HTML


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/noise?{urlencode(query)}")


def cells(page: Page, name: str) -> Locator:
    return page.locator(f"table.{name} tbody td")


def expect_cells(page: Page, name: str, *numbers: float) -> None:
    """A table comes to show these numbers."""
    for place, number in enumerate(numbers):
        cell = cells(page, name).nth(place)
        expect(cell).to_have_attribute("data-value", f"{number:.4g}")


@pytest.mark.parametrize(
    ("lang", "size"), [("en", (1440, 900)), ("ko", (390, 844))], ids=["en-desktop", "ko-phone"]
)
def test_it_fits_and_every_chart_is_drawn(
    app_url: str, new_page: NewPage, lang: str, size: tuple[int, int]
) -> None:
    page = lesson(new_page(*size, lang, dark=lang == "ko"), app_url, lang=lang)
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS)
    still(settled(page))
    assert overflow(page) == 0
    cut = page.locator(".js-plotly-plot").evaluate_all(
        "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length"
    )
    assert cut == 0
    for bars in page.locator(".noise-bars").all():
        tall = bars.locator("b").evaluate_all("all => Math.max(...all.map(b => b.clientHeight))")
        assert 180 < tall < 235
        inside = bars.evaluate("""box => { const r = box.getBoundingClientRect();
          return [...box.querySelectorAll('span, b')].every(e => {
            const s = e.getBoundingClientRect();
            return s.left >= r.left - 1 && s.right <= r.right + 6; }) }""")
        assert inside
    image = page.locator(".noise-digit img").first
    assert image.evaluate("i => [i.naturalWidth, i.clientWidth % 8]") == [8, 0]
    assert image.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"


def test_moving_m_changes_the_readout_to_the_experiments_number(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url)
    for key, m in (("Home", 2), ("ArrowRight", 4), ("End", 256)):
        page.get_by_role("slider", name="Mini-batch size m").first.press(key)
        expect(page).to_have_url(re.compile(rf"[?&]m={m}(&|$)"))
        found = experiment.one_example(0, 0, 17, m, 0)
        numbers = (found.sd_b, found.law_b, found.sd_a, found.law_a, found.sd, found.law)
        expect_cells(page, "parts", *numbers)
        dropped = experiment.dropout(0, 0, 17, 0.8, 0)
        expect_cells(page, "dropout", found.sd_a, found.sd, dropped.sd_factor, dropped.sd)


def test_a_live_run_shows_progress_and_ends_with_its_curves(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, batches="m1")
    shipped = cells(page, "result").first.get_attribute("data-value")
    seed = page.get_by_role("spinbutton", name="Seed", exact=True)
    seed.fill("41")
    seed.press("Enter")
    page.get_by_text("3 × as long", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]run=41&longer=3(&|$)"))
    expect(page.get_by_test_id("stAlert").filter(has_text="Train it live")).to_be_visible()
    page.get_by_role("button", name="Train it live").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("9000")
    assert cells(page, "result").first.get_attribute("data-value") == shipped
    preset = small_batches.PRESETS["m1"]
    tripled = {"steps": 3 * preset.steps, "record_every": 3 * preset.record_every}
    pair = train_pair(replace(preset, seed=41, **tripled))
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    accuracy = f"{pair.bn.accuracy[-1]:.4f}"
    first = cells(page, "result").first
    expect(first).to_have_attribute("data-value", accuracy)


def test_stop_keeps_what_was_trained(app_url: str, new_page: NewPage) -> None:
    # a link to a run trains it
    page = lesson(new_page(lang="ko"), app_url, batches="m1", longer=10, run=51, lang="ko")
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_contain_text(re.compile(r"30000.*%"))
    page.get_by_role("button", name="멈추고 지금까지의 결과 남기기").click()
    expect(bar).to_have_count(0)
    notice = page.get_by_test_id("stAlert").filter(has_text="30000").inner_text()
    kept = next(int(n) for n in re.findall(r"\d+", notice) if n != "30000")
    assert 0 < kept < 30_000
    assert overflow(page) == 0

"""The lesson on noise in a real browser: it fits, it answers a finger, and its picture trains."""

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
from tests.browser.helpers import few_charts, framed, overflow, settled, still, visit

NewPage = Callable[..., Page]


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/noise?{urlencode(query)}")


def drawn(page: Page, name: str) -> Locator:
    """A picture that is drawn again and again, once all of it stands."""
    root = page.locator(f".drawn.{name}")
    expect(root).to_have_attribute("data-moving", "false")
    return root


def records(page: Page, arm: str = "bn") -> int:
    """How many records of an arm the picture shows."""
    line = page.locator(f".growing polyline.{arm}").get_attribute("points")
    return len((line or "").split())


@pytest.mark.parametrize(
    ("lang", "size"), [("en", (1440, 900)), ("ko", (390, 844))], ids=["en-desktop", "ko-phone"]
)
def test_the_whole_lesson_fits_and_every_picture_is_drawn(
    app_url: str, new_page: NewPage, lang: str, size: tuple[int, int]
) -> None:
    page = few_charts(new_page(*size, lang, dark=lang == "ko"))
    lesson(page, app_url, lang=lang, view="all")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    still(settled(page))
    assert overflow(page) == 0
    cut = page.locator(".js-plotly-plot").evaluate_all(
        "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length"
    )
    assert cut == 0
    for bars in page.locator(".noise-bars:not(.growing)").all():
        tall = bars.locator("b").evaluate_all("all => Math.max(...all.map(b => b.clientHeight))")
        assert 150 < tall < 200
        inside = bars.evaluate("""box => { const r = box.getBoundingClientRect();
          return [...box.querySelectorAll('span, b')].every(e => {
            const s = e.getBoundingClientRect();
            return s.left >= r.left - 1 && s.right <= r.right + 6; }) }""")
        assert inside
    for name, draws in (("draws", "400"), ("kinds", "24")):  # all at once: nothing plays here
        expect(drawn(page, name)).to_have_attribute("data-drawn", draws)
    image = page.locator(".noise-digit img").first
    assert image.evaluate("i => [i.naturalWidth, i.clientWidth % 8]") == [8, 0]
    assert image.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"


def test_after_the_answer_the_image_is_drawn_and_a_larger_batch_narrows_the_cloud(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, scene="draw")
    before = drawn(page, "draws")
    expect(before).to_have_attribute("data-drawn", "1")
    expect(before.get_by_role("button")).to_have_count(0)  # nothing can be drawn yet
    page.get_by_role("button", name="It stays").click()
    expect(page.locator(".st-key-answer-noise-stays")).to_contain_text("That is not right")
    root = drawn(page, "draws")
    expect(root).to_have_attribute("data-drawn", "400")
    sd, slider = root.locator("text.sd"), root.get_by_role("slider")
    for key, m in (("Home", 2), ("ArrowRight", 4), ("End", 256)):
        slider.press(key)
        framed(page)
        found = experiment.one_example(0, 0, 17, m, 0)
        # the browser's own, at once; then Python's
        assert float(sd.get_attribute("data-value") or 0) == pytest.approx(found.sd, abs=6e-4)
        expect(page.locator(".st-key-scene-draw-seen")).to_contain_text(f"{found.sd:.3g}")
    expect(page).to_have_url(re.compile(r"[?&]m=256(&|$)"))
    root.get_by_role("button", name="Start over").click()
    expect(root).to_have_attribute("data-drawn", "1")
    root.get_by_role("button", name="Draw one").click()
    expect(root).to_have_attribute("data-drawn", "2")
    own = float(root.locator("circle.norm").get_attribute("data-value") or "nan")
    assert root.get_attribute("data-moving") == "true" or own == pytest.approx(
        experiment.one_example(0, 0, 17, 256, 0).z_norm[1], abs=1e-3
    )


def test_only_the_mean_moves_what_lies_at_zero(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="kinds", m=16)
    ends = ".strip.{} circle >> nth=3"  # the image, −2, −1, 0
    for name in ("added", "multiplied", "dropped"):
        expect(page.locator(ends.format(name))).to_have_attribute("data-value", "0.00")
    page.get_by_role("button", name="Just show me").click()
    expect(drawn(page, "kinds")).to_have_attribute("data-drawn", "24")
    found = experiment.one_example(0, 0, 17, 16, 0)
    expect(page.locator(ends.format("added"))).to_have_attribute("data-value", f"{found.b[23]:.2f}")
    for name in ("multiplied", "dropped"):
        expect(page.locator(ends.format(name))).to_have_attribute("data-value", "0.00")


def test_the_picture_grows_while_it_trains_and_ends_as_the_run_does(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, scene="m2", seen=1, batches="m1", longer=3)
    shipped = len(small_batches.load("m1").bn.accuracy)
    assert records(page) == shipped or page.get_by_test_id("stProgress").count()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    seed = page.get_by_role("spinbutton", name="Seed", exact=True)
    seed.fill("41")
    seed.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]run=41&longer=3(&|$)"))
    expect(page.locator(".stMain")).to_contain_text("Press “Train it live”")
    page.get_by_role("button", name="Train it live").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("9000")
    page.wait_for_function(
        """() => { const line = document.querySelector('.growing polyline.bn');
          const now = line?.getAttribute('points').split(' ').length ?? 0;
          (window.grown ??= new Set()).add(now); return window.grown.size > 3; }"""
    )
    preset = small_batches.PRESETS["m1"]
    tripled = {"steps": 3 * preset.steps, "record_every": 3 * preset.record_every}
    pair = train_pair(replace(preset, seed=41, **tripled))
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    line = page.locator(".growing polyline.bn")
    last = f"{100 * (1 - pair.bn.accuracy[-1]):.2f}"
    expect(line).to_have_attribute("points", re.compile(rf" 100\.00,{re.escape(last)}$"))
    assert records(page) == len(pair.bn.accuracy)


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

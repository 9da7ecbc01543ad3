"""The start page in a real browser: useful before any scrolling, moving, touched, remembered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.home.hero import hero as hero_of
from tests.browser.helpers import overflow, settled, still, visit
from ui.lessons import LESSONS

NOTEBOOK, PHONE = (1366, 768), (390, 844)
NewPage = Callable[..., Page]


def opened(page: Page, url: str) -> Locator:
    """The picture, once it stands."""
    visit(page, url)
    hero = page.locator(".hero[data-run]")
    hero.wait_for()
    still(page)
    return hero


def at_frame(hero: Locator) -> int:
    return int(hero.get_attribute("data-frame") or -1)


def painted(hero: Locator, arm: str) -> str:
    return hero.locator(f".lane.{arm} canvas").evaluate("canvas => canvas.toDataURL()")


def zero(hero: Locator) -> str | None:
    """Where the axis has its 0."""
    return hero.locator(".axis .tick").get_by_text("0", exact=True).get_attribute("style")


def at_end(hero: Locator) -> Locator:
    """At the last step, and resting."""
    hero.get_by_role("slider").press("End")
    expect(hero).to_have_attribute("data-playing", "false")
    return hero


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), [NOTEBOOK, PHONE])
def test_all_that_matters_stands_on_the_first_screen(
    app_url: str, new_page: NewPage, width: int, height: int, lang: str
) -> None:
    page = new_page(width, height, lang)
    hero = opened(page, app_url)
    main = page.locator(".stMain")
    what = main.locator("h1 ~ p, p:has(strong)").first
    for part in (main.locator("h1"), what, page.locator(".st-key-start a"), hero):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
    for name in hero.locator(".choice button").all():  # a sentence for each of the runs
        name.click()
        expect(name).to_have_attribute("aria-pressed", "true")
        expect(hero).to_have_attribute("data-run", name.get_attribute("data-run") or "")
        box = hero.locator(".why").bounding_box()
        assert box is not None and box["y"] + box["height"] <= height
        assert hero.locator(".why").inner_text()
    assert overflow(page) == 0


def test_the_picture_moves_and_stops_and_follows_the_finger(
    app_url: str, new_page: NewPage
) -> None:
    page = new_page(*NOTEBOOK)
    hero = opened(page, app_url)
    expect(hero).not_to_have_attribute("data-frame", "0")  # by itself
    slider, toggle = hero.get_by_role("slider"), hero.locator("button.play")
    slider.press("Home")
    expect(hero).to_have_attribute("data-playing", "false")
    first = painted(hero, "bn"), painted(hero, "plain")
    toggle.click()
    expect(hero).not_to_have_attribute("data-frame", "0")
    toggle.click()
    expect(hero).to_have_attribute("data-playing", "false")
    rests, picture = at_frame(hero), (painted(hero, "bn"), painted(hero, "plain"))
    assert picture[0] != first[0] and picture[1] != first[1]

    box = hero.locator(".track").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    expect(hero).not_to_have_attribute("data-frame", str(rests))
    before = at_frame(hero)
    assert before == pytest.approx(30, abs=3)
    page.mouse.move(box["x"] + 0.8 * box["width"], y, steps=4)
    expect(hero).not_to_have_attribute("data-frame", str(before))
    assert at_frame(hero) == pytest.approx(80, abs=3)  # while the button is down
    page.mouse.up()

    slider.press("Home")
    expect(hero).to_have_attribute("data-frame", "0")
    said = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    expect(hero).to_have_attribute("data-frame", "1")
    assert slider.get_attribute("aria-valuetext") != said
    slider.press(" ")
    expect(hero).to_have_attribute("data-playing", "true")


def test_a_link_holds_what_was_chosen_and_where_it_rests(app_url: str, new_page: NewPage) -> None:
    page = new_page(*NOTEBOOK)
    hero = opened(page, app_url)
    hero.locator('[data-run="bn_loses"]').click()
    page.wait_for_url(re.compile(r"[?&]run=bn_loses(&|$)"))
    expect(hero).to_have_attribute("data-playing", "true")
    slider = hero.get_by_role("slider")
    slider.press("End")
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(r"[?&]frame=99(&|$)"))
    expect(hero).to_have_attribute("data-frame", "99")  # still, after Python has answered
    there = opened(new_page(*NOTEBOOK), page.url)
    expect(there).to_have_attribute("data-run", "bn_loses")
    expect(there).to_have_attribute("data-frame", "99")
    expect(there).to_have_attribute("data-playing", "false")
    page.get_by_text("한국어", exact=True).click()
    expect(page.locator("h1")).to_have_text("배치 정규화 실험실")
    expect(hero).to_have_attribute("data-frame", "99")


def test_an_image_that_is_pointed_at_is_shown_in_both_networks(
    app_url: str, new_page: NewPage
) -> None:
    page = new_page(*NOTEBOOK)
    hero = at_end(opened(page, app_url))
    other = painted(hero, "plain")
    box = hero.locator(".lane.bn canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert painted(hero, "plain") != other  # painted in the event itself
    page.mouse.move(5, 5)
    assert painted(hero, "plain") == other


def test_another_pair_keeps_nothing_of_the_one_before(app_url: str, new_page: NewPage) -> None:
    """Chosen while the first one plays: numbers, sentence, axis and images are the new one's."""
    page = new_page(*NOTEBOOK)
    hero = opened(page, app_url)
    axis, why = zero(hero), hero.locator(".why").inner_text()
    hero.locator("button[data-run=bn_loses]").click()
    expect(hero).to_have_attribute("data-run", "bn_loses")
    at_end(hero)
    played_on = hero.locator(".right").all_inner_texts(), painted(hero, "bn")
    assert zero(hero) != axis
    assert hero.locator(".why").inner_text() != why
    accuracy = [float(text.split("%")[0]) for text in played_on[0]]
    assert accuracy[0] < accuracy[1]  # batch norm loses this one

    fresh = opened(other := new_page(*NOTEBOOK, reduced_motion="reduce"), app_url)
    fresh.locator("button[data-run=bn_loses]").click()
    expect(fresh).to_have_attribute("data-run", "bn_loses")
    at_end(fresh)
    other.mouse.move(5, 5)
    page.mouse.move(5, 5)
    assert (fresh.locator(".right").all_inner_texts(), painted(fresh, "bn")) == played_on
    assert zero(fresh) == zero(hero)


def test_it_rests_where_the_two_differ_most_and_may_be_played_on(
    app_url: str, new_page: NewPage
) -> None:
    """With reduced motion at once; else it plays until there."""
    differs = hero_of("figure1").differs
    assert 0 < differs < len(hero_of("figure1").steps) - 1
    hero = opened(new_page(*PHONE, reduced_motion="reduce"), app_url)
    expect(hero).to_have_attribute("data-playing", "false")
    expect(hero).to_have_attribute("data-frame", str(differs))
    hero.locator("button.play").click()
    expect(hero).to_have_attribute("data-playing", "true")
    expect(hero).not_to_have_attribute("data-frame", str(differs))
    moving = opened(new_page(*NOTEBOOK), app_url)
    expect(moving).to_have_attribute("data-playing", "false")
    expect(moving).to_have_attribute("data-frame", str(differs))


def test_out_of_sight_nothing_is_painted(app_url: str, new_page: NewPage) -> None:
    page = new_page(*PHONE)
    hero = at_end(opened(page, app_url))
    hero.locator("button.play").click()  # from the start
    page.locator(".st-key-footer").scroll_into_view_if_needed()
    expect(hero).to_have_attribute("data-seen", "false")
    rests = at_frame(hero)
    page.wait_for_timeout(400)  # what must not happen has no event to wait for
    assert at_frame(hero) == rests
    page.locator("h1").scroll_into_view_if_needed()
    expect(hero).to_have_attribute("data-seen", "true")
    expect(hero).not_to_have_attribute("data-frame", str(rests))


def kept(page: Page) -> dict | None:
    return json.loads(page.evaluate("localStorage.getItem('batch-norm-lab')") or "null")


def test_progress_outlives_a_reload_and_can_be_forgotten(app_url: str, new_page: NewPage) -> None:
    page = new_page(*NOTEBOOK)
    opened(page, app_url)
    far = page.locator(".st-key-card-mini_batch .far")
    nothing = far.inner_text()
    assert "●" not in nothing
    path = nothing.count("○")

    page.locator(".st-key-start a").click()  # see its first scene, and go on to the second
    settled(page).locator(".st-key-just-show-me button").click()
    page.locator("[class*=st-key-scene-][class*=-seen]").wait_for()
    settled(page).locator(".st-key-scene-next button").click()
    first, second = (scene.name for scene in LESSONS["mini_batch"].scenes[:2])
    page.wait_for_url(re.compile(f"scene={second}"))
    at = "JSON.parse(localStorage['batch-norm-lab']).at.mini_batch"
    page.wait_for_function(f"{at} == '{second}'")
    opened(page, app_url)  # a new session, as the next morning
    expect(far).to_have_text(re.compile(f"●{{1}}○{{{path - 1}}}"))
    page.locator(".st-key-continue a").click()
    page.wait_for_url(re.compile(f"scene={second}"))
    assert set((kept(page) or {})["done"]["mini_batch"]) == {first}
    opened(page, app_url)

    page.locator(".st-key-clear-progress button").first.click()
    expect(far).to_have_text(nothing)
    expect(page.locator(".st-key-continue a")).to_have_count(0)
    assert kept(page) is None
    opened(page, app_url)
    expect(far).to_have_text(nothing)

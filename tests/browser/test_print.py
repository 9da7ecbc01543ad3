"""On paper: white, with dark ink; a scene as it reads. test_every_page prints whole lessons."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

from tests.browser import paper
from tests.browser.helpers import framed, painted, visit
from ui.lessons import LESSONS

VIEWS = ("", "class", "embed")


@pytest.mark.parametrize("dark", [False, True])
def test_paper_is_white_and_ink_is_dark(
    app_url: str, new_page: Callable[..., Page], dark: bool
) -> None:
    page = new_page(dark=dark)
    visit(page, f"{app_url}/mini_batch")
    scheme = "dark" if dark else "light"
    page.locator(f":root[data-paper={scheme}]").wait_for(state="attached")
    page.emulate_media(media="print", color_scheme=scheme)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    assert ImageStat.Stat(picture).mean[0] > 220
    assert picture.getpixel((1400, 850)) == 255
    assert picture.crop((0, 0, 690, 120)).getextrema()[0] < 80  # the heading


def test_what_is_dark_is_printed_in_the_light_as_words_and_lines(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    """It was turned around as one picture: nothing to search, to copy or to follow."""
    page = new_page(1366, 768, dark=True)
    painted(visit(page, f"{app_url}/training?view=all"))
    page.locator(":root[data-paper=dark]").wait_for(state="attached")
    before = page.screenshot()
    pdf, words = paper.printed(page), page.locator(".stMainBlockContainer").inner_text()
    assert paper.letters(pdf) > 0.8 * len("".join(words.split()))
    assert b"/URI" in pdf
    with paper.media_of_paper(page):
        shades = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L").histogram()
    all_of_it, dark = sum(shades), sum(shades[:128])
    assert dark < 0.1 * all_of_it and sum(shades[250:]) > 0.7 * all_of_it
    framed(page)
    after = page.screenshot()
    assert ImageStat.Stat(differing(before, after)).mean[0] < 1  # the screen is as dark as it was


def differing(one: bytes, other: bytes) -> Image.Image:
    both = (Image.open(io.BytesIO(png)).convert("L") for png in (one, other))
    return ImageChops.difference(*both)


def test_a_scene_of_every_lesson_is_printed_as_it_reads(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    """In every view, asked or revealed. 0.3.0 printed letters of 5 pt, and sliders."""
    page, found = new_page(1366, 768), {}
    for k, lesson in enumerate(entry for entry in LESSONS.values() if entry.scenes):
        scene = next((scene for scene in lesson.scenes if scene.question), lesson.scenes[0])
        query = f"scene={scene.name}&lang={'ko' if k % 2 else 'en'}&view={VIEWS[k % 3]}"
        painted(visit(page, f"{app_url}/{lesson}?{query}{'&seen=1' if k % 4 > 1 else ''}"))
        page.locator(f"[class*='st-key-picture-{scene.name}']").wait_for()
        if wrong := paper.faults(page):
            found[query] = wrong
    assert not found

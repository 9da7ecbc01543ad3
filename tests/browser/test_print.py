"""On paper: white, with dark ink. That a lesson stands on it whole is seen in test_every_page."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page

from tests.browser.helpers import visit


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

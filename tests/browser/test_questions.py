"""What people ask in public is answered at most three presses away from the start page."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.helpers import few_charts, settled, visit
from ui.lessons import LESSONS
from ui.text import t

QUESTIONS = Path(__file__).parents[1] / "clinic" / "questions.toml"
MOST = 3  # presses


def asked() -> dict[str, dict[str, list[str]]]:
    """Ids of the questions by the lesson and the scene that answer them."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in tomllib.loads(QUESTIONS.read_text("utf-8"))["questions"]:
        lesson, scene = entry["scene"]
        found[lesson][scene].append(entry["id"])
    return found


def test_every_question_is_three_presses_away(app_url: str, new_page: Callable[..., Page]) -> None:
    """The lesson's card, the scene in the row, and to be shown: each is pressed by hand.

    A lesson is entered once, from the start page; its scenes are one press away from one another.
    """
    page = few_charts(new_page(1366, 768, "en"), most=0)
    visit(page, app_url)
    presses: dict[str, int] = {}
    for lesson, scenes in asked().items():
        page.locator(f".st-key-card-{lesson} a").click()
        row = page.locator(".st-key-scene-way button")
        row.first.wait_for()
        title = settled(page).locator("h1")
        names = [scene.name for scene in LESSONS[lesson].scenes]
        expect(title).to_have_text(t(f"{lesson}.scenes.{names[0]}.title"))
        for scene, questions in scenes.items():
            count = 1
            if scene != names[0]:
                row.nth(names.index(scene)).click()
                count += 1
            expect(title).to_have_text(t(f"{lesson}.scenes.{scene}.title"))
            if LESSONS[lesson].scene_of(scene).question is not None:
                asking = page.locator(f".st-key-scene-{scene}-ask .st-key-just-show-me button")
                expect(asking.first).to_be_enabled()
                count += 1
            presses |= dict.fromkeys(questions, count)
        page.locator("[data-testid=stSidebar] a").first.click()  # the menu's first: the start page
        page.locator(f".st-key-card-{lesson}").wait_for()
        settled(page)
    assert presses and max(presses.values()) <= MOST

"""Every registered control travels in the link, from one language to the other, to the last digit.

Runs over the registry: a control is covered by being registered. A link holds all that can change
at once, since it is the opening of pages that takes long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import address, same_numbers, visit
from ui.lessons import LESSONS
from ui.state import HANDFUL, Choice, Control, Integer, Number, Numbers, Switch

MOST = 20  # controls in a link: at the end of a row some decide what others may be
FEWER = {"training": 6}  # all its settings at once make a run that takes a minute
EVERY = [
    pytest.param(lesson, some, id="-".join([lesson, *(control.name for control in some)]))
    for lesson, entry in LESSONS.items()
    for some in (
        entry.controls[i : i + FEWER.get(lesson, MOST)]
        for i in range(0, len(entry.controls), FEWER.get(lesson, MOST))
    )
]
WITH_CONTROLS = [lesson for lesson, entry in LESSONS.items() if entry.controls]


def another_value(control: Control) -> object:
    """A value that is not the default."""
    match control:
        case Number():
            middle = (control.default + min(control.high, control.default + 1)) / 2
            return middle if middle != control.default else (control.low + control.default) / 2
        case Integer():
            return control.default + (1 if control.default < control.high else -1)
        case Choice():
            return next(option for option in control.options[::-1] if option != control.default)
        case Switch():
            return not control.default
        case Numbers():
            return (1.5, -2.0, 0.25)
    raise AssertionError(f"no sample for {control}")


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))


@pytest.mark.parametrize(("lesson", "some"), EVERY)
def test_a_link_opens_the_same_state_in_the_other_language(
    app_url: str, new_tab: Callable[[], Page], lesson: str, some: tuple[Control, ...]
) -> None:
    raw = {control.name: control.write(another_value(control)) for control in some}
    sent = visit(new_tab(), f"{address(app_url, lesson)}?{urlencode({'lang': 'en'} | raw)}")
    link = query(sent)
    assert link | raw == link
    assert link.keys() == {"lang", *(each.name for each in LESSONS[lesson].controls)}
    link["lang"] = "ko"
    received = visit(new_tab(), f"{address(app_url, lesson)}?{urlencode(link)}")
    assert query(received) == link
    expect(received.locator("h1")).to_have_text(re.compile("[가-힣]"))
    assert same_numbers(received, sent)


@pytest.mark.parametrize(("lesson", "lang"), list(zip(WITH_CONTROLS, cycle(["en", "ko"]))))
def test_a_bad_value_gives_the_default_and_a_sentence(
    app_url: str, new_page: Callable[..., Page], lesson: str, lang: str
) -> None:
    controls = LESSONS[lesson].controls
    bad = urlencode({"lang": lang} | {control.name: "?!" for control in controls})
    page = visit(new_page(), f"{address(app_url, lesson)}?{bad}")
    assert query(page) == {"lang": lang} | {
        control.name: control.write(control.default) for control in controls
    }
    notice = page.get_by_test_id("stAlert").first.inner_text()
    for control in controls[:HANDFUL]:
        assert re.search(rf"\b{control.name}\b", notice, re.ASCII), notice
    more = len(controls) - HANDFUL
    assert more <= 0 or str(more) in notice.splitlines()[-1]
